/* SPDX-License-Identifier: MIT */
#ifndef BARN_H
#define BARN_H

/*
 * The barn: all that the threads share of one cache. It keeps full and empty sheaves, and the
 * account of the objects that the cache has from the store. All objects of a full sheaf are at hand
 * at once, so that threads pass objects on a sheaf at a time. The barn's functions want the store's
 * lock held unless they say otherwise.
 *
 * It stands apart from struct kmem_cache, whose memory is the holder's and may be gone one day.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <slab/slab-flags.h>

#include "list.h"
#include "sheaf.h"

/*
 * A barn keeps full sheaves of this many bytes of objects, or of BARN_OBJECTS if that is less, but
 * never less than BARN_MIN of the smallest sheaves hold: a bound on the free objects that no slab
 * can count as free. Of what it keeps, barn_decay() gives back what nobody has needed for a while.
 */
#define BARN_BYTES   ((size_t)4 << 20)
#define BARN_OBJECTS 8192
#define BARN_MIN     4
#define BARN_EMPTY   64 /* empty sheaves */

/*
 * Sheaves grow where slots often change theirs: twice the capacity after BARN_BUSY changes between
 * two calls of barn_adapt(), up to SHEAF_BYTES of objects and SHEAF_OBJECTS of them. Each call
 * after few changes halves it again, down to what it was.
 *
 * BARN_BUSY: fewer changes in the quarter of a second between two calls take the lock so seldom
 * that larger sheaves would gain nothing and hoard more. It halves at an eighth of that, so that a
 * load near the limit does not make it grow and shrink by turns.
 */
#define BARN_BUSY     64
#define SHEAF_BYTES   ((size_t)512 << 10)
#define SHEAF_OBJECTS 510

struct kmem_cache;
struct slab_store;

struct slab_barn {
	/* Constant while the cache is ready. */
	struct kmem_cache *cache; /* NULL: lost with the shared object that held it */
	char *name;		  /* a copy */
	struct slab_store *store; /* where the objects come from; guards what changes */
	size_t object_size;	  /* as asked for */
	size_t align;		  /* of its objects, at least */
	size_t slot;		  /* byte offset of the threads' slots; 0: none */
	size_t quick;		  /* slot if an object needs nothing but hardening */
	size_t fast;		  /* slot if fast paths may go there; 0: slow paths only */
	uint32_t base;		  /* capacity of a sheaf where there is no budget for more */
	uint32_t least;		  /* bounds of the capacity */
	uint32_t most;
	uint32_t tag;	    /* tells its objects from those of others in the store */
	slab_flags_t flags; /* as asked for */
	size_t useroffset;  /* the window for copies to untrusted places */
	size_t usersize;
	const void *owner; /* the shared object that may be unloaded under it, see owner.h */
	bool shares;	   /* others may join its store */
	bool guarded;	   /* some objects lie on pages of their own, see guard.h */
	struct list node;  /* in the list of ready caches */
	uint64_t serial;   /* no other cache has had it, for readers without a lock: inspect.h */

	size_t nr_inuse;    /* objects that the slabs do not count as free; those at hand count */
	size_t nr_guarded;  /* objects on pages of their own; atomic, under another lock */
	uint32_t capacity;  /* of a sheaf that is made now; others may be larger or smaller */
	uint32_t nr_spares; /* slots with objects on their spare sheaf */
	uint32_t visits;    /* of slots that change their sheaf, since barn_adapt() */
	struct slab_sheaf *full;
	struct slab_sheaf *loose; /* partly filled by slots with smaller sheaves; may be NULL */
	struct slab_sheaf *empty; /* all of the present capacity */
	uint32_t nr_full;
	uint32_t nr_empty;
	size_t nr_held; /* objects on the full ones and on the loose one */
	size_t max_held;
	size_t idle_held; /* the least nr_held since barn_idle() was asked */
};

/* For objects of @stride bytes on sheaves of @capacity at first; all else is zero. */
void barn_init(struct slab_barn *barn, uint32_t capacity, size_t stride);

/* How many objects on full sheaves nobody has needed since the last call. */
size_t barn_idle(struct slab_barn *barn);

/* A slot is about to change its sheaf. */
void barn_visit(struct slab_barn *barn);

/* Let sheaves shrink if few have come since the last call. */
void barn_adapt(struct slab_barn *barn);

/* Room for one more full sheaf of @count objects? */
static inline bool barn_has_room(const struct slab_barn *barn, size_t count)
{
	return barn->nr_held + count <= barn->max_held;
}

/* The capacity of a sheaf that takes half the memory, but no less than the base. */
uint32_t barn_lower(const struct slab_barn *barn, uint32_t capacity);

/* Move up to @n objects of full sheaves, or of the loose one, to @objects; return how many. */
size_t barn_take(struct slab_barn *barn, void **objects, size_t n);

/* Move objects to the loose sheaf. False: no room or no memory, and nothing is moved. */
bool barn_append(struct slab_barn *barn, void *const *objects, size_t n);

/* Take a sheaf; NULL if there is none. */
struct slab_sheaf *barn_get_full(struct slab_barn *barn);
struct slab_sheaf *barn_get_empty(struct slab_barn *barn);

/* Leave a full sheaf; false if the barn has enough of them. */
bool barn_put_full(struct slab_barn *barn, struct slab_sheaf *sheaf);

/* Leave an empty sheaf; false if the barn has enough of them, or it has another capacity. */
bool barn_put_empty(struct slab_barn *barn, struct slab_sheaf *sheaf);

/* An empty sheaf, a new one if the barn has none; NULL if there is no memory. */
struct slab_sheaf *barn_new_sheaf(struct slab_barn *barn, gfp_t gfp);

/* An empty sheaf of this capacity for another empty one, which stays if there is no memory. */
struct slab_sheaf *barn_resized_sheaf(struct slab_barn *barn, struct slab_sheaf *sheaf,
				      uint32_t capacity, gfp_t gfp);

/* Fill an empty sheaf with objects from the slabs, as many as there are; false: none. */
bool barn_fill_sheaf(struct slab_barn *barn, struct slab_sheaf *sheaf);

/*
 * Hand on a sheaf that no slot wants any more: a full one stays in the barn if there is room, the
 * objects of any other go to the slabs. @quiet as for store_put().
 */
void barn_retire_sheaf(struct slab_barn *barn, struct slab_sheaf *sheaf, bool quiet);

/*
 * Give to the slabs what nobody has needed of the full sheaves since the last call. True: there are
 * slots with objects on their spare sheaf, for slots_decay(). Takes the lock itself.
 */
bool barn_decay(struct slab_barn *barn);

/* Give all that the barn keeps to the slabs. */
void barn_empty(struct slab_barn *barn);

#endif
