/* SPDX-License-Identifier: MIT */

/*
 * The private struct kmem_cache as another version of the library might have it: just as large, but
 * the slot is where ours has the state. It defines the guard of that layout, so that what holds
 * such a shadow links.
 */

#include <slab/slab-static.h>

#define kmem_cache our_cache
#include "cache.h"
#undef kmem_cache

struct KMEM_CACHE_PRIVATE kmem_cache {
	const struct kmem_cache_init *init;
	uint32_t state;
	uint32_t slot;
	char rest[sizeof(struct our_cache) - offsetof(struct our_cache, barn)];
};

KMEM_CACHE_OPAQUE_CHECK();
