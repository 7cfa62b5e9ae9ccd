/* SPDX-License-Identifier: CC0-1.0 */
/*
 * Made by gen-opaque: room for private types, without a view inside. Do not edit; make it again with
 *   gen-opaque emit -t 'struct conn=link' --offset fd -t 'union word' -t pair_t -o several_opaque.h --target x86_64-linux-gnu several.c -- -DWORDS=4
 *
 * It stands in for
 *   struct conn of several.c
 *   union word of several.c
 *   pair_t of several.c
 * on x86_64-linux-gnu, unconfirmed by a compiler.
 *
 * This file is free of any licence: use it in whatever you like.
 */
#ifndef SEVERAL_OPAQUE_H
#define SEVERAL_OPAQUE_H

#if !defined(__GNUC__)
#include <stddef.h>
#include <string.h>
#endif

struct conn;
struct link_opaque;

/*
 * For the definition of the private type, so that copies of a struct link_opaque, and of
 * what holds one, are right under strict aliasing. It reaches the pointer types made
 * after the definition; -fno-strict-aliasing for the owner's files reaches all.
 * struct LINK_PRIVATE conn { ... };
 */
#if defined(__GNUC__)
#define LINK_PRIVATE __attribute__((may_alias))
#else
#define LINK_PRIVATE
#endif

/* The struct conn that a shadow stands in for. */
static inline struct conn *to_link(struct link_opaque *shadow)
{
	void *object = shadow;

#ifdef __cplusplus
	return static_cast<struct conn *>(object);
#else
	return (struct conn *)object;
#endif
}

/* The same of one that is not to be changed. */
static inline const struct conn *to_link_const(const struct link_opaque *shadow)
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
static inline const struct conn *to_link(const struct link_opaque *shadow)
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
#define to_link(...) ((struct conn *)to_link(__VA_ARGS__))
#define to_link_const(...) ((const struct conn *)to_link_const(__VA_ARGS__))
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

struct pair_t_opaque;

/*
 * For the definition of the private type, so that copies of a struct pair_t_opaque, and of
 * what holds one, are right under strict aliasing. It reaches the pointer types made
 * after the definition; -fno-strict-aliasing for the owner's files reaches all.
 * typedef struct PAIR_T_PRIVATE { ... } pair_t;
 */
#if defined(__GNUC__)
#define PAIR_T_PRIVATE __attribute__((may_alias))
#else
#define PAIR_T_PRIVATE
#endif

/*
 * The pair_t that a shadow stands in for. It has no tag that could be declared here,
 * so this returns void *, which converts to pair_t * where that is known.
 */
static inline void *to_pair_t(struct pair_t_opaque *shadow)
{
	void *object = shadow;

#ifdef __cplusplus
	return static_cast<void *>(object);
#else
	return (void *)object;
#endif
}

/* The same of one that is not to be changed. */
static inline const void *to_pair_t_const(const struct pair_t_opaque *shadow)
{
	const void *object = shadow;

#ifdef __cplusplus
	return static_cast<const void *>(object);
#else
	return (const void *)object;
#endif
}

#ifdef __cplusplus
extern "C++" {
/* The same under the plain name. */
static inline const void *to_pair_t(const struct pair_t_opaque *shadow)
{
	const void *object = shadow;

#ifdef __cplusplus
	return static_cast<const void *>(object);
#else
	return (const void *)object;
#endif
}

} /* extern "C++" */
#endif

/* Size and alignment of struct conn, in bytes. */
#define LINK_SIZE 4
#define LINK_ALIGN 4

/* Where some of its fields are, and how many bytes they take. */
#define LINK_OFFSETOF_FD 0
#define LINK_SIZEOF_FD 4

#if defined(__GNUC__)
#define LINK_OPAQUE_ALIGNAS
#define LINK_OPAQUE_ATTRIBUTES __attribute__((aligned(LINK_ALIGN), may_alias))
#else
#define LINK_OPAQUE_ATTRIBUTES
#if defined(_MSC_VER)
#define LINK_OPAQUE_ALIGNAS __declspec(align(LINK_ALIGN))
#elif defined(__cplusplus) && __cplusplus >= 201103L
#define LINK_OPAQUE_ALIGNAS alignas(LINK_ALIGN)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define LINK_OPAQUE_ALIGNAS _Alignas(LINK_ALIGN)
#else
#error "this compiler knows no way to align struct link_opaque"
#endif
#endif

/*
 * Room for a struct conn. Pass pointers to it, never the thing itself: functions take
 * the two differently.
 */
