/* SPDX-License-Identifier: CC0-1.0 */
/*
 * Made by gen-opaque: room for private types, without a view inside. Do not edit; make it again with
 *   gen-opaque emit -t 'struct conn' --expose fd --fwd light_fwd.h -o light_opaque.h --target x86_64-linux-gnu light.c
 *
 * It stands in for
 *   struct conn of light.c
 * on x86_64-linux-gnu, unconfirmed by a compiler.
 *
 * This file is free of any licence: use it in whatever you like.
 */
#ifndef LIGHT_OPAQUE_H
#define LIGHT_OPAQUE_H

#include "light_fwd.h"

#if !defined(__GNUC__)
#include <stddef.h>
#include <string.h>
#endif

/* Size and alignment of struct conn, in bytes. */
#define CONN_SIZE 16
#define CONN_ALIGN 8

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
	CONN_OPAQUE_ALIGNAS int fd;
	unsigned char opaque_0[12];
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
 * For the owner, once, at file scope, where struct conn is defined:
 *   CONN_OPAQUE_CHECK();
 * It does not compile when this file does not fit the type any more.
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
		"struct conn: its size is not the CONN_SIZE of light_opaque.h; generate it again"); \
	CONN_OPAQUE_ASSERT(align, \
		sizeof(struct conn_opaque_place) - sizeof(struct conn) == CONN_ALIGN, \
		"struct conn: its alignment is not the CONN_ALIGN of light_opaque.h; generate it again"); \
	CONN_OPAQUE_ASSERT(shadow_size, \
		sizeof(struct conn_opaque) == CONN_SIZE, \
		"struct conn: the size of struct conn_opaque is not the CONN_SIZE of light_opaque.h; generate it again"); \
	CONN_OPAQUE_ASSERT(shadow_align, \
		sizeof(struct conn_opaque_shadow_place) - \
			sizeof(struct conn_opaque) == CONN_ALIGN, \
		"struct conn: the alignment of struct conn_opaque is not the CONN_ALIGN of light_opaque.h; generate it again"); \
	CONN_OPAQUE_ASSERT(place_of_fd, \
		CONN_OPAQUE_OFFSETOF(struct conn, fd) == \
			CONN_OPAQUE_OFFSETOF(struct conn_opaque, fd), \
		"struct conn: field fd is not where struct conn_opaque has it in light_opaque.h; generate it again"); \
	CONN_OPAQUE_ASSERT(room_of_fd, \
		sizeof(((struct conn *)0)->fd) == sizeof(((struct conn_opaque *)0)->fd), \
		"struct conn: field fd has not the size that struct conn_opaque gives it in light_opaque.h; generate it again")

/* For a struct conn_opaque: zero but for the fields named, in their order: CONN_OPAQUE_INIT(.fd = value). */
#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header
#define CONN_OPAQUE_INIT(...) __extension__ (struct conn_opaque){ __VA_ARGS__ }
#elif defined(__cplusplus) || (defined(__STDC_VERSION__) && __STDC_VERSION__ >= 199901L)
#define CONN_OPAQUE_INIT(...) { __VA_ARGS__ }
#endif
#endif /* LIGHT_OPAQUE_H */
