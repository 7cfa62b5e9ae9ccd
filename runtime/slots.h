/* SPDX-License-Identifier: MIT */
#ifndef SLOTS_H
#define SLOTS_H

/*
 * The threads' sheaves: a table of slots for each thread (see <slab/slab-slot.h>), made at its
 * first allocation, emptied when it exits.
 *
 * A slot's sheaves change under the lock of the store behind it, so that a fork, which takes all
 * locks, finds every slot whole.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <slab/slab-flags.h>
#include <slab/slab-slot.h>

#include "list.h"
#include "lock.h"
#include "slab.h"

/* Slots in a table; slot 0 stays zero. A cache beyond that works without a fast path. */
#define SLOTS 4096

/* One for each thread that has allocated. The table is mapped whole and touched in part. */
struct thread {
	struct list node; /* in slab_beacon.threads */
	char *table;
	uint64_t used[SLOTS / 64]; /* slots that may hold something; written by the thread alone */
};

/*
 * This thread's slot for a cache, with sheaves in it. NULL: the cache has no slot, the thread has
 * exited as far as the library knows, or there is no memory; work on the slabs directly then.
 */
struct slab_slot *slot_get(struct slab_barn *barn, gfp_t gfp);

/* Refill an empty slot; false: out of memory. On success at least one object is on the sheaf. */
bool slot_refill(struct slab_slot *slot, gfp_t gfp);

/* Make room for at least one object on a full slot. */
void slot_flush(struct slab_slot *slot);

/* Move up to @n objects off the sheaf, or on; return how many. */
size_t slot_pop_many(struct slab_slot *slot, void **objects, size_t n);
size_t slot_push_many(struct slab_slot *slot, void *const *objects, size_t n);

/* Take @n objects, a sheaf at a time; return how many, fewer only when out of memory. */
size_t slot_take_many(struct slab_slot *slot, void **objects, size_t n, gfp_t gfp);

/* Put @n objects, a sheaf at a time. */
void slot_put_many(struct slab_slot *slot, void *const *objects, size_t n);

/* Take all objects from the calling thread's slot for a cache. */
void slot_empty_mine(struct slab_barn *barn);

/*
 * Take all objects and sheaves of a cache from all threads, which must not use it meanwhile, and
 * from its barn.
 */
void slots_reclaim(struct slab_barn *barn);

/* Objects at hand in all threads; the caller holds no lock, or that of the caches alone. */
size_t slots_count(struct slab_barn *barn);

/*
 * Take the objects of the spare sheaves of threads that have not changed their sheaf since the last
 * call. So a thread that rests keeps one sheaf of a cache, of SHEAF_BYTES at most (or what the
 * cache asked for).
 */
void slots_decay(struct slab_barn *barn);

/* The same for all threads, also those that are at work. */
void slots_shrink(struct slab_barn *barn);

/* Free the tables of exited threads that no new thread has wanted since the last call. */
void threads_decay(void);

extern struct lock threads_lock;

#endif
