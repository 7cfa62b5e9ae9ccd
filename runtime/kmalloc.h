/* SPDX-License-Identifier: MIT */
#ifndef KMALLOC_H
#define KMALLOC_H

#include <stddef.h>

#include <slab/slab-flags.h>

struct kmem_cache;

/* The cache for pieces of a size from 1 to KMALLOC_MAX_CACHE_SIZE. */
struct kmem_cache *kmalloc_cache(size_t size, gfp_t gfp);

#endif
