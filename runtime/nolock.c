/* SPDX-License-Identifier: MIT */

/*
 * For signal handlers, which may interrupt the allocator anywhere. They keep off the thread's
 * sheaves, which the interrupted code may be about to change, and take no lock that they have to
 * wait for. What cannot be freed at once waits for the next slow path, see waiting.h.
 */

#include <string.h>

#include <slab/slab.h>

#include "cache.h"
#include "debug.h"
#include "harden.h"
#include "kmalloc.h"
#include "pages.h"
#include "partition.h"
#include "slab.h"
#include "waiting.h"

/* A smaller class may have no free object at hand while a larger one has. */
#define CLASSES_TRIED 3

/* An object from the slabs, charged if the cache wants that; NULL if there is none at once. */
static void *take_at_once(struct kmem_cache *s, size_t size, gfp_t gfp)
{
	/* Acquire: pairs with the release of the setup. */
	if (!s || __atomic_load_n(&s->state, __ATOMIC_ACQUIRE) != CACHE_READY)
		return NULL;
	struct slab_store *store = s->barn->store;
	void *object = NULL;

	if (!trylock(&store->lock))
		return NULL;
	store_take(s->barn, &object + 1, 1);
	if (object && !debug_alloc_quiet(s->barn, object, size)) {
		store_put_only(s->barn, &object, 1, true);
		object = NULL;
	}
	if (object)
		harden_taken(s->barn, object);
	unlock(&store->lock);
	if (object && !object_charge(s->barn, object)) {
		kfree_nolock(object);
		return NULL;
	}
	if (object && gfp & __GFP_ZERO)
		memset(object, 0, debug_size(store, object, s->object_size));
	return object;
}

/* From any copy of a class: that of the call's own site may never have been used. */
static void *take_of_class(struct kmem_cache *s, size_t size, gfp_t gfp)
{
	void *object = NULL;

	for (unsigned int n = 0; !object && n < PARTITIONS; n++)
		object = take_at_once(partition_at_once(s, n), size, gfp);
	return object;
}

void *kmalloc_nolock(size_t size, gfp_t gfp, int node)
{
	void *object = NULL;
	size_t class = size;

	(void)node;
	if (!size)
		return ZERO_SIZE_PTR;
	for (unsigned int i = 0; !object && i < CLASSES_TRIED && class <= KMALLOC_MAX_CACHE_SIZE;
	     i++) {
		object = take_of_class(kmalloc_cache(class, gfp), size, gfp);
		class = kmalloc_size_roundup(class) + 1;
	}
	return object;
}

static bool put_at_once(struct span *span, void *object)
{
	struct slab_barn *barn = span && span->store ? barn_of(span, object) : NULL;

	if (!barn || !trylock(&barn->store->lock))
		return false;
	/* One that needs a report that a handler cannot make waits for another thread. */
	bool whole = debug_free_quiet(barn, object);
	if (whole && harden_may_put(barn, object)) {
		object_discharge(barn, object);
		store_put_only(barn, &object, 1, false);
	}
	unlock(&barn->store->lock);
	return whole;
}

void kfree_nolock(const void *object)
{
	if (ZERO_OR_NULL_PTR(object))
		return;
	struct span *span = span_of(object);

	if (span && !put_at_once(span, (void *)object))
		waiting_add((void *)object, kfree);
}
