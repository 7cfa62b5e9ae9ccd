/* SPDX-License-Identifier: MIT */
#ifndef ALLOC_H
#define ALLOC_H

/* What kmalloc() and kfree() need of the object caches. */

#include <stddef.h>

#include <slab/slab-flags.h>

struct kmem_cache;
struct slab_barn;
struct span;

/*
 * An object for @size bytes from a class, or one of its copies, for the call that returns to
 * @caller. What kmalloc() falls to.
 */
void *kmalloc_miss(struct kmem_cache *s, size_t size, gfp_t gfp, const void *caller);

/* Free an object in @span for kfree(). The cache's own memory may be gone. */
void slab_free_to(struct slab_barn *barn, const struct span *span, void *object,
		  const void *caller);

#endif
