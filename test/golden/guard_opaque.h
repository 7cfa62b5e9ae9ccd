/* SPDX-License-Identifier: CC0-1.0 */
/*
 * Made by gen-opaque: room for private types, without a view inside. Do not edit; make it again with
 *   gen-opaque emit -t 'struct conn' --guard -o guard_opaque.h --target x86_64-linux-gnu guard.c
 *
 * It stands in for
 *   struct conn of guard.c
 * on x86_64-linux-gnu, unconfirmed by a compiler.
 *
 * This file is free of any licence: use it in whatever you like.
 */
#ifndef GUARD_OPAQUE_H
#define GUARD_OPAQUE_H

#if !defined(__GNUC__)
#include <stddef.h>
#include <string.h>
#endif

struct conn;
struct conn_opaque;

/*
 * For the definition of the private type, so that copies of a struct conn_opaque, and of
 * what holds one, are right under strict aliasing. It reaches the pointer types made
 * after the definition; -fno-strict-aliasing for the owner's files reaches all.
 * struct CONN_PRIVATE conn { ... };
 */
#if defined(__GNUC__)
#define CONN_PRIVATE __attribute__((may_alias))
#else
#define CONN_PRIVATE
#endif

/* The struct conn that a shadow stands in for. */
static inline struct conn *to_conn(struct conn_opaque *shadow)
{
	void *object = shadow;

#ifdef __cplusplus
	return static_cast<struct conn *>(object);
#else
	return (struct conn *)object;
#endif
}

/* The same of one that is not to be changed. */
static inline const struct conn *to_conn_const(const struct conn_opaque *shadow)
{
	const void *object = shadow;

#ifdef __cplusplus
	return static_cast<const struct conn *>(object);
#else
	return (const struct conn *)object;
#endif
}

#ifdef __cplusplus
extern "C++" {
/* The same under the plain name. */
static inline const struct conn *to_conn(const struct conn_opaque *shadow)
{
	const void *object = shadow;

#ifdef __cplusplus
	return static_cast<const struct conn *>(object);
#else
	return (const struct conn *)object;
#endif
}

} /* extern "C++" */
#elif defined(__GNUC__)
/*
 * With a pointer type made where it is used: one made before struct conn is defined lacks
 * what its definition says of aliasing.
 */
#define to_conn(...) ((struct conn *)to_conn(__VA_ARGS__))
#define to_conn_const(...) ((const struct conn *)to_conn_const(__VA_ARGS__))
#endif

/* Size and alignment of struct conn, in bytes. */
#define CONN_SIZE 24
#define CONN_ALIGN 8

/* A symbol that only owners of this very layout define. */
#define CONN_OPAQUE_GUARD conn_opaque_layout_24_8_a305c3ec6909bd28

#if defined(__GNUC__)
#define CONN_OPAQUE_ALIGNAS
#define CONN_OPAQUE_ATTRIBUTES __attribute__((aligned(CONN_ALIGN), may_alias))
#else
#define CONN_OPAQUE_ATTRIBUTES
#if defined(_MSC_VER)
#define CONN_OPAQUE_ALIGNAS __declspec(align(CONN_ALIGN))
#elif defined(__cplusplus) && __cplusplus >= 201103L
#define CONN_OPAQUE_ALIGNAS alignas(CONN_ALIGN)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define CONN_OPAQUE_ALIGNAS _Alignas(CONN_ALIGN)
#else
#error "this compiler knows no way to align struct conn_opaque"
#endif
#endif

/*
 * Room for a struct conn. Pass pointers to it, never the thing itself: functions take
 * the two differently.
 */
struct conn_opaque {
	CONN_OPAQUE_ALIGNAS unsigned char opaque[CONN_SIZE];
} CONN_OPAQUE_ATTRIBUTES;

/* Copy all bytes; right under strict aliasing whatever the private type says. */
static inline void conn_opaque_copy(struct conn_opaque *to, const struct conn_opaque *from)
{
#if defined(__GNUC__)
	__builtin_memcpy(to, from, sizeof(*to));
#else
	memcpy(to, from, sizeof(*to));
#endif
}

