/* SPDX-License-Identifier: MIT */
#include <slab/slab-inline.h>

#include "forms.h"

static void *alloc(struct kmem_cache *s, gfp_t gfp)
{
	return kmem_cache_alloc(s, gfp);
}

static void *zalloc(struct kmem_cache *s, gfp_t gfp)
{
	return kmem_cache_zalloc(s, gfp);
}

static void free_object(struct kmem_cache *s, void *object)
{
	kmem_cache_free(s, object);
}

const struct forms inlined = {
	.name = "inlined",
	.alloc = alloc,
	.zalloc = zalloc,
	.free = free_object,
};
