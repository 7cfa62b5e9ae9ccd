/* SPDX-License-Identifier: MIT */
#ifndef SLAB_CLEANUP_H
#define SLAB_CLEANUP_H

/*
 * Pointers that free themselves at the end of their scope, as in <linux/cleanup.h>:
 *
 *	struct foo *foo __free(kfree) = kzalloc_obj(*foo);
 *	if (!foo || foo_init(foo))
 *		return NULL;
 *	return_ptr(foo);
 *
 * kfree, kvfree and kfree_sensitive are defined; they leave NULL and errors in pointers alone. For
 * C; in C++ a std::unique_ptr does it.
 */

#include <slab/slab.h>

/**
 * DEFINE_FREE - name what `__free(name)` does to a variable of a type
 *
 * DEFINE_FREE(foo_put, struct foo *, if (_T) foo_put(_T)): the statement sees the variable as _T.
 */
#define DEFINE_FREE(_name, _type, _free)                                      \
	static inline __attribute__((unused)) void slab_free_##_name(void *p) \
	{                                                                     \
		_type _T = *(_type *)p;                                       \
		_free;                                                        \
	}

/** __free - on a variable's declaration, which must give it a value: what DEFINE_FREE() named */
#define __free(_name) __attribute__((cleanup(slab_free_##_name)))

/** no_free_ptr - the pointer, which is left NULL: its scope does not free it any more */
#define no_free_ptr(p)                    \
	(__extension__({                  \
		__typeof__(p) kept = (p); \
		(p) = NULL;               \
		kept;                     \
	}))

/** retain_and_null_ptr - no_free_ptr() of a pointer that another function has taken over */
#define retain_and_null_ptr(p) ((void)no_free_ptr(p))

/** return_ptr - return the pointer, which its scope does not free any more */
#define return_ptr(p) return no_free_ptr(p)

/* An error number of <linux/err.h>: there is nothing to free. */
#define SLAB_IS_ERROR(p) ((size_t)(p) >= (size_t)-4095)

DEFINE_FREE(kfree, void *, if (!SLAB_IS_ERROR(_T)) kfree(_T))
DEFINE_FREE(kvfree, void *, if (!SLAB_IS_ERROR(_T)) kvfree(_T))
DEFINE_FREE(kfree_sensitive, void *, if (!SLAB_IS_ERROR(_T)) kfree_sensitive(_T))

#endif