/* Make all bytes zero; right in the same way. */
static inline void conn_opaque_zero(struct conn_opaque *shadow)
{
#if defined(__GNUC__)
	__builtin_memset(shadow, 0, sizeof(*shadow));
#else
	memset(shadow, 0, sizeof(*shadow));
#endif
}

/*
 * A guard against drift: every file that includes this one refers to a symbol that only an owner
 * of this very layout has, from CONN_OPAQUE_CHECK(). With another owner the link fails, or
 * the program does not start, and the symbol is named. Nothing runs for it.
 */
#if defined(__GNUC__) && defined(__ELF__)
#define CONN_OPAQUE_VISIBLE __attribute__((visibility("default")))
#if defined(__has_attribute)
#if __has_attribute(retain) && (defined(__clang__) || defined(__linux__))
#define CONN_OPAQUE_KEPT __attribute__((used, retain))
#endif
#endif
#else
#define CONN_OPAQUE_VISIBLE
#endif
#if defined(__GNUC__) && !defined(CONN_OPAQUE_KEPT)
#define CONN_OPAQUE_KEPT __attribute__((used))
#elif !defined(__GNUC__)
#define CONN_OPAQUE_KEPT
#endif
#ifdef __cplusplus
extern "C" {
#endif
extern const char CONN_OPAQUE_GUARD CONN_OPAQUE_VISIBLE;
#if defined(__GNUC__)
static const char *conn_opaque_guard CONN_OPAQUE_KEPT = &CONN_OPAQUE_GUARD;
#endif
#ifdef __cplusplus
}
#endif

/*
 * For the owner, once, at file scope, where struct conn is defined:
 *   CONN_OPAQUE_CHECK();
 * It does not compile when this file does not fit the type any more. It defines the guard.
 */
#if defined(__cplusplus)
#define CONN_OPAQUE_ASSERT(name, condition, message) static_assert(condition, message)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define CONN_OPAQUE_ASSERT(name, condition, message) _Static_assert(condition, message)
#elif defined(__GNUC__) && !defined(_Static_assert) /* as C libraries do for C99 */
#define CONN_OPAQUE_ASSERT(name, condition, message) \
	extern char conn_opaque_check_##name[(condition) ? 1 : -1]; \
	__extension__ _Static_assert(condition, message)
#else
#define CONN_OPAQUE_ASSERT(name, condition, message) \
	extern char conn_opaque_check_##name[(condition) ? 1 : -1]
#endif
#define CONN_OPAQUE_CHECK() \
	struct conn_opaque_place { \
		char before; \
		struct conn placed; \
	}; \
	struct conn_opaque_shadow_place { \
		char before; \
		struct conn_opaque placed; \
	}; \
	CONN_OPAQUE_ASSERT(size, \
		sizeof(struct conn) == CONN_SIZE, \
		"struct conn: its size is not the CONN_SIZE of guard_opaque.h; generate it again"); \
	CONN_OPAQUE_ASSERT(align, \
		sizeof(struct conn_opaque_place) - sizeof(struct conn) == CONN_ALIGN, \
		"struct conn: its alignment is not the CONN_ALIGN of guard_opaque.h; generate it again"); \
	CONN_OPAQUE_ASSERT(shadow_size, \
		sizeof(struct conn_opaque) == CONN_SIZE, \
		"struct conn: the size of struct conn_opaque is not the CONN_SIZE of guard_opaque.h; generate it again"); \
	CONN_OPAQUE_ASSERT(shadow_align, \
		sizeof(struct conn_opaque_shadow_place) - \
			sizeof(struct conn_opaque) == CONN_ALIGN, \
		"struct conn: the alignment of struct conn_opaque is not the CONN_ALIGN of guard_opaque.h; generate it again"); \
	const char CONN_OPAQUE_GUARD CONN_OPAQUE_KEPT = 1

#endif /* GUARD_OPAQUE_H */
