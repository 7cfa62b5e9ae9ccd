/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

/*
 * What a program's caches looked like at one moment, or nearly: its threads go on while they are
 * read. Where the pieces do not fit together they are read again; after some tries they are taken
 * as they are, and `settled` says so.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <slab/slab-flags.h>

#include "target.h"

/* What an object is; each a digit in a picture. */
enum object_state {
	OBJECT_UNTOUCHED, /* never handed out */
	OBJECT_FREE,
	OBJECT_AT_HAND, /* free, for a thread to take without a lock */
	OBJECT_HELD,
};

struct slab_view {
	remote base;
	uint32_t inuse;		/* not free in the slab; those at hand count */
	unsigned char *objects; /* enum object_state of each; only if asked for, else NULL */
};

/* Memory cut into slabs for one cache, or for several that share it. */
struct store_view {
	remote at;
	struct slab_store geometry; /* of this, what object_index() looks at */
	size_t stride;
	size_t slab_bytes;
	size_t per_slab;
	size_t nr_slabs;
	size_t nr_empty;
	size_t nr_partial; /* of those read */
	size_t sharers;
	size_t held;		 /* objects that callers have */
	size_t held_bytes;	 /* of them, as asked for */
	struct slab_view *slabs; /* by address; only if asked for, else NULL */
	size_t nr_read;		 /* of these; not all of nr_slabs if they would not hold still */
	bool settled;
};

struct cache_view {
	remote at; /* its barn */
	char name[64];
	size_t store; /* in snapshot->stores */
	size_t object_size;
	size_t align;
	size_t capacity; /* of a thread's sheaf, in objects */
	size_t inuse;	 /* objects that the slabs do not count as free */
	size_t in_barn;	 /* of these, those that all threads may take next */
	size_t at_hand;	 /* of these, those that no caller has */
	size_t guarded;	 /* objects on pages of their own, in no slab */
	size_t active;	 /* objects that callers have, those as well */
	slab_flags_t flags;
	bool lost; /* its holder was unloaded under it */
};

struct snapshot {
	struct cache_view *caches; /* in order of setup */
	size_t nr_caches;
	size_t nr_shown; /* of these, the first ones are what was asked for */
	struct store_view *stores;
	size_t nr_stores;
	size_t nr_threads;
	bool settled;
};

/* How closely to look. */
enum detail {
	DETAIL_COUNTS,	/* what is noted down once for each cache */
	DETAIL_SLABS,	/* and each slab */
	DETAIL_OBJECTS, /* and each object */
};

/* Read all caches. False: see target->error. */
bool snapshot_take(struct snapshot *snapshot, struct target *target, enum detail detail);

void snapshot_free(struct snapshot *snapshot);

/* Bytes of all slabs of a cache. */
size_t store_bytes(const struct store_view *store);

#endif
