/* SPDX-License-Identifier: CC0-1.0 */
/*
 * Made by gen-opaque: room for private types, without a view inside. Do not edit; make it again with
 *   gen-opaque emit -t 'struct conn' --offset load --expose peer -t 'union word' --guard -o targets_opaque.h --target x86_64 --target aarch64 --target i386 --target win64 targets.c
 *
 * It stands in for
 *   struct conn of targets.c
 *   union word of targets.c
 * on
 *   x86_64, unconfirmed by a compiler
 *   aarch64, unconfirmed by a compiler
 *   i386, unconfirmed by a compiler
 *   win64, unconfirmed by a compiler
 *
 * This file is free of any licence: use it in whatever you like.
 */
#ifndef TARGETS_OPAQUE_H
#define TARGETS_OPAQUE_H

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

union word;
struct word_opaque;

/*
 * For the definition of the private type, so that copies of a struct word_opaque, and of
 * what holds one, are right under strict aliasing. It reaches the pointer types made
 * after the definition; -fno-strict-aliasing for the owner's files reaches all.
 * union WORD_PRIVATE word { ... };
 */
#if defined(__GNUC__)
#define WORD_PRIVATE __attribute__((may_alias))
#else
#define WORD_PRIVATE
#endif

/* The union word that a shadow stands in for. */
static inline union word *to_word(struct word_opaque *shadow)
{
	void *object = shadow;

#ifdef __cplusplus
	return static_cast<union word *>(object);
#else
	return (union word *)object;
#endif
}

/* The same of one that is not to be changed. */
static inline const union word *to_word_const(const struct word_opaque *shadow)
{
	const void *object = shadow;

#ifdef __cplusplus
	return static_cast<const union word *>(object);
#else
	return (const union word *)object;
#endif
}

#ifdef __cplusplus
extern "C++" {
/* The same under the plain name. */
static inline const union word *to_word(const struct word_opaque *shadow)
{
	const void *object = shadow;

#ifdef __cplusplus
	return static_cast<const union word *>(object);
#else
	return (const union word *)object;
#endif
}

} /* extern "C++" */
#elif defined(__GNUC__)
/*
 * With a pointer type made where it is used: one made before union word is defined lacks
 * what its definition says of aliasing.
 */
#define to_word(...) ((union word *)to_word(__VA_ARGS__))
#define to_word_const(...) ((const union word *)to_word_const(__VA_ARGS__))
#endif

/*
 * Sizes and alignments in bytes, target by target, and all else that they decide. Which
 * one it is the compiler's own macros tell.
 */
/* x86_64, aarch64 */
#if (defined(__ELF__) && defined(__x86_64__) && defined(__LP64__)) || \
	(defined(__ELF__) && defined(__aarch64__) && defined(__LP64__) && !defined(__AARCH64EB__))
#define CONN_SIZE 24
#define CONN_ALIGN 8
#define CONN_OFFSETOF_LOAD 16
#define CONN_SIZEOF_LOAD 8
#define CONN_OPAQUE_GUARD conn_opaque_layout_24_8_a119891813c029dd
#define CONN_OPAQUE_MEMBERS \
	CONN_OPAQUE_ALIGNAS unsigned char opaque_0[8]; \
	struct peer *peer; \
	unsigned char opaque_1[8];
#define WORD_SIZE 8
#define WORD_ALIGN 8
#define WORD_OPAQUE_GUARD word_opaque_layout_8_8_b60a807a54d435c8
/* i386 */
#elif defined(__ELF__) && defined(__i386__) && !defined(__ANDROID__)
#define CONN_SIZE 16
#define CONN_ALIGN 4
#define CONN_OFFSETOF_LOAD 8
#define CONN_SIZEOF_LOAD 8
#define CONN_OPAQUE_GUARD conn_opaque_layout_16_4_7fb45b22ac36ed51
#define CONN_OPAQUE_MEMBERS \
	CONN_OPAQUE_ALIGNAS unsigned char opaque_0[4]; \
	struct peer *peer; \
	unsigned char opaque_1[8];
#define WORD_SIZE 4
#define WORD_ALIGN 4
#define WORD_OPAQUE_GUARD word_opaque_layout_4_4_043dce7b1311c00a
/* win64 */
#elif defined(_WIN32) && !defined(__MINGW32__) && defined(_M_X64)
#define CONN_SIZE 24
#define CONN_ALIGN 8
#define CONN_OFFSETOF_LOAD 16
#define CONN_SIZEOF_LOAD 8
#define CONN_OPAQUE_GUARD conn_opaque_layout_24_8_e519eca069a442e2
#define CONN_OPAQUE_MEMBERS \
	CONN_OPAQUE_ALIGNAS unsigned char opaque_0[8]; \
	struct peer *peer; \
	unsigned char opaque_1[8];
