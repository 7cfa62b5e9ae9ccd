/* SPDX-License-Identifier: MIT */
#ifndef CACHE_H
#define CACHE_H

/*
 * The private struct kmem_cache, whose shadow holders declare. All zeros is a fresh cache.
 *
 *	fresh --setup--> ready --destroy--> destroyed --setup--> ready ...
 *
 * A failed setup leaves the cache as it was, a refused destroy leaves it ready. The state changes
 * under the lock of the caches; the allocator reads it on slow paths only: the fast path sees slot
 *0 unless the cache is ready, and slot 0 sends everything there.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <slab/slab-static.h>

#include "barn.h"
#include "lock.h"

/* Flags that are for looking at a cache more closely. */
#define SLAB_DEBUG_FLAGS                                                                        \
	(SLAB_CONSISTENCY_CHECKS | SLAB_RED_ZONE | SLAB_POISON | SLAB_STORE_USER | SLAB_TRACE | \
	 SLAB_FAILSLAB)

enum cache_state {
	CACHE_FRESH, /* zero: static storage needs no initialisation */
	CACHE_READY,
	CACHE_DESTROYED,
};

struct KMEM_CACHE_PRIVATE kmem_cache {
	const struct kmem_cache_init
		*init;		/* DEFINE_KMEM_CACHE(): what the first use sets up with */
	uint32_t slot;		/* byte offset of the threads' slots; 0: slow paths only */
	uint32_t state;		/* enum cache_state */
	struct slab_barn *barn; /* what threads share of it; NULL unless ready */
	size_t object_size;	/* as asked for; what zeroing fills */
	bool dynamic;		/* made by kmem_cache_create(); owns its own memory */
	char last_name[16];	/* how the name of a destroyed cache began, for reports */
};

/*
 * True if the cache is ready, after setting it up if it is a fresh DEFINE_KMEM_CACHE() one, with
 * what @gfp allows. Else a report that names the cache and @what was tried, and errno is set.
 */
bool cache_ready(struct kmem_cache *s, const char *what, gfp_t gfp);

/* Abort, with a message, if there is an @error and the @flags hold SLAB_PANIC. */
void panic_if_asked(const char *name, slab_flags_t flags, int error);

/* What reports call the cache. */
const char *cache_name(const struct kmem_cache *s);

/*
 * Call @fn for the barn of each ready cache, in order of setup, under the lock of the caches. Those
 * of caches that were lost with their owner are among them.
 */
void caches_walk(void (*fn)(struct slab_barn *barn, void *data), void *data);

/* Let go of what no cache has needed for a while. For slow paths, without a lock; mostly a no-op.
 */
void caches_decay(void);

extern struct lock caches_lock;

#endif
