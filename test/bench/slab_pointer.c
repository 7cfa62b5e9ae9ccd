/* SPDX-License-Identifier: MIT */

/* Caches as they were before: kmem_cache_create() gives a pointer, which is loaded at each use. */
#include <slab/slab.h>

#include "bench.h"
#include "no_threads.h"

#define STORAGE	     static struct kmem_cache *NAME(cache);
#define ALLOC()	     kmem_cache_alloc(NAME(cache), GFP_KERNEL)
#define FREE(object) kmem_cache_free(NAME(cache), object)
#define ALLOC_BULK(n, objects)                                                             \
	do {                                                                               \
		if (!kmem_cache_alloc_bulk(NAME(cache), GFP_KERNEL, (size_t)(n), objects)) \
			abort();                                                           \
	} while (0)
#define FREE_BULK(n, objects) kmem_cache_free_bulk(NAME(cache), (size_t)(n), objects)

static struct kmem_cache *many_caches[MANY];

#define ALLOC_OF(kind)	      kmem_cache_alloc(many_caches[kind], GFP_KERNEL)
#define FREE_OF(kind, object) kmem_cache_free(many_caches[kind], object)

static struct kmem_cache *create(size_t size)
{
	struct kmem_cache *cache = kmem_cache_create("object", size, 0, 0, NULL);

	if (!cache)
		abort();
	return cache;
}

#define START(objects, threads) ((void)(objects), (void)(threads), NAME(cache) = create(SIZE))
#define START_MANY()                                      \
	do {                                              \
		for (int kind = 0; kind < MANY; kind++)   \
			many_caches[kind] = create(SIZE); \
	} while (0)

#include "works.h"