#define WORD_SIZE 4
#define WORD_ALIGN 4
#define WORD_OPAQUE_GUARD word_opaque_layout_4_4_043dce7b1311c00a
#else
#error "targets_opaque.h does not know this target, only x86_64, aarch64, i386, win64"
#endif

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

struct peer;

/*
 * Room for a struct conn. Pass pointers to it, never the thing itself: functions take
 * the two differently.
 */
struct conn_opaque {
	CONN_OPAQUE_MEMBERS
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
#if defined(__GNUC__)
#define CONN_OPAQUE_OFFSETOF(type, field) __builtin_offsetof(type, field)
#else
#define CONN_OPAQUE_OFFSETOF(type, field) offsetof(type, field)
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
		"struct conn: its size is not the CONN_SIZE of targets_opaque.h; generate it again"); \
	CONN_OPAQUE_ASSERT(align, \
		sizeof(struct conn_opaque_place) - sizeof(struct conn) == CONN_ALIGN, \
		"struct conn: its alignment is not the CONN_ALIGN of targets_opaque.h; generate it again"); \
	CONN_OPAQUE_ASSERT(shadow_size, \
		sizeof(struct conn_opaque) == CONN_SIZE, \
		"struct conn: the size of struct conn_opaque is not the CONN_SIZE of targets_opaque.h; generate it again"); \
	CONN_OPAQUE_ASSERT(shadow_align, \
		sizeof(struct conn_opaque_shadow_place) - \
			sizeof(struct conn_opaque) == CONN_ALIGN, \
		"struct conn: the alignment of struct conn_opaque is not the CONN_ALIGN of targets_opaque.h; generate it again"); \
	CONN_OPAQUE_ASSERT(offsetof_load, \
		CONN_OPAQUE_OFFSETOF(struct conn, load) == CONN_OFFSETOF_LOAD, \
		"struct conn: the offset of load is not the CONN_OFFSETOF_LOAD of targets_opaque.h; generate it again"); \
	CONN_OPAQUE_ASSERT(sizeof_load, \
		sizeof(((struct conn *)0)->load) == CONN_SIZEOF_LOAD, \
		"struct conn: the size of load is not the CONN_SIZEOF_LOAD of targets_opaque.h; generate it again"); \
	CONN_OPAQUE_ASSERT(place_of_peer, \
		CONN_OPAQUE_OFFSETOF(struct conn, peer) == \
			CONN_OPAQUE_OFFSETOF(struct conn_opaque, peer), \
		"struct conn: field peer is not where struct conn_opaque has it in targets_opaque.h; generate it again"); \
	CONN_OPAQUE_ASSERT(room_of_peer, \
		sizeof(((struct conn *)0)->peer) == sizeof(((struct conn_opaque *)0)->peer), \
		"struct conn: field peer has not the size that struct conn_opaque gives it in targets_opaque.h; generate it again"); \
	const char CONN_OPAQUE_GUARD CONN_OPAQUE_KEPT = 1

#if defined(__GNUC__)
#define WORD_OPAQUE_ALIGNAS
#define WORD_OPAQUE_ATTRIBUTES __attribute__((aligned(WORD_ALIGN), may_alias))
#else
#define WORD_OPAQUE_ATTRIBUTES
#if defined(_MSC_VER)
#define WORD_OPAQUE_ALIGNAS __declspec(align(WORD_ALIGN))
#elif defined(__cplusplus) && __cplusplus >= 201103L
#define WORD_OPAQUE_ALIGNAS alignas(WORD_ALIGN)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define WORD_OPAQUE_ALIGNAS _Alignas(WORD_ALIGN)
#else
#error "this compiler knows no way to align struct word_opaque"
#endif
#endif

/*
 * Room for a union word. Pass pointers to it, never the thing itself: functions take
 * the two differently.
 */
struct word_opaque {
	WORD_OPAQUE_ALIGNAS unsigned char opaque[WORD_SIZE];
} WORD_OPAQUE_ATTRIBUTES;

