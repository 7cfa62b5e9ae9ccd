/* SPDX-License-Identifier: MIT */
#ifndef ALLOC_H
#define ALLOC_H

/* What kmalloc(), kfree() and the bulk calls need of alloc.c, which says who calls whom. */

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

/* Let go of what has waited long enough. Each slow path does so when it holds no lock. */
void slab_tick(gfp_t gfp);

/*
 * Free objects of a cache for the call that returns to @caller: one by one while there is no slot,
 * since the first may make one, then a sheaf at a time.
 */
void slab_free_many(struct kmem_cache *s, size_t n, void **objects, gfp_t gfp, const void *caller);

/* Free an object in @span for kfree(). The cache's own memory may be gone. */
void slab_free_to(struct slab_barn *barn, const struct span *span, void *object,
		  const void *caller);

#endif
