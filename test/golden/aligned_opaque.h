/* SPDX-License-Identifier: CC0-1.0 */
/*
 * Made by gen-opaque: room for private types, without a view inside. Do not edit; make it again with
 *   gen-opaque emit -t 'struct line' -o aligned_opaque.h --target aarch64-linux-gnu aligned.c
 *
 * It stands in for
 *   struct line of aligned.c
 * on aarch64-linux-gnu, unconfirmed by a compiler.
 *
 * This file is free of any licence: use it in whatever you like.
 */
#ifndef ALIGNED_OPAQUE_H
#define ALIGNED_OPAQUE_H

#if !defined(__GNUC__)
#include <stddef.h>
#include <string.h>
#endif

struct line;
struct line_opaque;

/*
 * For the definition of the private type, so that copies of a struct line_opaque, and of
 * what holds one, are right under strict aliasing. It reaches the pointer types made
 * after the definition; -fno-strict-aliasing for the owner's files reaches all.
 * struct LINE_PRIVATE line { ... };
 */
#if defined(__GNUC__)
#define LINE_PRIVATE __attribute__((may_alias))
#else
#define LINE_PRIVATE
#endif

/* The struct line that a shadow stands in for. */
static inline struct line *to_line(struct line_opaque *shadow)
{
	void *object = shadow;

#ifdef __cplusplus
	return static_cast<struct line *>(object);
#else
	return (struct line *)object;
#endif
}

/* The same of one that is not to be changed. */
static inline const struct line *to_line_const(const struct line_opaque *shadow)
{
	const void *object = shadow;

#ifdef __cplusplus
	return static_cast<const struct line *>(object);
#else
	return (const struct line *)object;
#endif
}

#ifdef __cplusplus
extern "C++" {
/* The same under the plain name. */
static inline const struct line *to_line(const struct line_opaque *shadow)
{
	const void *object = shadow;

#ifdef __cplusplus
	return static_cast<const struct line *>(object);
#else
	return (const struct line *)object;
#endif
}

} /* extern "C++" */
#elif defined(__GNUC__)
/*
 * With a pointer type made where it is used: one made before struct line is defined lacks
 * what its definition says of aliasing.
 */
#define to_line(...) ((struct line *)to_line(__VA_ARGS__))
#define to_line_const(...) ((const struct line *)to_line_const(__VA_ARGS__))
#endif

/* Size and alignment of struct line, in bytes. */
#define LINE_SIZE 64
#define LINE_ALIGN 64

#if defined(__GNUC__)
#define LINE_OPAQUE_ALIGNAS
#define LINE_OPAQUE_ATTRIBUTES __attribute__((aligned(LINE_ALIGN), may_alias))
#else
#define LINE_OPAQUE_ATTRIBUTES
#if defined(_MSC_VER)
#define LINE_OPAQUE_ALIGNAS __declspec(align(LINE_ALIGN))
#elif defined(__cplusplus) && __cplusplus >= 201103L
#define LINE_OPAQUE_ALIGNAS alignas(LINE_ALIGN)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define LINE_OPAQUE_ALIGNAS _Alignas(LINE_ALIGN)
#else
#error "this compiler knows no way to align struct line_opaque"
#endif
#endif

/*
 * Room for a struct line. Pass pointers to it, never the thing itself: functions take
 * the two differently.
 */
struct line_opaque {
	LINE_OPAQUE_ALIGNAS unsigned char opaque[LINE_SIZE];
} LINE_OPAQUE_ATTRIBUTES;

/* Copy all bytes; right under strict aliasing whatever the private type says. */
static inline void line_opaque_copy(struct line_opaque *to, const struct line_opaque *from)
{
#if defined(__GNUC__)
	__builtin_memcpy(to, from, sizeof(*to));
#else
	memcpy(to, from, sizeof(*to));
#endif
}

/* Make all bytes zero; right in the same way. */
static inline void line_opaque_zero(struct line_opaque *shadow)
{
#if defined(__GNUC__)
	__builtin_memset(shadow, 0, sizeof(*shadow));
#else
	memset(shadow, 0, sizeof(*shadow));
#endif
}

/*
 * For the owner, once, at file scope, where struct line is defined:
 *   LINE_OPAQUE_CHECK();
 * It does not compile when this file does not fit the type any more.
 */
#if defined(__cplusplus)
#define LINE_OPAQUE_ASSERT(name, condition, message) static_assert(condition, message)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define LINE_OPAQUE_ASSERT(name, condition, message) _Static_assert(condition, message)
#elif defined(__GNUC__) && !defined(_Static_assert) /* as C libraries do for C99 */
#define LINE_OPAQUE_ASSERT(name, condition, message) \
	extern char line_opaque_check_##name[(condition) ? 1 : -1]; \
	__extension__ _Static_assert(condition, message)
#else
#define LINE_OPAQUE_ASSERT(name, condition, message) \
	extern char line_opaque_check_##name[(condition) ? 1 : -1]
#endif
#define LINE_OPAQUE_CHECK() \
	struct line_opaque_place { \
		char before; \
		struct line placed; \
	}; \
	struct line_opaque_shadow_place { \
		char before; \
		struct line_opaque placed; \
	}; \
	LINE_OPAQUE_ASSERT(size, \
		sizeof(struct line) == LINE_SIZE, \
		"struct line: its size is not the LINE_SIZE of aligned_opaque.h; generate it again"); \
	LINE_OPAQUE_ASSERT(align, \
		sizeof(struct line_opaque_place) - sizeof(struct line) == LINE_ALIGN, \
		"struct line: its alignment is not the LINE_ALIGN of aligned_opaque.h; generate it again"); \
	LINE_OPAQUE_ASSERT(shadow_size, \
		sizeof(struct line_opaque) == LINE_SIZE, \
		"struct line: the size of struct line_opaque is not the LINE_SIZE of aligned_opaque.h; generate it again"); \
	LINE_OPAQUE_ASSERT(shadow_align, \
		sizeof(struct line_opaque_shadow_place) - \
			sizeof(struct line_opaque) == LINE_ALIGN, \
		"struct line: the alignment of struct line_opaque is not the LINE_ALIGN of aligned_opaque.h; generate it again")

#endif /* ALIGNED_OPAQUE_H */
