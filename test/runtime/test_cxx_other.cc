/* SPDX-License-Identifier: MIT */

/* A second source with a static cache of the same name. */

#include <cstddef>

#include <slab/slab-static.h>

static DEFINE_KMEM_CACHE(static_cache, char[500], 0);

std::size_t other_size();

std::size_t other_size()
{
	return kmem_cache_size(&static_cache);
}
