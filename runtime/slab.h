/* SPDX-License-Identifier: MIT */
#ifndef SLAB_H
#define SLAB_H

/*
 * A store: memory cut into slabs, for one cache or for several that share it. Each of these has its
 * own barn, sheaves and account; the slabs alone are common.
 *
 *	slab:  | object | object | object | ....never touched.... |
 *	        0        1        2      ^ frontier
 *
 * What is free is kept outside the objects: a bit for each object below the frontier, set while
 * it is free. An object at or above the frontier is free and untouched; where chance chooses
 * objects there is none, and the frontier lies behind the last one from the start. Once a second
 *cache has joined, a tag for each object tells whose it is, so that caches that share are told
 *apart as well as others: by what each has in use, at a free to the wrong one, and in a listing.
 *
 * Functions want the store's lock held unless they say otherwise.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <slab/slab-flags.h>

#include "barn.h"
#include "list.h"
#include "lock.h"
#include "pages.h"
#include "rcu.h"

/* Partly used slabs stand in lists by fill, so that refills drain the fullest and others empty. */
enum slab_list {
	SLAB_FILLS = 8,
	SLAB_FULL = SLAB_FILLS,
	SLAB_EMPTY,
	SLAB_LISTS,
};

struct slab {
	struct span span; /* first, so that span_of() finds the slab */
	/* In one cache line with the span, for frees that are checked. */
	uint8_t *held; /* does a caller hold it? In a hardened library alone, see harden.h */
	uint8_t *tags; /* whose each object is; NULL: all belong to the store's first barn */
	union {
		struct list node;	  /* in store->slabs[list] */
		struct deferred deferred; /* out of the store, and readers may still look */
	};
	uint32_t list;	/* enum slab_list */
	uint32_t inuse; /* objects that are not free here; those at hand in threads count */
	uint32_t frontier;
	struct slab_group *
		*charged; /* the group that each object is charged to; NULL: no accounting */
	struct object_note *notes; /* of each object, see debug.h; NULL: no debug flags */
	uint64_t free[]; /* bit i % 64 of word i / 64: object i, below the frontier, is free */
};

/* How many caches may share a store; more open another. */
#define STORE_SHARERS 16

struct slab_store;

/* What a store with debug flags does besides with each of its slabs: see debug.h. */
struct slab_watch {
	/* It is new, and no object constructed yet. No lock. False: out of memory. */
	bool (*make)(const struct slab_store *store, struct slab *slab, gfp_t gfp);
	/* All its objects are free, and it is about to be given back. Wants the lock held. */
	void (*check)(struct slab_store *store, const struct slab *slab);
	void (*free)(const struct slab_store *store, struct slab *slab);
};

struct slab_store {
	struct lock lock;

	/* Geometry, constant after store_init(). */
	size_t stride;	      /* from one object to the next */
	size_t offset;	      /* of the first object in a slab */
	size_t cost;	      /* what an object is charged, the same with debug flags */
	size_t slab_bytes;    /* of one slab */
	uint32_t per_slab;    /* objects in a slab */
	uint32_t fill_scale;  /* inuse * fill_scale >> 16 is the list for that fill */
	uint32_t row_shift;   /* 1 << row_shift objects in a row, see object_at() */
	uint32_t row_pad;     /* and so many bytes before the next row */
	size_t row_bytes;     /* from one row to the next */
	uint64_t reciprocal;  /* of row_bytes, see object_index(); 0: divide */
	uint64_t within;      /* reciprocal of stride, to divide inside a row; 0: rows of one */
	void (*ctor)(void *); /* NULL: none */
	bool accounts;	      /* objects are charged to groups */
	bool sanitized;	      /* a tool is told of each object, see sanitizer.h */
	bool wiped_out;	      /* zeros go out, see wipe.h */
	bool wiped_in;	      /* what comes back is filled with zeros */
	bool by_rcu;	      /* slabs outlive their objects until no reader may look */
	uint64_t random;      /* chooses objects, see random.h; 0: they go out by address */

	struct list slabs[SLAB_LISTS];
	uint32_t fills; /* bit i: slabs[i] is not empty, i < SLAB_FILLS */
	size_t nr_slabs;
	size_t nr_empty;
	size_t keep_empty; /* this many empty ones are not given back at once */

	struct list open;			/* in share.c, while more caches may join */
	bool is_open;				/* is it there? */
	struct slab_barn *barns[STORE_SHARERS]; /* by tag */
	bool shared;				/* a second one has joined: slabs have tags */

	/* NULL both: no debug flags. */
	struct store_debug *debug;
	const struct slab_watch *watch;
};

/* @size, rounded up to a multiple of @align, a power of two. */
static inline size_t align_up(size_t size, size_t align)
{
	return (size + align - 1) & ~(align - 1);
}

#define CACHE_LINE ((size_t)64)
/* Lines this far apart share one set of a processor's first cache, which holds 8 to 16 of them. */
#define SET_PERIOD ((size_t)4096)
/* The farthest that one line more goes unnoticed, in slabs that are not too large. */
#define MOST_SPREAD (3 * SET_PERIOD)

/* Does a stride keep objects off each other's set that would share one without? */
static inline bool is_spread(size_t stride)
{
	return stride % SET_PERIOD == CACHE_LINE && stride > SET_PERIOD &&
	       stride <= MOST_SPREAD + CACHE_LINE;
}

