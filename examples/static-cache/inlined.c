/* SPDX-License-Identifier: MIT */
#include "cost.h"

#include <slab/slab-inline.h>

double inlined_cost(void)
{
	double cost;

	MEASURE(cost,
		kmem_cache_free(&point_cache, use(kmem_cache_alloc(&point_cache, GFP_KERNEL))));
	return cost;
}
