/* SPDX-License-Identifier: CC0-1.0 */
/*
 * Made by gen-opaque: room for private types, without a view inside. Do not edit; make it again with
 *   gen-opaque emit -t 'struct task' -o shipped/task_opaque.h --target x86_64 --target arm-none src/task.c -- -Iinclude -Ishipped -fno-strict-aliasing
 *
 * It stands in for
 *   struct task of src/task.c
 * on
 *   x86_64, confirmed by the compiler
 *   arm-none, confirmed by the compiler
 *
 * This file is free of any licence: use it in whatever you like.
 */
#ifndef TASK_OPAQUE_H
#define TASK_OPAQUE_H

#if !defined(__GNUC__)
#include <stddef.h>
#include <string.h>
#endif

struct task;
struct task_opaque;

/*
 * For the definition of the private type, so that copies of a struct task_opaque, and of
 * what holds one, are right under strict aliasing. It reaches the pointer types made
 * after the definition; -fno-strict-aliasing for the owner's files reaches all.
 * struct TASK_PRIVATE task { ... };
 */
#if defined(__GNUC__)
#define TASK_PRIVATE __attribute__((may_alias))
#else
#define TASK_PRIVATE
#endif

/* The struct task that a shadow stands in for. */
static inline struct task *to_task(struct task_opaque *shadow)
{
	void *object = shadow;

#ifdef __cplusplus
	return static_cast<struct task *>(object);
#else
	return (struct task *)object;
#endif
}

/* The same of one that is not to be changed. */
static inline const struct task *to_task_const(const struct task_opaque *shadow)
{
	const void *object = shadow;

#ifdef __cplusplus
	return static_cast<const struct task *>(object);
#else
	return (const struct task *)object;
#endif
}

#ifdef __cplusplus
extern "C++" {
/* The same under the plain name. */
static inline const struct task *to_task(const struct task_opaque *shadow)
{
	const void *object = shadow;

#ifdef __cplusplus
	return static_cast<const struct task *>(object);
#else
	return (const struct task *)object;
#endif
}

} /* extern "C++" */
#elif defined(__GNUC__)
/*
 * With a pointer type made where it is used: one made before struct task is defined lacks
 * what its definition says of aliasing.
 */
#define to_task(...) ((struct task *)to_task(__VA_ARGS__))
#define to_task_const(...) ((const struct task *)to_task_const(__VA_ARGS__))
#endif

/*
 * Sizes and alignments in bytes, target by target, and all else that they decide. Which
 * one it is the compiler's own macros tell.
 */
/* x86_64 */
#if defined(__ELF__) && defined(__x86_64__) && defined(__LP64__)
#define TASK_SIZE 120
#define TASK_ALIGN 8
/* arm-none */
#elif defined(__ELF__) && defined(__ARM_EABI__) && !defined(__ARMEB__) && __ARM_SIZEOF_MINIMAL_ENUM == 1
#define TASK_SIZE 76
#define TASK_ALIGN 4
#else
#error "task_opaque.h does not know this target, only x86_64, arm-none"
#endif

#if defined(__GNUC__)
#define TASK_OPAQUE_ALIGNAS
#define TASK_OPAQUE_ATTRIBUTES __attribute__((aligned(TASK_ALIGN), may_alias))
#else
#define TASK_OPAQUE_ATTRIBUTES
#if defined(_MSC_VER)
#define TASK_OPAQUE_ALIGNAS __declspec(align(TASK_ALIGN))
#elif defined(__cplusplus) && __cplusplus >= 201103L
#define TASK_OPAQUE_ALIGNAS alignas(TASK_ALIGN)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define TASK_OPAQUE_ALIGNAS _Alignas(TASK_ALIGN)
#else
#error "this compiler knows no way to align struct task_opaque"
#endif
#endif

/*
 * Room for a struct task. Pass pointers to it, never the thing itself: functions take
 * the two differently.
 */
struct task_opaque {
	TASK_OPAQUE_ALIGNAS unsigned char opaque[TASK_SIZE];
} TASK_OPAQUE_ATTRIBUTES;

/* Copy all bytes; right under strict aliasing whatever the private type says. */
static inline void task_opaque_copy(struct task_opaque *to, const struct task_opaque *from)
{
#if defined(__GNUC__)
	__builtin_memcpy(to, from, sizeof(*to));
#else
	memcpy(to, from, sizeof(*to));
#endif
}

/* Make all bytes zero; right in the same way. */
static inline void task_opaque_zero(struct task_opaque *shadow)
{
#if defined(__GNUC__)
	__builtin_memset(shadow, 0, sizeof(*shadow));
#else
	memset(shadow, 0, sizeof(*shadow));
#endif
}

/*
 * For the owner, once, at file scope, where struct task is defined:
 *   TASK_OPAQUE_CHECK();
 * It does not compile when this file does not fit the type any more.
 */
#if defined(__cplusplus)
#define TASK_OPAQUE_ASSERT(name, condition, message) static_assert(condition, message)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define TASK_OPAQUE_ASSERT(name, condition, message) _Static_assert(condition, message)
#elif defined(__GNUC__) && !defined(_Static_assert) /* as C libraries do for C99 */
#define TASK_OPAQUE_ASSERT(name, condition, message) \
	extern char task_opaque_check_##name[(condition) ? 1 : -1]; \
	__extension__ _Static_assert(condition, message)
#else
#define TASK_OPAQUE_ASSERT(name, condition, message) \
	extern char task_opaque_check_##name[(condition) ? 1 : -1]
#endif
#define TASK_OPAQUE_CHECK() \
	struct task_opaque_place { \
		char before; \
		struct task placed; \
	}; \
	struct task_opaque_shadow_place { \
		char before; \
		struct task_opaque placed; \
	}; \
	TASK_OPAQUE_ASSERT(size, \
		sizeof(struct task) == TASK_SIZE, \
		"struct task: its size is not the TASK_SIZE of task_opaque.h; generate it again"); \
	TASK_OPAQUE_ASSERT(align, \
		sizeof(struct task_opaque_place) - sizeof(struct task) == TASK_ALIGN, \
		"struct task: its alignment is not the TASK_ALIGN of task_opaque.h; generate it again"); \
	TASK_OPAQUE_ASSERT(shadow_size, \
		sizeof(struct task_opaque) == TASK_SIZE, \
		"struct task: the size of struct task_opaque is not the TASK_SIZE of task_opaque.h; generate it again"); \
	TASK_OPAQUE_ASSERT(shadow_align, \
		sizeof(struct task_opaque_shadow_place) - \
			sizeof(struct task_opaque) == TASK_ALIGN, \
		"struct task: the alignment of struct task_opaque is not the TASK_ALIGN of task_opaque.h; generate it again")

#endif /* TASK_OPAQUE_H */
