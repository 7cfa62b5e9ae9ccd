/* SPDX-License-Identifier: CC0-1.0 */
/*
 * Made by gen-opaque: the private half of a header. Do not edit; make it again with
 *   gen-opaque emit -t 'struct sum' --shadow sum_state --align 16 --reserve 64 --private lib/sum_private.h -o include/sum_state.h lib/sum.c -- -Iinclude
 *
 * It stands in for
 *   struct sum of lib/sum.c
 * on every target: its numbers are the most that each of them needs.
 *
 * This file is free of any licence: use it in whatever you like.
 */
#ifndef SUM_PRIVATE_H
#define SUM_PRIVATE_H

#include "../include/sum_state.h"
#if !defined(__GNUC__)
#include <stddef.h>
#include <string.h>
#endif

/* The numbers of the public half, under the names of this one. */
#define SUM_SIZE SUM_STATE_SIZE
#define SUM_ALIGN SUM_STATE_ALIGN
struct sum;
struct sum_state;

/*
 * For the definition of the private type, so that copies of a struct sum_state, and of
 * what holds one, are right under strict aliasing. It reaches the pointer types made
 * after the definition; -fno-strict-aliasing for the owner's files reaches all.
 * struct SUM_PRIVATE sum { ... };
 */
#if defined(__GNUC__)
#define SUM_PRIVATE __attribute__((may_alias))
#else
#define SUM_PRIVATE
#endif

/* The struct sum that a shadow stands in for. */
static inline struct sum *to_sum(struct sum_state *shadow)
{
	void *object = shadow;

#ifdef __cplusplus
	return static_cast<struct sum *>(object);
#else
	return (struct sum *)object;
#endif
}

/* The same of one that is not to be changed. */
static inline const struct sum *to_sum_const(const struct sum_state *shadow)
{
	const void *object = shadow;

#ifdef __cplusplus
	return static_cast<const struct sum *>(object);
#else
	return (const struct sum *)object;
#endif
}

#ifdef __cplusplus
extern "C++" {
/* The same under the plain name. */
static inline const struct sum *to_sum(const struct sum_state *shadow)
{
	const void *object = shadow;

#ifdef __cplusplus
	return static_cast<const struct sum *>(object);
#else
	return (const struct sum *)object;
#endif
}

} /* extern "C++" */
#elif defined(__GNUC__)
/*
 * With a pointer type made where it is used: one made before struct sum is defined lacks
 * what its definition says of aliasing.
 */
#define to_sum(...) ((struct sum *)to_sum(__VA_ARGS__))
#define to_sum_const(...) ((const struct sum *)to_sum_const(__VA_ARGS__))
#endif

/* Copy all bytes; right under strict aliasing whatever the private type says. */
static inline void sum_opaque_copy(struct sum_state *to, const struct sum_state *from)
{
#if defined(__GNUC__)
	__builtin_memcpy(to, from, sizeof(*to));
#else
	memcpy(to, from, sizeof(*to));
#endif
}

/* Make all bytes zero; right in the same way. */
static inline void sum_opaque_zero(struct sum_state *shadow)
{
#if defined(__GNUC__)
	__builtin_memset(shadow, 0, sizeof(*shadow));
#else
	memset(shadow, 0, sizeof(*shadow));
#endif
}

/*
 * For the owner, once, at file scope, where struct sum is defined:
 *   SUM_OPAQUE_CHECK();
 * It does not compile when this file does not fit the type any more.
 */
#if defined(__cplusplus)
#define SUM_OPAQUE_ASSERT(name, condition, message) static_assert(condition, message)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define SUM_OPAQUE_ASSERT(name, condition, message) _Static_assert(condition, message)
#elif defined(__GNUC__) && !defined(_Static_assert) /* as C libraries do for C99 */
#define SUM_OPAQUE_ASSERT(name, condition, message) \
	extern char sum_opaque_check_##name[(condition) ? 1 : -1]; \
	__extension__ _Static_assert(condition, message)
#else
#define SUM_OPAQUE_ASSERT(name, condition, message) \
	extern char sum_opaque_check_##name[(condition) ? 1 : -1]
#endif
#define SUM_OPAQUE_CHECK() \
	struct sum_opaque_place { \
		char before; \
		struct sum placed; \
	}; \
	struct sum_opaque_shadow_place { \
		char before; \
		struct sum_state placed; \
	}; \
	SUM_OPAQUE_ASSERT(size, \
		sizeof(struct sum) <= SUM_SIZE, \
		"struct sum: its size is above the SUM_SIZE of sum_state.h; generate it again"); \
	SUM_OPAQUE_ASSERT(align, \
		sizeof(struct sum_opaque_place) - sizeof(struct sum) <= SUM_ALIGN, \
		"struct sum: its alignment is above the SUM_ALIGN of sum_state.h; generate it again"); \
	SUM_OPAQUE_ASSERT(shadow_size, \
		sizeof(struct sum_state) == SUM_SIZE, \
		"struct sum: the size of struct sum_state is not the SUM_SIZE of sum_state.h; generate it again"); \
	SUM_OPAQUE_ASSERT(shadow_align, \
		sizeof(struct sum_opaque_shadow_place) - \
			sizeof(struct sum_state) == SUM_ALIGN, \
		"struct sum: the alignment of struct sum_state is not the SUM_ALIGN of sum_state.h; generate it again")

#endif /* SUM_PRIVATE_H */
