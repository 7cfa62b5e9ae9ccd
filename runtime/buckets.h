/* SPDX-License-Identifier: MIT */
#ifndef BUCKETS_H
#define BUCKETS_H

/*
 * A set of size classes: caches like those of kmalloc(), each set up at its first use. All zeros is
 * a set that nobody has named yet.
 */

#include <slab/slab-static.h>

#include "cache.h"

#define BUCKET_NAME_SIZE 64

struct bucket {
	struct kmem_cache cache;
	struct kmem_cache_init init;
	char name[BUCKET_NAME_SIZE];
};

struct kmem_buckets {
	struct bucket classes[KMALLOC_CACHES];
};

/* How to create the caches of a set: @name with their sizes added, and these arguments. */
void buckets_name(struct kmem_buckets *buckets, const char *name, slab_flags_t flags,
		  const struct kmem_cache_args *args);

#endif
