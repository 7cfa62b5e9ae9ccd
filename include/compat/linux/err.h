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

/*
 * The series that brought static caches to the kernel tests the result of KMEM_CACHE_SETUP() as a
 * pointer. Here it is 0 or a negative errno, in which such a test would see no failure: let it not
 * compile.
 */
#ifdef __cplusplus
bool IS_ERR(int setup_returns_0_or_a_negative_errno_not_a_pointer) = delete;
bool IS_ERR_OR_NULL(int setup_returns_0_or_a_negative_errno_not_a_pointer) = delete;
long PTR_ERR(int setup_returns_0_or_a_negative_errno_not_a_pointer) = delete;
void *ERR_CAST(int setup_returns_0_or_a_negative_errno_not_a_pointer) = delete;
int PTR_ERR_OR_ZERO(int setup_returns_0_or_a_negative_errno_not_a_pointer) = delete;
#else
#define SLAB_NO_INT(ptr)                                                                       \
	((void)sizeof(struct {                                                                 \
		_Static_assert(_Generic((ptr), int : 0, default : 1),                          \
			       "an int is no error pointer: KMEM_CACHE_SETUP() and the other " \
			       "setup calls return 0 or a negative errno");                    \
		int unused;                                                                    \
	}))
#define IS_ERR(ptr)	     (SLAB_NO_INT(ptr), (IS_ERR)(ptr))
#define IS_ERR_OR_NULL(ptr)  (SLAB_NO_INT(ptr), (IS_ERR_OR_NULL)(ptr))
#define PTR_ERR(ptr)	     (SLAB_NO_INT(ptr), (PTR_ERR)(ptr))
#define ERR_CAST(ptr)	     (SLAB_NO_INT(ptr), (ERR_CAST)(ptr))
#define PTR_ERR_OR_ZERO(ptr) (SLAB_NO_INT(ptr), (PTR_ERR_OR_ZERO)(ptr))
#endif

#endif
