/* SPDX-License-Identifier: MIT */

/* The calls for sets of size classes of the program's own, each class set up at its first use. */

#include <errno.h>

#include <slab/slab-inline.h>

#include "buckets.h"
#include "cache.h"
#include "meta.h"

kmem_buckets *kmem_buckets_create(const char *name, slab_flags_t flags, unsigned int useroffset,
				  unsigned int usersize, void (*ctor)(void *object))
{
	kmem_buckets *buckets = meta_alloc(sizeof(*buckets), GFP_KERNEL);
	struct kmem_cache_args args = { .useroffset = useroffset,
					.usersize = usersize,
					.ctor = ctor };

	if (buckets)
		buckets_name(buckets, name, flags, &args);
	/* Bad arguments show at once. */
	if (buckets && (kmem_cache_size)(&buckets->classes[KMALLOC_CACHES - 1].cache))
		return buckets;
	if (!buckets)
		panic_if_asked(name, flags, -ENOMEM);
	errno = buckets ? errno : ENOMEM;
	meta_free(buckets, sizeof(*buckets));
	return NULL;
}

void *kmem_buckets_alloc(kmem_buckets *buckets, size_t size, gfp_t gfp)
{
	if (!size || size > KMALLOC_MAX_CACHE_SIZE)
		return kmalloc(size, gfp);
	return slab_take_inline(&buckets->classes[kmalloc_index(size)].cache, size, gfp);
}

int kmem_buckets_destroy(kmem_buckets *buckets)
{
	int error = 0;

	for (unsigned int i = 0; buckets && i < KMALLOC_CACHES; i++) {
		struct bucket *bucket = &buckets->classes[i];
		int busy = bucket->cache.state == CACHE_READY ? (kmem_cache_destroy)(&bucket->cache)
							      : 0;

		/* Fit for a first use again, should another one be busy. */
		if (!busy)
			bucket->cache = (struct kmem_cache){ .init = &bucket->init };
		error = error ? error : busy;
	}
	if (!error)
		meta_free(buckets, sizeof(*buckets));
	return error;
}