struct link_opaque {
	LINK_OPAQUE_ALIGNAS unsigned char opaque[LINK_SIZE];
} LINK_OPAQUE_ATTRIBUTES;

/* Copy all bytes; right under strict aliasing whatever the private type says. */
static inline void link_opaque_copy(struct link_opaque *to, const struct link_opaque *from)
{
#if defined(__GNUC__)
	__builtin_memcpy(to, from, sizeof(*to));
#else
	memcpy(to, from, sizeof(*to));
#endif
}

/* Make all bytes zero; right in the same way. */
static inline void link_opaque_zero(struct link_opaque *shadow)
{
#if defined(__GNUC__)
	__builtin_memset(shadow, 0, sizeof(*shadow));
#else
	memset(shadow, 0, sizeof(*shadow));
#endif
}

/*
 * For the owner, once, at file scope, where struct conn is defined:
 *   LINK_OPAQUE_CHECK();
 * It does not compile when this file does not fit the type any more.
 */
#if defined(__cplusplus)
#define LINK_OPAQUE_ASSERT(name, condition, message) static_assert(condition, message)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define LINK_OPAQUE_ASSERT(name, condition, message) _Static_assert(condition, message)
#elif defined(__GNUC__) && !defined(_Static_assert) /* as C libraries do for C99 */
#define LINK_OPAQUE_ASSERT(name, condition, message) \
	extern char link_opaque_check_##name[(condition) ? 1 : -1]; \
	__extension__ _Static_assert(condition, message)
#else
#define LINK_OPAQUE_ASSERT(name, condition, message) \
	extern char link_opaque_check_##name[(condition) ? 1 : -1]
#endif
#if defined(__GNUC__)
#define LINK_OPAQUE_OFFSETOF(type, field) __builtin_offsetof(type, field)
#else
#define LINK_OPAQUE_OFFSETOF(type, field) offsetof(type, field)
#endif
#define LINK_OPAQUE_CHECK() \
	struct link_opaque_place { \
		char before; \
		struct conn placed; \
	}; \
	struct link_opaque_shadow_place { \
		char before; \
		struct link_opaque placed; \
	}; \
	LINK_OPAQUE_ASSERT(size, \
		sizeof(struct conn) == LINK_SIZE, \
		"struct conn: its size is not the LINK_SIZE of several_opaque.h; generate it again"); \
	LINK_OPAQUE_ASSERT(align, \
		sizeof(struct link_opaque_place) - sizeof(struct conn) == LINK_ALIGN, \
		"struct conn: its alignment is not the LINK_ALIGN of several_opaque.h; generate it again"); \
	LINK_OPAQUE_ASSERT(shadow_size, \
		sizeof(struct link_opaque) == LINK_SIZE, \
		"struct conn: the size of struct link_opaque is not the LINK_SIZE of several_opaque.h; generate it again"); \
	LINK_OPAQUE_ASSERT(shadow_align, \
		sizeof(struct link_opaque_shadow_place) - \
			sizeof(struct link_opaque) == LINK_ALIGN, \
		"struct conn: the alignment of struct link_opaque is not the LINK_ALIGN of several_opaque.h; generate it again"); \
	LINK_OPAQUE_ASSERT(offsetof_fd, \
		LINK_OPAQUE_OFFSETOF(struct conn, fd) == LINK_OFFSETOF_FD, \
		"struct conn: the offset of fd is not the LINK_OFFSETOF_FD of several_opaque.h; generate it again"); \
	LINK_OPAQUE_ASSERT(sizeof_fd, \
		sizeof(((struct conn *)0)->fd) == LINK_SIZEOF_FD, \
		"struct conn: the size of fd is not the LINK_SIZEOF_FD of several_opaque.h; generate it again")

/* Size and alignment of union word, in bytes. */
#define WORD_SIZE 32
#define WORD_ALIGN 8

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
 * For the owner, once, at file scope, where union word is defined:
 *   WORD_OPAQUE_CHECK();
 * It does not compile when this file does not fit the type any more.
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
		"union word: its size is not the WORD_SIZE of several_opaque.h; generate it again"); \
	WORD_OPAQUE_ASSERT(align, \
		sizeof(struct word_opaque_place) - sizeof(union word) == WORD_ALIGN, \
		"union word: its alignment is not the WORD_ALIGN of several_opaque.h; generate it again"); \
	WORD_OPAQUE_ASSERT(shadow_size, \
		sizeof(struct word_opaque) == WORD_SIZE, \
		"union word: the size of struct word_opaque is not the WORD_SIZE of several_opaque.h; generate it again"); \
	WORD_OPAQUE_ASSERT(shadow_align, \
		sizeof(struct word_opaque_shadow_place) - \
			sizeof(struct word_opaque) == WORD_ALIGN, \
		"union word: the alignment of struct word_opaque is not the WORD_ALIGN of several_opaque.h; generate it again")