/* Copy all bytes; right under strict aliasing whatever the private type says. */
static inline void word_opaque_copy(struct word_opaque *to, const struct word_opaque *from)
{
#if defined(__GNUC__)
	__builtin_memcpy(to, from, sizeof(*to));
#else
	memcpy(to, from, sizeof(*to));
#endif
}

/* Make all bytes zero; right in the same way. */
static inline void word_opaque_zero(struct word_opaque *shadow)
{
#if defined(__GNUC__)
	__builtin_memset(shadow, 0, sizeof(*shadow));
#else
	memset(shadow, 0, sizeof(*shadow));
#endif
}

/*
 * A guard against drift: every file that includes this one refers to a symbol that only an owner
 * of this very layout has, from WORD_OPAQUE_CHECK(). With another owner the link fails, or
 * the program does not start, and the symbol is named. Nothing runs for it.
 */
#if defined(__GNUC__) && defined(__ELF__)
#define WORD_OPAQUE_VISIBLE __attribute__((visibility("default")))
#if defined(__has_attribute)
#if __has_attribute(retain) && (defined(__clang__) || defined(__linux__))
#define WORD_OPAQUE_KEPT __attribute__((used, retain))
#endif
#endif
#else
#define WORD_OPAQUE_VISIBLE
#endif
#if defined(__GNUC__) && !defined(WORD_OPAQUE_KEPT)
#define WORD_OPAQUE_KEPT __attribute__((used))
#elif !defined(__GNUC__)
#define WORD_OPAQUE_KEPT
#endif
#ifdef __cplusplus
extern "C" {
#endif
extern const char WORD_OPAQUE_GUARD WORD_OPAQUE_VISIBLE;
#if defined(__GNUC__)
static const char *word_opaque_guard WORD_OPAQUE_KEPT = &WORD_OPAQUE_GUARD;
#endif
#ifdef __cplusplus
}
#endif

/*
 * For the owner, once, at file scope, where union word is defined:
 *   WORD_OPAQUE_CHECK();
 * It does not compile when this file does not fit the type any more. It defines the guard.
 */
#if defined(__cplusplus)
#define WORD_OPAQUE_ASSERT(name, condition, message) static_assert(condition, message)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define WORD_OPAQUE_ASSERT(name, condition, message) _Static_assert(condition, message)
#elif defined(__GNUC__) && !defined(_Static_assert) /* as C libraries do for C99 */
#define WORD_OPAQUE_ASSERT(name, condition, message) \
	extern char word_opaque_check_##name[(condition) ? 1 : -1]; \
	__extension__ _Static_assert(condition, message)
#else
#define WORD_OPAQUE_ASSERT(name, condition, message) \
	extern char word_opaque_check_##name[(condition) ? 1 : -1]
#endif
#define WORD_OPAQUE_CHECK() \
	struct word_opaque_place { \
		char before; \
		union word placed; \
	}; \
	struct word_opaque_shadow_place { \
		char before; \
		struct word_opaque placed; \
	}; \
	WORD_OPAQUE_ASSERT(size, \
		sizeof(union word) == WORD_SIZE, \
		"union word: its size is not the WORD_SIZE of targets_opaque.h; generate it again"); \
	WORD_OPAQUE_ASSERT(align, \
		sizeof(struct word_opaque_place) - sizeof(union word) == WORD_ALIGN, \
		"union word: its alignment is not the WORD_ALIGN of targets_opaque.h; generate it again"); \
	WORD_OPAQUE_ASSERT(shadow_size, \
		sizeof(struct word_opaque) == WORD_SIZE, \
		"union word: the size of struct word_opaque is not the WORD_SIZE of targets_opaque.h; generate it again"); \
	WORD_OPAQUE_ASSERT(shadow_align, \
		sizeof(struct word_opaque_shadow_place) - \
			sizeof(struct word_opaque) == WORD_ALIGN, \
		"union word: the alignment of struct word_opaque is not the WORD_ALIGN of targets_opaque.h; generate it again"); \
	const char WORD_OPAQUE_GUARD WORD_OPAQUE_KEPT = 1

/* For a struct conn_opaque: zero but for the fields named, in their order: CONN_OPAQUE_INIT(.peer = value). */
#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header
#define CONN_OPAQUE_INIT(...) __extension__ (struct conn_opaque){ __VA_ARGS__ }
#elif defined(__cplusplus) || (defined(__STDC_VERSION__) && __STDC_VERSION__ >= 199901L)
#define CONN_OPAQUE_INIT(...) { __VA_ARGS__ }
#endif
#endif /* TARGETS_OPAQUE_H */
