/* SPDX-License-Identifier: MIT */

/*
 * Allocating and freeing, one object at a time; bulk.c does many. An operation begins at the top of
 * its column and falls through until something can be done:
 *
 *	kmem_cache_alloc()	kmalloc()		inlined code
 *	  pop			  pop			  pop		the slot has an object
 *	alloc_miss()		kmalloc_miss()		slab_alloc_slow(), slab_kmalloc_slow()
 *	  take_quick()		  take_quick()		  as these	hardened, or a copy of a
 *class alloc_slow()		alloc_slow()				set up, sampled, debug flags
 *	  take()		  take()				slot, barn or slabs
 *
 *	kmem_cache_free()	kfree()			inlined code
 *	  push			  push			  push		the slot has room
 *	free_object()		slab_free_to()		slab_free_slow()
 *	  free_checked()	  free_checked()	  free_checked()	hardened
 *	free_carefully()	free_carefully()	free_carefully()	sampled, debug flags
 *	  put()			  put()			  put()		slot, barn or slabs
 */

#include "alloc.h"

#include <errno.h>
#include <string.h>

#include <slab/slab-debug.h>

#include "cache.h"
#include "debug.h"
#include "failslab.h"
#include "guard.h"
#include "harden.h"
#include "large.h"
#include "partition.h"
#include "report.h"
#include "sanitizer.h"
#include "slab.h"
#include "slots.h"
#include "waiting.h"

/*
 * Whoever allocates gets the list of leaks at the end of the program: a linker takes from an
 * archive only what something refers to, and nothing calls a destructor by name.
 */
__attribute__((used)) static size_t (*const leaks_at_exit)(void) = slab_leaks_report;

/*
 * Slow operations of one thread between two looks at the clock. A look costs about a tenth of such
 * an operation, so one in 16 does not show; and as each of them stands for a whole sheaf, a thread
 * that does anything looks often enough for what is idle to go back in time.
 */
#define TICK_EVERY 16

void slab_tick(gfp_t gfp)
{
	static __thread unsigned int count;

	if (!(gfp & __GFP_DIRECT_RECLAIM))
		return;
	waiting_free_some();
	pages_settle();
	if (++count % TICK_EVERY == 0)
		caches_decay();
}

/* Without a slot: one object straight from the slabs. */
static void *take_one(struct slab_barn *barn, gfp_t gfp)
{
	struct slab_store *store = barn->store;
	void *object = NULL;

	for (;;) {
		lock(&store->lock);
		size_t taken = store_take(barn, &object + 1, 1);
		unlock(&store->lock);
		if (taken || !slab_grow(store, gfp))
			return object;
	}
}

static void *take_slow(struct slab_barn *barn, gfp_t gfp)
{
	slab_tick(gfp);
	struct slab_slot *slot = slot_get(barn, gfp);
	if (!slot)
		return take_one(barn, gfp);
	void *object = slab_slot_pop(slot); /* freed by the tick */
	if (object || !slot_refill(slot, gfp))
		return object;
	return slab_slot_pop(slot);
}

/* Caches without a fast path come here for each object. */
static void *take(struct slab_barn *barn, gfp_t gfp)
{
	void *object = slab_slot_pop(slab_slot_at(barn->slot));

	return object ? object : take_slow(barn, gfp);
}

/*
 * Put an object that needs no further check into the slot, or without one into the slabs.
 * @gfp says what may be done besides: freeing itself needs no memory.
 */
static __attribute__((noinline)) void put(struct slab_barn *barn, void *object, gfp_t gfp)
{
	if (barn->store->accounts)
		object_discharge(barn, object);
	if (slab_slot_push(slab_slot_at(barn->slot), object))
		return;
	slab_tick(gfp);
	struct slab_slot *slot = slot_get(barn, gfp);
	if (!slot) {
		lock(&barn->store->lock);
		store_put(barn, &object, 1, false);
		unlock(&barn->store->lock);
	} else if (!slab_slot_push(slot, object)) {
		slot_flush(slot);
		slab_slot_push(slot, object);
	}
}

/* Objects so large are not cleared if they are memory that nobody has written to. */
#define LARGE_ZEROS KMALLOC_MAX_CACHE_SIZE