/*
 * First lines of objects a power of two apart use few of the cache's sets, though they are what
 * users touch most. So they are kept off each other where no alignment wants it otherwise: from a
 * page on by one line more between objects, in smaller ones by a line between rows of objects, as
 * many rows to a slab as there are sets to reach:
 *
 *	| 1 KiB | 1 KiB | 1 KiB | 1 KiB |line| 1 KiB | 1 KiB | 1 KiB | 1 KiB |line| ...
 *
 * Of a page one line at most goes for that. 1,000 objects of 4 KiB out in bulk, written to and back
 * take 1.9 ns each, and 7.1 without (a set of 8 lines).
 *
 * This is the distance between objects of @size bytes at @align, a power of two.
 */
static inline size_t store_stride(size_t size, size_t align)
{
	size_t stride = align_up(size, align);

	return is_spread(stride + CACHE_LINE) && align <= CACHE_LINE ? stride + CACHE_LINE : stride;
}

static inline char *object_at(const struct slab_store *store, const struct slab *slab,
			      uint32_t index)
{
	return slab->span.base + store->offset + index * store->stride +
	       (index >> store->row_shift) * store->row_pad;
}

/*
 * The number of the object so many bytes from the start of a slab, or in whose place that is from
 * its left red zone on, the line after a row being its last object's; not below per_slab: none.
 */
static inline uint32_t object_index(const struct slab_store *store, size_t offset)
{
	size_t row = store->reciprocal ? (size_t)(offset * store->reciprocal >> 32)
				       : offset / store->row_bytes;

	if (!store->within)
		return (uint32_t)row;
	size_t column = (size_t)((offset - row * store->row_bytes) * store->within >> 32);
	return (uint32_t)((row << store->row_shift) + column - (column >> store->row_shift));
}

/* The same for an address of a slab. No lock. */
static inline uint32_t store_index(const struct slab_store *store, const struct slab *slab,
				   const void *address)
{
	return object_index(store, (size_t)((const char *)address - slab->span.base));
}

/*
 * Find an object of a slab by its address, and its number. False: none begins there; the number
 * then says nothing. No lock.
 */
static inline bool slab_find_object(const struct slab_store *store, const struct slab *slab,
				    const void *address, uint32_t *index)
{
	*index = store_index(store, slab, address);
	return *index < store->per_slab && object_at(store, slab, *index) == address;
}

/* The bytes of a slab for objects that lie so far apart, at @align. */
size_t store_slab_bytes(size_t stride, size_t align);

/* Do objects so far apart, at @align, stand in rows? */
bool store_has_rows(size_t stride, size_t align);

/* Choose the geometry for objects of @size bytes at @align; all else is zero. */
void store_init(struct slab_store *store, size_t size, size_t align);

/*
 * Before there is a slab: the first object is @offset bytes into it, no more than @most are, and
 * nothing is between them.
 */
void store_place_objects(struct slab_store *store, size_t offset, size_t most);

/*
 * Let a cache have objects of the store. False: it has too many sharers, or there is no memory for
 * tags. Takes the lock itself.
 */
bool store_join(struct slab_store *store, struct slab_barn *barn, gfp_t gfp);

/* The cache has no object of the store any more. True if it was the last one. */
bool store_leave(struct slab_store *store, struct slab_barn *barn);

/*
 * Make a slab, objects constructed, and give it to the store. Takes the lock itself: call it
 * without. False: out of memory.
 */
bool slab_grow(struct slab_store *store, gfp_t gfp);

/*
 * Take up to @n free objects for a cache, written downwards from @end[-1] so that what is popped
 * first has the lowest address. Return how many; fewer than @n only if no slab has more.
 */
size_t store_take(struct slab_barn *barn, void **end, size_t n);

/*
 * Take an object that nobody has written to yet and that is all zeros, unless there are others to
 * be used again. False: there are none at all, and a new slab will have some.
 */
bool store_take_zeros(struct slab_barn *barn, void **object);

/*
 * Free @n objects. One that is free already or belongs to another cache is reported and left alone;
 * @quiet (after a fork, when a vanished thread's slot may hold one twice) leaves the report out.
 */
void store_put(struct slab_barn *barn, void *const *objects, size_t n, bool quiet);

/* The same, but empty slabs stay, so that no other lock is taken. */
void store_put_only(struct slab_barn *barn, void *const *objects, size_t n, bool quiet);

/* Charge this thread's group for an object just taken; false: over its limit. No lock. */
bool object_charge(const struct slab_barn *barn, const void *object);
/* Take the charge back, if there is one, from an object about to be put. No lock. */
void object_discharge(const struct slab_barn *barn, const void *object);

/* The list that a slab belongs in by its fill. */
uint32_t slab_list_for(const struct slab_store *store, const struct slab *slab);

/* Give back empty slabs until @keep are left. */
void store_trim(struct slab_store *store, size_t keep);

/* Call @fn for each object of a cache that is not free. */
void store_walk_live(struct slab_barn *barn, void (*fn)(void *object, void *data), void *data);

/* Call @fn for each slab of a store. */
void store_walk_slabs(struct slab_store *store,
		      void (*fn)(struct slab_store *store, struct slab *slab));

/*
 * Whose object this address lies in, for an object that is allocated; NULL: of none any more. Needs
 * no lock: what it reads changes only while the object is free.
 */
struct slab_barn *barn_of(const struct span *span, const void *object);

/* Send kfree() of all objects by the slow path from now on. */
void store_no_fast_free(struct slab_store *store);

#endif
