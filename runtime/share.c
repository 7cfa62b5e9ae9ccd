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

/* Stores that more caches may join, by the distance between objects: as many as there are. */
#define BUCKETS 256

static struct list open_stores[BUCKETS];

static struct list *bucket_of(size_t stride)
{
	struct list *bucket = &open_stores[stride / sizeof(void *) % BUCKETS];

	if (!bucket->next)
		list_init(bucket);
	return bucket;
}

void share_open(struct slab_store *store)
{
	if (!store->is_open)
		list_add(bucket_of(store->stride), &store->open);
	store->is_open = true;
}

void share_close(struct slab_store *store)
{
	if (store->is_open)
		list_del(&store->open);
	store->is_open = false;
}

/* One of the caches in a store; in flags that keep caches apart all are alike. */
static const struct slab_barn *one_of(const struct slab_store *store)
{
	uint32_t tag = 0;

	while (!store->barns[tag])
		tag++;
	return store->barns[tag];
}

/* @rows: as a store of its own would have them; else an alignment may want none. */
static bool fits(const struct slab_store *store, const struct slab_barn *barn, size_t stride,
		 bool rows)
{
	return store->stride == stride && (store->row_pad != 0) == rows &&
	       !((one_of(store)->flags ^ barn->flags) & TOLD_APART);
}

bool share_store(struct slab_barn *barn, size_t stride, gfp_t gfp)
{
	bool rows = store_has_rows(stride, barn->align);

	if (!barn->shares)
		return false;
	list_for_each (node, bucket_of(stride)) {
		struct slab_store *store = list_entry(node, struct slab_store, open);

		if (!fits(store, barn, stride, rows))
			continue;
		if (store_join(store, barn, gfp))
			return true;
		/* Full; or short of memory for tags, and then the next cache opens another. */
		share_close(store);
	}
	return false;
}
