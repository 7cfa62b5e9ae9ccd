/* SPDX-License-Identifier: CC0-1.0 */
/*
 * Made by gen-opaque: room for private types, without a view inside. Do not edit; make it again with
 *   gen-opaque emit -t 'struct queue' -o shipped/queue_opaque.h --target x86_64 --target arm-none src/queue.c -- -Iinclude -Ishipped -fno-strict-aliasing
 *
 * It stands in for
 *   struct queue of src/queue.c
 * on
 *   x86_64, confirmed by the compiler
 *   arm-none, confirmed by the compiler
 *
 * This file is free of any licence: use it in whatever you like.
 */
#ifndef QUEUE_OPAQUE_H
#define QUEUE_OPAQUE_H

#if !defined(__GNUC__)
#include <stddef.h>
#include <string.h>
#endif

struct queue;
struct queue_opaque;

/*
 * For the definition of the private type, so that copies of a struct queue_opaque, and of
 * what holds one, are right under strict aliasing. It reaches the pointer types made
 * after the definition; -fno-strict-aliasing for the owner's files reaches all.
 * struct QUEUE_PRIVATE queue { ... };
 */
#if defined(__GNUC__)
#define QUEUE_PRIVATE __attribute__((may_alias))
#else
#define QUEUE_PRIVATE
#endif

/* The struct queue that a shadow stands in for. */
static inline struct queue *to_queue(struct queue_opaque *shadow)
{
	void *object = shadow;

#ifdef __cplusplus
	return static_cast<struct queue *>(object);
#else
	return (struct queue *)object;
#endif
}

/* The same of one that is not to be changed. */
static inline const struct queue *to_queue_const(const struct queue_opaque *shadow)
{
	const void *object = shadow;

#ifdef __cplusplus
	return static_cast<const struct queue *>(object);
#else
	return (const struct queue *)object;
#endif
}

#ifdef __cplusplus
extern "C++" {
/* The same under the plain name. */
static inline const struct queue *to_queue(const struct queue_opaque *shadow)
{
	const void *object = shadow;

#ifdef __cplusplus
	return static_cast<const struct queue *>(object);
#else
	return (const struct queue *)object;
#endif
}

} /* extern "C++" */
#elif defined(__GNUC__)
/*
 * With a pointer type made where it is used: one made before struct queue is defined lacks
 * what its definition says of aliasing.
 */
#define to_queue(...) ((struct queue *)to_queue(__VA_ARGS__))
#define to_queue_const(...) ((const struct queue *)to_queue_const(__VA_ARGS__))
#endif

/*
 * Sizes and alignments in bytes, target by target, and all else that they decide. Which
 * one it is the compiler's own macros tell.
 */
/* x86_64 */
#if defined(__ELF__) && defined(__x86_64__) && defined(__LP64__)
#define QUEUE_SIZE 144
#define QUEUE_ALIGN 8
/* arm-none */
#elif defined(__ELF__) && defined(__ARM_EABI__) && !defined(__ARMEB__) && __ARM_SIZEOF_MINIMAL_ENUM == 1
#define QUEUE_SIZE 72
#define QUEUE_ALIGN 4
#else
#error "queue_opaque.h does not know this target, only x86_64, arm-none"
#endif

#if defined(__GNUC__)
#define QUEUE_OPAQUE_ALIGNAS
#define QUEUE_OPAQUE_ATTRIBUTES __attribute__((aligned(QUEUE_ALIGN), may_alias))
#else
#define QUEUE_OPAQUE_ATTRIBUTES
#if defined(_MSC_VER)
#define QUEUE_OPAQUE_ALIGNAS __declspec(align(QUEUE_ALIGN))
#elif defined(__cplusplus) && __cplusplus >= 201103L
#define QUEUE_OPAQUE_ALIGNAS alignas(QUEUE_ALIGN)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define QUEUE_OPAQUE_ALIGNAS _Alignas(QUEUE_ALIGN)
#else
#error "this compiler knows no way to align struct queue_opaque"
#endif
#endif

/*
 * Room for a struct queue. Pass pointers to it, never the thing itself: functions take
 * the two differently.
 */
struct queue_opaque {
	QUEUE_OPAQUE_ALIGNAS unsigned char opaque[QUEUE_SIZE];
} QUEUE_OPAQUE_ATTRIBUTES;

/* Copy all bytes; right under strict aliasing whatever the private type says. */
static inline void queue_opaque_copy(struct queue_opaque *to, const struct queue_opaque *from)
{
#if defined(__GNUC__)
	__builtin_memcpy(to, from, sizeof(*to));
#else
	memcpy(to, from, sizeof(*to));
#endif
}

/* Make all bytes zero; right in the same way. */
static inline void queue_opaque_zero(struct queue_opaque *shadow)
{
#if defined(__GNUC__)
	__builtin_memset(shadow, 0, sizeof(*shadow));
#else
	memset(shadow, 0, sizeof(*shadow));
#endif
}

/*
 * For the owner, once, at file scope, where struct queue is defined:
 *   QUEUE_OPAQUE_CHECK();
 * It does not compile when this file does not fit the type any more.
 */
#if defined(__cplusplus)
#define QUEUE_OPAQUE_ASSERT(name, condition, message) static_assert(condition, message)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define QUEUE_OPAQUE_ASSERT(name, condition, message) _Static_assert(condition, message)
#elif defined(__GNUC__) && !defined(_Static_assert) /* as C libraries do for C99 */
#define QUEUE_OPAQUE_ASSERT(name, condition, message) \
	extern char queue_opaque_check_##name[(condition) ? 1 : -1]; \
	__extension__ _Static_assert(condition, message)
#else
#define QUEUE_OPAQUE_ASSERT(name, condition, message) \
	extern char queue_opaque_check_##name[(condition) ? 1 : -1]
#endif
#define QUEUE_OPAQUE_CHECK() \
	struct queue_opaque_place { \
		char before; \
		struct queue placed; \
	}; \
	struct queue_opaque_shadow_place { \
		char before; \
		struct queue_opaque placed; \
	}; \
	QUEUE_OPAQUE_ASSERT(size, \
		sizeof(struct queue) == QUEUE_SIZE, \
		"struct queue: its size is not the QUEUE_SIZE of queue_opaque.h; generate it again"); \
	QUEUE_OPAQUE_ASSERT(align, \
		sizeof(struct queue_opaque_place) - sizeof(struct queue) == QUEUE_ALIGN, \
		"struct queue: its alignment is not the QUEUE_ALIGN of queue_opaque.h; generate it again"); \
	QUEUE_OPAQUE_ASSERT(shadow_size, \
		sizeof(struct queue_opaque) == QUEUE_SIZE, \
		"struct queue: the size of struct queue_opaque is not the QUEUE_SIZE of queue_opaque.h; generate it again"); \
	QUEUE_OPAQUE_ASSERT(shadow_align, \
		sizeof(struct queue_opaque_shadow_place) - \
			sizeof(struct queue_opaque) == QUEUE_ALIGN, \
		"struct queue: the alignment of struct queue_opaque is not the QUEUE_ALIGN of queue_opaque.h; generate it again")

#endif /* QUEUE_OPAQUE_H */
