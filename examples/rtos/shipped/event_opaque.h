/* SPDX-License-Identifier: CC0-1.0 */
/*
 * Made by gen-opaque: room for private types, without a view inside. Do not edit; make it again with
 *   gen-opaque emit -t 'struct event' -o shipped/event_opaque.h --target x86_64 --target arm-none src/event.c -- -Iinclude -Ishipped -fno-strict-aliasing
 *
 * It stands in for
 *   struct event of src/event.c
 * on
 *   x86_64, confirmed by the compiler
 *   arm-none, confirmed by the compiler
 *
 * This file is free of any licence: use it in whatever you like.
 */
#ifndef EVENT_OPAQUE_H
#define EVENT_OPAQUE_H

#if !defined(__GNUC__)
#include <stddef.h>
#include <string.h>
#endif

struct event;
struct event_opaque;

/*
 * For the definition of the private type, so that copies of a struct event_opaque, and of
 * what holds one, are right under strict aliasing. It reaches the pointer types made
 * after the definition; -fno-strict-aliasing for the owner's files reaches all.
 * struct EVENT_PRIVATE event { ... };
 */
#if defined(__GNUC__)
#define EVENT_PRIVATE __attribute__((may_alias))
#else
#define EVENT_PRIVATE
#endif

/* The struct event that a shadow stands in for. */
static inline struct event *to_event(struct event_opaque *shadow)
{
	void *object = shadow;

#ifdef __cplusplus
	return static_cast<struct event *>(object);
#else
	return (struct event *)object;
#endif
}

/* The same of one that is not to be changed. */
static inline const struct event *to_event_const(const struct event_opaque *shadow)
{
	const void *object = shadow;

#ifdef __cplusplus
	return static_cast<const struct event *>(object);
#else
	return (const struct event *)object;
#endif
}

#ifdef __cplusplus
extern "C++" {
/* The same under the plain name. */
static inline const struct event *to_event(const struct event_opaque *shadow)
{
	const void *object = shadow;

#ifdef __cplusplus
	return static_cast<const struct event *>(object);
#else
	return (const struct event *)object;
#endif
}

} /* extern "C++" */
#elif defined(__GNUC__)
/*
 * With a pointer type made where it is used: one made before struct event is defined lacks
 * what its definition says of aliasing.
 */
#define to_event(...) ((struct event *)to_event(__VA_ARGS__))
#define to_event_const(...) ((const struct event *)to_event_const(__VA_ARGS__))
#endif

/*
 * Sizes and alignments in bytes, target by target, and all else that they decide. Which
 * one it is the compiler's own macros tell.
 */
/* x86_64 */
#if defined(__ELF__) && defined(__x86_64__) && defined(__LP64__)
#define EVENT_SIZE 56
#define EVENT_ALIGN 8
/* arm-none */
#elif defined(__ELF__) && defined(__ARM_EABI__) && !defined(__ARMEB__) && __ARM_SIZEOF_MINIMAL_ENUM == 1
#define EVENT_SIZE 28
#define EVENT_ALIGN 4
#else
#error "event_opaque.h does not know this target, only x86_64, arm-none"
#endif

#if defined(__GNUC__)
#define EVENT_OPAQUE_ALIGNAS
#define EVENT_OPAQUE_ATTRIBUTES __attribute__((aligned(EVENT_ALIGN), may_alias))
#else
#define EVENT_OPAQUE_ATTRIBUTES
#if defined(_MSC_VER)
#define EVENT_OPAQUE_ALIGNAS __declspec(align(EVENT_ALIGN))
#elif defined(__cplusplus) && __cplusplus >= 201103L
#define EVENT_OPAQUE_ALIGNAS alignas(EVENT_ALIGN)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define EVENT_OPAQUE_ALIGNAS _Alignas(EVENT_ALIGN)
#else
#error "this compiler knows no way to align struct event_opaque"
#endif
#endif

/*
 * Room for a struct event. Pass pointers to it, never the thing itself: functions take
 * the two differently.
 */
struct event_opaque {
	EVENT_OPAQUE_ALIGNAS unsigned char opaque[EVENT_SIZE];
} EVENT_OPAQUE_ATTRIBUTES;

/* Copy all bytes; right under strict aliasing whatever the private type says. */
static inline void event_opaque_copy(struct event_opaque *to, const struct event_opaque *from)
{
#if defined(__GNUC__)
	__builtin_memcpy(to, from, sizeof(*to));
#else
	memcpy(to, from, sizeof(*to));
#endif
}

/* Make all bytes zero; right in the same way. */
static inline void event_opaque_zero(struct event_opaque *shadow)
{
#if defined(__GNUC__)
	__builtin_memset(shadow, 0, sizeof(*shadow));
#else
	memset(shadow, 0, sizeof(*shadow));
#endif
}

/*
 * For the owner, once, at file scope, where struct event is defined:
 *   EVENT_OPAQUE_CHECK();
 * It does not compile when this file does not fit the type any more.
 */
#if defined(__cplusplus)
#define EVENT_OPAQUE_ASSERT(name, condition, message) static_assert(condition, message)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define EVENT_OPAQUE_ASSERT(name, condition, message) _Static_assert(condition, message)
#elif defined(__GNUC__) && !defined(_Static_assert) /* as C libraries do for C99 */
#define EVENT_OPAQUE_ASSERT(name, condition, message) \
	extern char event_opaque_check_##name[(condition) ? 1 : -1]; \
	__extension__ _Static_assert(condition, message)
#else
#define EVENT_OPAQUE_ASSERT(name, condition, message) \
	extern char event_opaque_check_##name[(condition) ? 1 : -1]
#endif
#define EVENT_OPAQUE_CHECK() \
	struct event_opaque_place { \
		char before; \
		struct event placed; \
	}; \
	struct event_opaque_shadow_place { \
		char before; \
		struct event_opaque placed; \
	}; \
	EVENT_OPAQUE_ASSERT(size, \
		sizeof(struct event) == EVENT_SIZE, \
		"struct event: its size is not the EVENT_SIZE of event_opaque.h; generate it again"); \
	EVENT_OPAQUE_ASSERT(align, \
		sizeof(struct event_opaque_place) - sizeof(struct event) == EVENT_ALIGN, \
		"struct event: its alignment is not the EVENT_ALIGN of event_opaque.h; generate it again"); \
	EVENT_OPAQUE_ASSERT(shadow_size, \
		sizeof(struct event_opaque) == EVENT_SIZE, \
		"struct event: the size of struct event_opaque is not the EVENT_SIZE of event_opaque.h; generate it again"); \
	EVENT_OPAQUE_ASSERT(shadow_align, \
		sizeof(struct event_opaque_shadow_place) - \
			sizeof(struct event_opaque) == EVENT_ALIGN, \
		"struct event: the alignment of struct event_opaque is not the EVENT_ALIGN of event_opaque.h; generate it again")

#endif /* EVENT_OPAQUE_H */