/* Size and alignment of pair_t, in bytes. */
#define PAIR_T_SIZE 4
#define PAIR_T_ALIGN 2

#if defined(__GNUC__)
#define PAIR_T_OPAQUE_ALIGNAS
#define PAIR_T_OPAQUE_ATTRIBUTES __attribute__((aligned(PAIR_T_ALIGN), may_alias))
#else
#define PAIR_T_OPAQUE_ATTRIBUTES
#if defined(_MSC_VER)
#define PAIR_T_OPAQUE_ALIGNAS __declspec(align(PAIR_T_ALIGN))
#elif defined(__cplusplus) && __cplusplus >= 201103L
#define PAIR_T_OPAQUE_ALIGNAS alignas(PAIR_T_ALIGN)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define PAIR_T_OPAQUE_ALIGNAS _Alignas(PAIR_T_ALIGN)
#else
#error "this compiler knows no way to align struct pair_t_opaque"
#endif
#endif

/*
 * Room for a pair_t. Pass pointers to it, never the thing itself: functions take
 * the two differently.
 */
struct pair_t_opaque {
	PAIR_T_OPAQUE_ALIGNAS unsigned char opaque[PAIR_T_SIZE];
} PAIR_T_OPAQUE_ATTRIBUTES;

/* Copy all bytes; right under strict aliasing whatever the private type says. */
static inline void pair_t_opaque_copy(struct pair_t_opaque *to, const struct pair_t_opaque *from)
{
#if defined(__GNUC__)
	__builtin_memcpy(to, from, sizeof(*to));
#else
	memcpy(to, from, sizeof(*to));
#endif
}

/* Make all bytes zero; right in the same way. */
static inline void pair_t_opaque_zero(struct pair_t_opaque *shadow)
{
#if defined(__GNUC__)
	__builtin_memset(shadow, 0, sizeof(*shadow));
#else
	memset(shadow, 0, sizeof(*shadow));
#endif
}

/*
 * For the owner, once, at file scope, where pair_t is defined:
 *   PAIR_T_OPAQUE_CHECK();
 * It does not compile when this file does not fit the type any more.
 */
#if defined(__cplusplus)
#define PAIR_T_OPAQUE_ASSERT(name, condition, message) static_assert(condition, message)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define PAIR_T_OPAQUE_ASSERT(name, condition, message) _Static_assert(condition, message)
#elif defined(__GNUC__) && !defined(_Static_assert) /* as C libraries do for C99 */
#define PAIR_T_OPAQUE_ASSERT(name, condition, message) \
	extern char pair_t_opaque_check_##name[(condition) ? 1 : -1]; \
	__extension__ _Static_assert(condition, message)
#else
#define PAIR_T_OPAQUE_ASSERT(name, condition, message) \
	extern char pair_t_opaque_check_##name[(condition) ? 1 : -1]
#endif
#define PAIR_T_OPAQUE_CHECK() \
	struct pair_t_opaque_place { \
		char before; \
		pair_t placed; \
	}; \
	struct pair_t_opaque_shadow_place { \
		char before; \
		struct pair_t_opaque placed; \
	}; \
	PAIR_T_OPAQUE_ASSERT(size, \
		sizeof(pair_t) == PAIR_T_SIZE, \
		"pair_t: its size is not the PAIR_T_SIZE of several_opaque.h; generate it again"); \
	PAIR_T_OPAQUE_ASSERT(align, \
		sizeof(struct pair_t_opaque_place) - sizeof(pair_t) == PAIR_T_ALIGN, \
		"pair_t: its alignment is not the PAIR_T_ALIGN of several_opaque.h; generate it again"); \
	PAIR_T_OPAQUE_ASSERT(shadow_size, \
		sizeof(struct pair_t_opaque) == PAIR_T_SIZE, \
		"pair_t: the size of struct pair_t_opaque is not the PAIR_T_SIZE of several_opaque.h; generate it again"); \
	PAIR_T_OPAQUE_ASSERT(shadow_align, \
		sizeof(struct pair_t_opaque_shadow_place) - \
			sizeof(struct pair_t_opaque) == PAIR_T_ALIGN, \
		"pair_t: the alignment of struct pair_t_opaque is not the PAIR_T_ALIGN of several_opaque.h; generate it again")

#endif /* SEVERAL_OPAQUE_H */
