/* SPDX-License-Identifier: MIT */
#ifndef KMALLOC_H
#define KMALLOC_H

#include <stddef.h>

#include <slab/slab-flags.h>

struct kmem_cache;

/* The cache for pieces of a size from 1 to KMALLOC_MAX_CACHE_SIZE. */
struct kmem_cache *kmalloc_cache(size_t size, gfp_t gfp);

/*
 * An object for @size bytes from a class, or one of its copies, for the call that returns to
 * @caller. What kmalloc() falls to.
 */
void *kmalloc_miss(struct kmem_cache *s, size_t size, gfp_t gfp, const void *caller);

#endif
