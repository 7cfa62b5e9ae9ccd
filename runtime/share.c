/* SPDX-License-Identifier: MIT */
#include "share.h"

#include <stdlib.h>

#include "cache.h"
#include "slab.h"

/* With any of these a cache keeps its slabs to itself. */
#define NEVER_SHARED \
	(SLAB_NO_MERGE | SLAB_TYPESAFE_BY_RCU | SLAB_NOLEAKTRACE | SLAB_ACCOUNT | SLAB_DEBUG_FLAGS)
/* Caches that differ in one of these do not share. */
#define TOLD_APART (SLAB_RECLAIM_ACCOUNT | SLAB_CACHE_DMA | SLAB_CACHE_DMA32)

/* Asked once: the environment of a running program is no place to look for changes. */
static bool off_by_environment(void)
{
	static enum { UNKNOWN, ON, OFF } merging;

	if (merging == UNKNOWN)
		merging = getenv("slab_nomerge") ? OFF : ON;
	return merging == OFF;
}

bool may_share(const struct kmem_cache_init *init, const void *owner)
{
	return !(init->flags & NEVER_SHARED) && !init->args.ctor && !init->args.usersize &&
	       !owner && !off_by_environment();
}

struct wish {
	struct slab_barn *barn;
	size_t stride;
	bool rows; /* as a store of its own would have them; else an alignment may want none */
	gfp_t gfp;
	bool granted;
};

static void join_if_fit(struct slab_barn *other, void *data)
{
	struct wish *wish = data;

	if (!wish->granted && other->shares && other->store->stride == wish->stride &&
	    (other->store->row_pad != 0) == wish->rows &&
	    !((other->flags ^ wish->barn->flags) & TOLD_APART))
		wish->granted = store_join(other->store, wish->barn, wish->gfp);
}

bool share_store(struct slab_barn *barn, size_t stride, gfp_t gfp)
{
	struct wish wish = { barn, stride, store_has_rows(stride, barn->align), gfp, false };

	if (barn->shares)
		caches_walk(join_if_fit, &wish);
	return wish.granted;
}