/* An object of zeros from the slabs, where that is worth while and there are such; or NULL. */
static void *take_zeros(struct slab_barn *barn, gfp_t gfp)
{
	struct slab_store *store = barn->store;
	const struct slab_slot *slot = slab_slot_at(barn->slot);
	void *object = NULL;
	bool grown = true;

	if (!(gfp & __GFP_ZERO) || barn->object_size <= LARGE_ZEROS || store->ctor || !barn->slot ||
	    slab_slot_top(slot) != slot->base)
		return NULL;
	slab_tick(gfp);
	while (grown && !object) {
		lock(&store->lock);
		bool others = store_take_zeros(barn, &object);
		unlock(&store->lock);
		if (!object && others)
			return NULL;
		grown = object || slab_grow(store, gfp);
	}
	return object;
}

/* Out of memory, or not set up and reported. */
static void *alloc_failed(const struct kmem_cache *s, gfp_t gfp)
{
	if (gfp & __GFP_NOFAIL)
		report_fatal("%s: an allocation that must not fail failed: %s", cache_name(s),
			     strerror(errno));
	return NULL;
}

/* An object that the group of this thread has been charged for; @zeros: it is all zeros. */
static void *take_charged(struct slab_barn *barn, gfp_t gfp, bool *zeros)
{
	if (barn->flags & SLAB_FAILSLAB && !(gfp & __GFP_NOFAIL) && failslab_hit(barn->object_size))
		return NULL;
	void *object = take_zeros(barn, gfp);
	*zeros = object != NULL;
	if (!object)
		object = take(barn, gfp);
	if (object && barn->store->accounts && !object_charge(barn, object)) {
		put(barn, object, gfp);
		object = NULL;
	}
	return object;
}

/* An object for the call that returns to @caller, of which @size bytes are asked for. */
static __attribute__((noinline)) void *alloc_slow(struct kmem_cache *s, size_t size, gfp_t gfp,
						  const void *caller)
{
	if (!cache_ready(s, "kmem_cache_alloc()", gfp))
		return alloc_failed(s, gfp);
	size_t bytes = size ? size : s->object_size;
	void *object = guard_alloc(s->barn, bytes, caller, gfp);
	if (object)
		return gfp & __GFP_ZERO ? memset(object, 0, bytes) : object;
	bool zeros = false;
	object = take_charged(s->barn, gfp, &zeros);
	/* What is kept of large pieces may be in the way. */
	if (!object && gfp & __GFP_DIRECT_RECLAIM && large_purge())
		object = take_charged(s->barn, gfp, &zeros);
	if (!object) {
		errno = ENOMEM;
		return alloc_failed(s, gfp);
	}
	harden_taken(s->barn, object);
	debug_alloc(s->barn, object, bytes, gfp, caller);
	if (gfp & __GFP_ZERO && !zeros)
		memset(object, 0, debug_size(s->barn->store, object, s->object_size));
	if (s->barn->store->sanitized)
		sanitizer_forbid((char *)object + bytes, s->object_size - bytes);
	return object;
}

/* An object at hand that needs no more than a hardened library's steps; NULL: take the slow path.
 */
static inline __attribute__((always_inline)) void *take_quick(const struct kmem_cache *s, gfp_t gfp)
{
	/* Acquire: as in cache_ready(). */
	if (__builtin_expect(__atomic_load_n(&s->state, __ATOMIC_ACQUIRE) != CACHE_READY, 0))
		return NULL;
	const struct slab_barn *barn = s->barn;
	void *object = slab_slot_pop(slab_slot_at(barn->quick));
	if (__builtin_expect(!object, 0))
		return NULL;
	harden_taken(barn, object);
	if (__builtin_expect((gfp & __GFP_ZERO) != 0, 0))
		return memset(object, 0, s->object_size);
	return object;
}

/* What the fast paths fall to, for the call that returns to @caller. */
static inline __attribute__((always_inline)) void *alloc_miss(struct kmem_cache *s, gfp_t gfp,
							      const void *caller)
{
	void *object = HARDENED ? take_quick(s, gfp) : NULL;

	return object ? object : alloc_slow(s, 0, gfp, caller);
}

void *slab_alloc_slow(struct kmem_cache *s, gfp_t gfp)
{
	return alloc_miss(s, gfp, __builtin_return_address(0));
}

