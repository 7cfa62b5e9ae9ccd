/* SPDX-License-Identifier: MIT */
#ifndef SLAB_COMPAT_LINUX_ERR_H
#define SLAB_COMPAT_LINUX_ERR_H

/* Error numbers in pointers: the last page of addresses, which holds no object. */

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

#define MAX_ERRNO 4095

#define IS_ERR_VALUE(x) ((uintptr_t)(void *)(x) >= (uintptr_t)-MAX_ERRNO)

/** ERR_PTR - a negative errno as a pointer */
static inline void *ERR_PTR(long error)
{
	return (void *)(intptr_t)error;
}

/** PTR_ERR - the errno that ERR_PTR() was given */
static inline long PTR_ERR(const void *ptr)
{
	return (long)(intptr_t)ptr;
}

static inline bool IS_ERR(const void *ptr)
{
	return IS_ERR_VALUE(ptr);
}

static inline bool IS_ERR_OR_NULL(const void *ptr)
{
	return !ptr || IS_ERR(ptr);
}

/** ERR_CAST - an error as a pointer of another type */
static inline void *ERR_CAST(const void *ptr)
{
	return (void *)(uintptr_t)ptr;
}

static inline int PTR_ERR_OR_ZERO(const void *ptr)
{
	return IS_ERR(ptr) ? (int)PTR_ERR(ptr) : 0;
}

#endif
