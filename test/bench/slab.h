/* SPDX-License-Identifier: MIT */
#ifndef SLAB_H
#define SLAB_H

/* The slab allocator as a contestant: caches with static storage. */

#include <slab/slab-static.h>

#include "bench.h"
#include "no_threads.h"

#define STATIC_CACHE(cache, object) static DEFINE_KMEM_CACHE(cache, struct object, 0)
#define STORAGE                   \
	struct NAME(object) {     \
		char bytes[SIZE]; \
	};                        \
	STATIC_CACHE(NAME(cache), NAME(object));

#define ALLOC()	     kmem_cache_alloc(&NAME(cache), GFP_KERNEL)
#define FREE(object) kmem_cache_free(&NAME(cache), object)
#define ALLOC_BULK(n, objects)                                                              \
	do {                                                                                \
		if (!kmem_cache_alloc_bulk(&NAME(cache), GFP_KERNEL, (size_t)(n), objects)) \
			abort();                                                            \
	} while (0)
#define FREE_BULK(n, objects) kmem_cache_free_bulk(&NAME(cache), (size_t)(n), objects)

/* Their array is static, too. */
static struct kmem_cache_opaque many_caches[MANY];

#define ALLOC_OF(kind)		kmem_cache_alloc(&many_caches[kind], GFP_KERNEL)
#define FREE_OF(kind, object)	kmem_cache_free(&many_caches[kind], object)
#define START(objects, threads) ((void)(objects), (void)(threads))
#define START_MANY()                                                                        \
	do {                                                                                \
		for (int kind = 0; kind < MANY; kind++)                                     \
			if (kmem_cache_setup(&many_caches[kind], "kind", SIZE, 0, 0, NULL)) \
				abort();                                                    \
	} while (0)

#endif
