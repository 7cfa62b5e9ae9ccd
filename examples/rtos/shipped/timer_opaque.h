/* SPDX-License-Identifier: CC0-1.0 */
/*
 * Made by gen-opaque: room for private types, without a view inside. Do not edit; make it again with
 *   gen-opaque emit -t 'struct timer' -o shipped/timer_opaque.h --target x86_64 --target arm-none src/timer.c -- -Iinclude -Ishipped -fno-strict-aliasing
 *
 * It stands in for
 *   struct timer of src/timer.c
 * on
 *   x86_64, confirmed by the compiler
 *   arm-none, confirmed by the compiler
 *
 * This file is free of any licence: use it in whatever you like.
 */
#ifndef TIMER_OPAQUE_H
#define TIMER_OPAQUE_H

#if !defined(__GNUC__)
#include <stddef.h>
#include <string.h>
#endif

struct timer;
struct timer_opaque;

/*
 * For the definition of the private type, so that copies of a struct timer_opaque, and of
 * what holds one, are right under strict aliasing. It reaches the pointer types made
 * after the definition; -fno-strict-aliasing for the owner's files reaches all.
 * struct TIMER_PRIVATE timer { ... };
 */
#if defined(__GNUC__)
#define TIMER_PRIVATE __attribute__((may_alias))
#else
#define TIMER_PRIVATE
#endif

/* The struct timer that a shadow stands in for. */
static inline struct timer *to_timer(struct timer_opaque *shadow)
{
	void *object = shadow;

#ifdef __cplusplus
	return static_cast<struct timer *>(object);
#else
	return (struct timer *)object;
#endif
}

/* The same of one that is not to be changed. */
static inline const struct timer *to_timer_const(const struct timer_opaque *shadow)
{
	const void *object = shadow;

#ifdef __cplusplus
	return static_cast<const struct timer *>(object);
#else
	return (const struct timer *)object;
#endif
}

#ifdef __cplusplus
extern "C++" {
/* The same under the plain name. */
static inline const struct timer *to_timer(const struct timer_opaque *shadow)
{
	const void *object = shadow;

#ifdef __cplusplus
	return static_cast<const struct timer *>(object);
#else
	return (const struct timer *)object;
#endif
}

} /* extern "C++" */
#elif defined(__GNUC__)
/*
 * With a pointer type made where it is used: one made before struct timer is defined lacks
 * what its definition says of aliasing.
 */
#define to_timer(...) ((struct timer *)to_timer(__VA_ARGS__))
#define to_timer_const(...) ((const struct timer *)to_timer_const(__VA_ARGS__))
#endif

/*
 * Sizes and alignments in bytes, target by target, and all else that they decide. Which
 * one it is the compiler's own macros tell.
 */
/* x86_64 */
#if defined(__ELF__) && defined(__x86_64__) && defined(__LP64__)
#define TIMER_SIZE 104
#define TIMER_ALIGN 8
/* arm-none */
#elif defined(__ELF__) && defined(__ARM_EABI__) && !defined(__ARMEB__) && __ARM_SIZEOF_MINIMAL_ENUM == 1
#define TIMER_SIZE 56
#define TIMER_ALIGN 4
#else
#error "timer_opaque.h does not know this target, only x86_64, arm-none"
#endif

#if defined(__GNUC__)
#define TIMER_OPAQUE_ALIGNAS
#define TIMER_OPAQUE_ATTRIBUTES __attribute__((aligned(TIMER_ALIGN), may_alias))
#else
#define TIMER_OPAQUE_ATTRIBUTES
#if defined(_MSC_VER)
#define TIMER_OPAQUE_ALIGNAS __declspec(align(TIMER_ALIGN))
#elif defined(__cplusplus) && __cplusplus >= 201103L
#define TIMER_OPAQUE_ALIGNAS alignas(TIMER_ALIGN)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define TIMER_OPAQUE_ALIGNAS _Alignas(TIMER_ALIGN)
#else
#error "this compiler knows no way to align struct timer_opaque"
#endif
#endif

/*
 * Room for a struct timer. Pass pointers to it, never the thing itself: functions take
 * the two differently.
 */
struct timer_opaque {
	TIMER_OPAQUE_ALIGNAS unsigned char opaque[TIMER_SIZE];
} TIMER_OPAQUE_ATTRIBUTES;

/* Copy all bytes; right under strict aliasing whatever the private type says. */
static inline void timer_opaque_copy(struct timer_opaque *to, const struct timer_opaque *from)
{
#if defined(__GNUC__)
	__builtin_memcpy(to, from, sizeof(*to));
#else
	memcpy(to, from, sizeof(*to));
#endif
}

/* Make all bytes zero; right in the same way. */
static inline void timer_opaque_zero(struct timer_opaque *shadow)
{
#if defined(__GNUC__)
	__builtin_memset(shadow, 0, sizeof(*shadow));
#else
	memset(shadow, 0, sizeof(*shadow));
#endif
}

/*
 * For the owner, once, at file scope, where struct timer is defined:
 *   TIMER_OPAQUE_CHECK();
 * It does not compile when this file does not fit the type any more.
 */
#if defined(__cplusplus)
#define TIMER_OPAQUE_ASSERT(name, condition, message) static_assert(condition, message)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define TIMER_OPAQUE_ASSERT(name, condition, message) _Static_assert(condition, message)
#elif defined(__GNUC__) && !defined(_Static_assert) /* as C libraries do for C99 */
#define TIMER_OPAQUE_ASSERT(name, condition, message) \
	extern char timer_opaque_check_##name[(condition) ? 1 : -1]; \
	__extension__ _Static_assert(condition, message)
#else
#define TIMER_OPAQUE_ASSERT(name, condition, message) \
	extern char timer_opaque_check_##name[(condition) ? 1 : -1]
#endif
#define TIMER_OPAQUE_CHECK() \
	struct timer_opaque_place { \
		char before; \
		struct timer placed; \
	}; \
	struct timer_opaque_shadow_place { \
		char before; \
		struct timer_opaque placed; \
	}; \
	TIMER_OPAQUE_ASSERT(size, \
		sizeof(struct timer) == TIMER_SIZE, \
		"struct timer: its size is not the TIMER_SIZE of timer_opaque.h; generate it again"); \
	TIMER_OPAQUE_ASSERT(align, \
		sizeof(struct timer_opaque_place) - sizeof(struct timer) == TIMER_ALIGN, \
		"struct timer: its alignment is not the TIMER_ALIGN of timer_opaque.h; generate it again"); \
	TIMER_OPAQUE_ASSERT(shadow_size, \
		sizeof(struct timer_opaque) == TIMER_SIZE, \
		"struct timer: the size of struct timer_opaque is not the TIMER_SIZE of timer_opaque.h; generate it again"); \
	TIMER_OPAQUE_ASSERT(shadow_align, \
		sizeof(struct timer_opaque_shadow_place) - \
			sizeof(struct timer_opaque) == TIMER_ALIGN, \
		"struct timer: the alignment of struct timer_opaque is not the TIMER_ALIGN of timer_opaque.h; generate it again")

#endif /* TIMER_OPAQUE_H */
