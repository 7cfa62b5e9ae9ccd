/* SPDX-License-Identifier: MIT */
#ifndef GUARD_H
#define GUARD_H

/*
 * Sampling: one allocation of many gets a page of its own between pages that nobody may touch, so
 * that an overrun, or a use after free, stops the program in the very instruction that does it. The
 * idea is that of Linux's KFENCE.
 *
 *	| no access | cell: object .... | no access | cell (free): no access | no access | ...
 *
 * An object lies at the end of its page or at the beginning, by turns, so that either side is
 * watched; bytes of the page that it does not cover are filled and looked at when it is freed. A
 * freed page comes last in the queue for the next object.
 *
 * SLAB_SAMPLE=N in the environment takes one allocation in N, of SLAB_SAMPLE_OBJECTS at most at a
 * time. Caches then have no fast path, since each free may be one of these. Without it nothing here
 * costs anything. Thread-safe.
 */

#include <stdbool.h>
#include <stddef.h>

#include "barn.h"
#include "lock.h"
#include "stack.h"

/* May objects of this cache be sampled? For barn_make(): its flags and geometry are set. */
bool guard_wants(const struct slab_barn *barn);

/*
 * @size bytes, not more than an object, for the call that returns to @caller; NULL: not this time.
 */
void *guard_alloc(struct slab_barn *barn, size_t size, const void *caller, gfp_t gfp);

/* Is this an address within the guarded pages? */
bool guard_owns(const void *address);

/* The cache of the object that an address lies in, and where that begins; NULL: there is none. */
struct slab_barn *guard_barn_of(const void *address, const char **object);

/* The size of an object; 0: none begins there. */
size_t guard_size(const void *object);

/* Free an object, or report why not. @barn NULL: whosever it is. */
void guard_free(struct slab_barn *barn, void *object, const void *caller);

/* How many objects of a cache are allocated here. */
static inline size_t guard_count(const struct slab_barn *barn)
{
	return __atomic_load_n(&barn->nr_guarded, __ATOMIC_RELAXED);
}

/* Who allocated the object at an address that guard_owns(). */
struct track guard_track(const void *object);

/* Say what is known of the object at or next to an address. */
void guard_dump(const void *address);

/* Call @fn for each object of a cache that is allocated. */
void guard_walk(const struct slab_barn *barn, void (*fn)(void *object, void *data), void *data);

extern struct lock guard_lock;

#endif
