/* SPDX-License-Identifier: MIT */

/* Sets of size classes of their own, each class set up at its first use. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <slab/slab-inline.h>

#include "buckets.h"
#include "cache.h"
#include "meta.h"

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The part of the window that a class has room for. */
static void cut_window(struct kmem_cache_args *args, size_t size, size_t offset, size_t length)
{
	args->useroffset = least(offset, size);
	args->usersize = least(length, size - args->useroffset);
	if (!args->usersize)
		args->useroffset = 0;
}

void buckets_name(struct kmem_buckets *buckets, const char *name, slab_flags_t flags,
		  const struct kmem_cache_args *args)
{
	for (unsigned int i = 0; i < KMALLOC_CACHES; i++) {
		struct bucket *bucket = &buckets->classes[i];
		const struct kmem_cache_init *class = slab_kmalloc_caches[i].init;

		snprintf(bucket->name, sizeof(bucket->name), "%s-%zu", name, class->size);
		bucket->init = *class;
		bucket->init.name = bucket->name;
		bucket->init.flags = flags | SLAB_NO_MERGE;
		bucket->init.args.ctor = args->ctor;
		cut_window(&bucket->init.args, class->size, args->useroffset, args->usersize);
		bucket->cache.init = &bucket->init;
	}
}

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
