/* SPDX-License-Identifier: MIT */
#ifndef PAGES_H
#define PAGES_H

/*
 * Runs of memory for slabs and for large pieces, and the map from any address to its run.
 *
 *	segment: 2 MiB, aligned to 2 MiB, mapped in one piece, fit for a huge page
 *	  | 32 units of 64 KiB
 *	span: a run of units of one segment; a run longer than a segment is a mapping of its own
 *
 * A freed span stays with its segment; its pages go back to the system when pages_decay(), which
 * slow paths call each DECAY_MS / 2 or later, finds it free twice. There is no thread for that.
 *Thread-safe; no system call is made under the lock of the pages, and none by span_free() for a
 *span of a segment, which may be called under the lock of a store.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <slab/slab-flags.h>
#include <slab/slab-map.h>

#include "lock.h"

#define UNIT_SHIFT    SLAB_UNIT_SHIFT
#define UNIT	      ((size_t)1 << UNIT_SHIFT)
#define SEGMENT_UNITS 32
#define SEGMENT	      (SEGMENT_UNITS * UNIT)
#define DECAY_MS      500

/* @bytes, rounded up to whole units. */
static inline size_t span_bytes(size_t bytes)
{
	return (bytes + UNIT - 1) & ~(UNIT - 1);
}

struct segment;
struct slab_store;

/* The head of whatever describes a run: a struct slab, or a large piece of kmalloc(). */
struct span {
	struct slab_run run;	  /* first, so that the map leads to the span */
	char *base;		  /* aligned to a unit */
	size_t bytes;		  /* a multiple of a unit */
	struct segment *segment;  /* NULL: a mapping of its own */
	struct slab_store *store; /* NULL: a large piece; its first address alone is freed */
	bool zeros;		  /* all of it was zero when it came from span_alloc() */
};

/*
 * Get @bytes of memory, a multiple of a unit, for @span and enter it in the map. The memory is
 * zeroed only where @span says so. @span belongs to the caller and must stay until span_free().
 * False: out of memory, @span untouched. Without __GFP_DIRECT_RECLAIM no system call is made.
 */
bool span_alloc(struct span *span, size_t bytes, struct slab_store *store, gfp_t gfp);

/* The same for a large piece, with a mapping of its own: all of it is zeros. */
bool span_map(struct span *span, size_t bytes, gfp_t gfp);

/* Give the memory back; the caller disposes of @span itself. */
void span_free(struct span *span);

/* The span that holds this address, NULL if it is not ours. */
static inline struct span *span_of(const void *address)
{
	return (struct span *)slab_run_of(address);
}

/* The same, and a large piece also by an address beyond its first unit. */
struct span *span_around(const void *address);

/*
 * Make a mapping of its own, of a large piece, longer or shorter, maybe elsewhere. Bytes that are
 * new are zeros. False: it cannot be done, and all is as before.
 */
bool span_resize(struct span *span, size_t bytes, gfp_t gfp);

/* Unmap what span_free() has left for it. For slow paths, without a lock; mostly a no-op. */
void pages_settle(void);

/*
 * Give pages back to the system that were free at the last call as well, and empty segments after
 * DECAY_MS.
 */
void pages_decay(void);

/* Give all free pages back to the system now. */
void pages_purge(void);

/* Bytes in spans, and bytes mapped by all of the runtime, without the map's leaves, which stay. */
void pages_held(size_t *spans, size_t *mapped);

extern struct lock pages_lock;

#endif
