/* SPDX-License-Identifier: MIT */

/* One allocation and one free with a static cache, inlined: doc/benchmarks.md shows their code. */

#include <slab/slab-inline.h>

struct object {
	char bytes[64];
};

DEFINE_KMEM_CACHE(object_cache, struct object, 0);

struct object *alloc_one(void);
void free_one(struct object *object);

struct object *alloc_one(void)
{
	return kmem_cache_alloc(&object_cache, GFP_KERNEL);
}

void free_one(struct object *object)
{
	kmem_cache_free(&object_cache, object);
}

int main(void)
{
	free_one(alloc_one());
	return 0;
}
