/* SPDX-License-Identifier: MIT */
#ifndef ON_MALLOC_SLAB_SLAB_H
#define ON_MALLOC_SLAB_SLAB_H

/* The programs here on malloc(), to see what others find in them: only what they use. */

#include <stdlib.h>

struct kmem_cache {
	size_t size;
};

#define GFP_KERNEL 0

#define KMEM_CACHE(type, flags)	   (&(struct kmem_cache){ sizeof(struct type) })
#define kmem_cache_alloc(s, flags) malloc((s)->size)
#define kmem_cache_free(s, object) ((void)(s), free(object))
#define kmem_cache_destroy(s)	   ((void)(s), 0)
#define kmalloc(bytes, flags)	   malloc(bytes)
#define kfree(object)		   free(object)

#endif
