/* SPDX-License-Identifier: CC0-1.0 */
/*
 * Made by gen-opaque: room for private types, without a view inside. Do not edit; make it again with
 *   gen-opaque emit -t 'struct stream' -o shipped/stream_opaque.h --target x86_64 --target arm-none src/stream.c -- -Iinclude -Ishipped -fno-strict-aliasing
 *
 * It stands in for
 *   struct stream of src/stream.c
 * on
 *   x86_64, confirmed by the compiler
 *   arm-none, confirmed by the compiler
 *
 * This file is free of any licence: use it in whatever you like.
 */
#ifndef STREAM_OPAQUE_H
#define STREAM_OPAQUE_H

#if !defined(__GNUC__)
#include <stddef.h>
#include <string.h>
#endif

struct stream;
struct stream_opaque;

/*
 * For the definition of the private type, so that copies of a struct stream_opaque, and of
 * what holds one, are right under strict aliasing. It reaches the pointer types made
 * after the definition; -fno-strict-aliasing for the owner's files reaches all.
 * struct STREAM_PRIVATE stream { ... };
 */
#if defined(__GNUC__)
#define STREAM_PRIVATE __attribute__((may_alias))
#else
#define STREAM_PRIVATE
#endif

/* The struct stream that a shadow stands in for. */
static inline struct stream *to_stream(struct stream_opaque *shadow)
{
	void *object = shadow;

#ifdef __cplusplus
	return static_cast<struct stream *>(object);
#else
	return (struct stream *)object;
#endif
}

/* The same of one that is not to be changed. */
static inline const struct stream *to_stream_const(const struct stream_opaque *shadow)
{
	const void *object = shadow;

#ifdef __cplusplus
	return static_cast<const struct stream *>(object);
#else
	return (const struct stream *)object;
#endif
}

#ifdef __cplusplus
extern "C++" {
/* The same under the plain name. */
static inline const struct stream *to_stream(const struct stream_opaque *shadow)
{
	const void *object = shadow;

#ifdef __cplusplus
	return static_cast<const struct stream *>(object);
#else
	return (const struct stream *)object;
#endif
}

} /* extern "C++" */
#elif defined(__GNUC__)
/*
 * With a pointer type made where it is used: one made before struct stream is defined lacks
 * what its definition says of aliasing.
 */
#define to_stream(...) ((struct stream *)to_stream(__VA_ARGS__))
#define to_stream_const(...) ((const struct stream *)to_stream_const(__VA_ARGS__))
#endif

/*
 * Sizes and alignments in bytes, target by target, and all else that they decide. Which
 * one it is the compiler's own macros tell.
 */
/* x86_64 */
#if defined(__ELF__) && defined(__x86_64__) && defined(__LP64__)
#define STREAM_SIZE 64
#define STREAM_ALIGN 8
/* arm-none */
#elif defined(__ELF__) && defined(__ARM_EABI__) && !defined(__ARMEB__) && __ARM_SIZEOF_MINIMAL_ENUM == 1
#define STREAM_SIZE 32
#define STREAM_ALIGN 4
#else
#error "stream_opaque.h does not know this target, only x86_64, arm-none"
#endif

#if defined(__GNUC__)
#define STREAM_OPAQUE_ALIGNAS
#define STREAM_OPAQUE_ATTRIBUTES __attribute__((aligned(STREAM_ALIGN), may_alias))
#else
#define STREAM_OPAQUE_ATTRIBUTES
#if defined(_MSC_VER)
#define STREAM_OPAQUE_ALIGNAS __declspec(align(STREAM_ALIGN))
#elif defined(__cplusplus) && __cplusplus >= 201103L
#define STREAM_OPAQUE_ALIGNAS alignas(STREAM_ALIGN)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define STREAM_OPAQUE_ALIGNAS _Alignas(STREAM_ALIGN)
#else
#error "this compiler knows no way to align struct stream_opaque"
#endif
#endif

/*
 * Room for a struct stream. Pass pointers to it, never the thing itself: functions take
 * the two differently.
 */
struct stream_opaque {
	STREAM_OPAQUE_ALIGNAS unsigned char opaque[STREAM_SIZE];
} STREAM_OPAQUE_ATTRIBUTES;

/* Copy all bytes; right under strict aliasing whatever the private type says. */
static inline void stream_opaque_copy(struct stream_opaque *to, const struct stream_opaque *from)
{
#if defined(__GNUC__)
	__builtin_memcpy(to, from, sizeof(*to));
#else
	memcpy(to, from, sizeof(*to));
#endif
}

/* Make all bytes zero; right in the same way. */
static inline void stream_opaque_zero(struct stream_opaque *shadow)
{
#if defined(__GNUC__)
	__builtin_memset(shadow, 0, sizeof(*shadow));
#else
	memset(shadow, 0, sizeof(*shadow));
#endif
}

/*
 * For the owner, once, at file scope, where struct stream is defined:
 *   STREAM_OPAQUE_CHECK();
 * It does not compile when this file does not fit the type any more.
 */
#if defined(__cplusplus)
#define STREAM_OPAQUE_ASSERT(name, condition, message) static_assert(condition, message)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define STREAM_OPAQUE_ASSERT(name, condition, message) _Static_assert(condition, message)
#elif defined(__GNUC__) && !defined(_Static_assert) /* as C libraries do for C99 */
#define STREAM_OPAQUE_ASSERT(name, condition, message) \
	extern char stream_opaque_check_##name[(condition) ? 1 : -1]; \
	__extension__ _Static_assert(condition, message)
#else
#define STREAM_OPAQUE_ASSERT(name, condition, message) \
	extern char stream_opaque_check_##name[(condition) ? 1 : -1]
#endif
#define STREAM_OPAQUE_CHECK() \
	struct stream_opaque_place { \
		char before; \
		struct stream placed; \
	}; \
	struct stream_opaque_shadow_place { \
		char before; \
		struct stream_opaque placed; \
	}; \
	STREAM_OPAQUE_ASSERT(size, \
		sizeof(struct stream) == STREAM_SIZE, \
		"struct stream: its size is not the STREAM_SIZE of stream_opaque.h; generate it again"); \
	STREAM_OPAQUE_ASSERT(align, \
		sizeof(struct stream_opaque_place) - sizeof(struct stream) == STREAM_ALIGN, \
		"struct stream: its alignment is not the STREAM_ALIGN of stream_opaque.h; generate it again"); \
	STREAM_OPAQUE_ASSERT(shadow_size, \
		sizeof(struct stream_opaque) == STREAM_SIZE, \
		"struct stream: the size of struct stream_opaque is not the STREAM_SIZE of stream_opaque.h; generate it again"); \
	STREAM_OPAQUE_ASSERT(shadow_align, \
		sizeof(struct stream_opaque_shadow_place) - \
			sizeof(struct stream_opaque) == STREAM_ALIGN, \
		"struct stream: the alignment of struct stream_opaque is not the STREAM_ALIGN of stream_opaque.h; generate it again")

#endif /* STREAM_OPAQUE_H */
