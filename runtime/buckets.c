/* SPDX-License-Identifier: MIT */
#include "buckets.h"

#include <stdio.h>

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