void *kmalloc_miss(struct kmem_cache *s, size_t size, gfp_t gfp, const void *caller)
{
	struct kmem_cache *copy = partition_for(s, caller);
	void *object = take_quick(copy, gfp);

	return object ? object : alloc_slow(copy, size, gfp, caller);
}

void *slab_kmalloc_slow(struct kmem_cache *s, size_t size, gfp_t gfp)
{
	return kmalloc_miss(s, size, gfp, __builtin_return_address(0));
}

/* Free an object that may be sampled, of a cache with debug flags, or wrong. */
static __attribute__((noinline)) void free_carefully(struct slab_barn *barn, void *object,
						     gfp_t gfp, const void *caller)
{
	if (guard_owns(object))
		guard_free(barn, object, caller);
	else if (debug_free(barn, object, gfp, caller) && harden_may_put(barn, object))
		put(barn, object, gfp);
}

/* In a hardened library: an object that may be freed goes to the slot; false: go slowly. */
static inline __attribute__((always_inline)) bool
free_checked(struct slab_barn *barn, const struct span *span, void *object, gfp_t gfp)
{
	if (!HARDENED || !barn->quick || !harden_freed(barn, span, object))
		return false;
	if (__builtin_expect(!slab_slot_push(slab_slot_at(barn->quick), object), 0))
		put(barn, object, gfp);
	return true;
}

/* Apart from free_object(), which then needs no frame of its own. */
static __attribute__((noinline)) void free_slow(struct kmem_cache *s, void *object, gfp_t gfp,
						const void *caller)
{
	if (object && cache_ready(s, "kmem_cache_free()", gfp))
		free_carefully(s->barn, object, gfp, caller);
}

/* Free an object for the call that returns to @caller. */
static inline __attribute__((always_inline)) void free_object(struct kmem_cache *s, void *object,
							      gfp_t gfp, const void *caller)
{
	/* Acquire: as in cache_ready(). */
	if (HARDENED && __atomic_load_n(&s->state, __ATOMIC_ACQUIRE) == CACHE_READY &&
	    free_checked(s->barn, span_of(object), object, gfp))
		return;
	free_slow(s, object, gfp, caller);
}

void slab_free_many(struct kmem_cache *s, size_t n, void **objects, gfp_t gfp, const void *caller)
{
	struct slab_slot *slot = slab_slot_of_offset(&s->slot);
	size_t done = 0;

	while (done < n && !slot->barn) {
		free_object(s, objects[done++], gfp, caller);
		slot = slab_slot_of_offset(&s->slot);
	}
	done += slot_push_many(slot, objects + done, n - done);
	if (done == n)
		return;
	slab_tick(gfp);
	slot_put_many(slot, objects + done, n - done);
}

/* What kfree() falls to; the cache's own memory may be gone. */
void slab_free_to(struct slab_barn *barn, const struct span *span, void *object, const void *caller)
{
	if (!free_checked(barn, span, object, GFP_KERNEL))
		free_carefully(barn, object, GFP_KERNEL, caller);
}

void slab_free_slow(struct kmem_cache *s, void *object)
{
	free_object(s, object, GFP_KERNEL, __builtin_return_address(0));
}

void *(kmem_cache_alloc)(struct kmem_cache *s, gfp_t gfp)
{
	void *object = HARDENED ? NULL : slab_slot_pop(slab_slot_of_offset(&s->slot));

	if (__builtin_expect(!object, 0))
		return alloc_miss(s, gfp, __builtin_return_address(0));
	if (__builtin_expect((gfp & __GFP_ZERO) != 0, 0))
		return memset(object, 0, s->object_size);
	return object;
}

void *(kmem_cache_zalloc)(struct kmem_cache *s, gfp_t gfp)
{
	void *object = HARDENED ? NULL : slab_slot_pop(slab_slot_of_offset(&s->slot));

	if (object)
		return memset(object, 0, s->object_size);
	return alloc_miss(s, gfp | __GFP_ZERO, __builtin_return_address(0));
}

void(kmem_cache_free)(struct kmem_cache *s, void *object)
{
	if (__builtin_expect(HARDENED || !object ||
				     !slab_slot_push(slab_slot_of_offset(&s->slot), object),
			     0))
		free_object(s, object, GFP_KERNEL, __builtin_return_address(0));
}
