/* SPDX-License-Identifier: MIT */
#include "holder.h"

#include <string.h>

#include <slab/slab-static.h>

static struct kmem_cache_opaque shadow;
static DEFINE_KMEM_CACHE(drifted_defined, long, 0);

const size_t drifted_size = sizeof(shadow);
const size_t drifted_align = KMEM_CACHE_ALIGN;
const size_t drifted_slot = offsetof(struct kmem_cache_opaque, slot);

int drifted_setup(void)
{
	return kmem_cache_setup(&shadow, "drifted", 32, 0, 0, NULL);
}

void *drifted_alloc(void)
{
	return kmem_cache_alloc(&drifted_defined, GFP_KERNEL);
}

bool drifted_is_fresh(void)
{
	static const struct kmem_cache_opaque fresh;

	return memcmp(&shadow, &fresh, sizeof(shadow)) == 0;
}
