/* SPDX-License-Identifier: MIT */
#ifndef DEBUG_H
#define DEBUG_H

/*
 * Caches with debug flags. Their objects lie further apart, with room around each for bytes that
 * nobody should write to:
 *
 *	place:  | left red zone | object ........ | right red zone | padding |
 *	        |<--- left ---->|<- object_size ->|                |         |
 *	                        |<------------- end -------------->|         |
 *
 *	                   while free             while allocated
 *	left red zone      bb                     cc
 *	object             6b ... 6b a5           6b ... 6b a5 when handed out
 *	  behind the size  ..                     cc, where kmalloc() was asked for less
 *	right red zone     bb                     cc
 *	padding            5a                     5a
 *
 * What is known of an object is kept outside of it, so that no overrun reaches it: a note for each
 * says whether it is allocated, of which size, and who allocated and freed it last.
 *
 * Such a cache shares its store with no other and has no slot, so that each operation comes to the
 * slow paths, and from there to the functions here. Bytes and notes change together, under the
 * store's lock. Reports are made under it and printed without, since finding the names for a stack
 * takes locks of others.
 */

#include <stdbool.h>
#include <stddef.h>

#include <slab/slab-static.h>

#include "slab.h"
#include "stack.h"

/* What is known of one object. */
struct object_note {
	struct track allocated;
	struct track freed;
	uint32_t size; /* as asked for */
	bool live;
};

struct debug_report;
struct symbols;

/* What the store of such a cache has besides. */
struct store_debug {
	slab_flags_t flags; /* SLAB_DEBUG_FLAGS of the cache */
	bool poisons;	    /* free objects are filled: not with a ctor, nor where readers look */
	size_t object_size;
	size_t left;
	size_t end;
	char name[40];
	size_t nr_errors;	      /* found and repaired */
	struct debug_report *reports; /* to be printed, the last one first */
};

/* The debug flags that a cache with these arguments gets, by itself and by SLAB_DEBUG. */
slab_flags_t debug_flags(const struct kmem_cache_init *init, size_t align);

/* store_init() for a cache with debug flags. False: out of memory, and the store is unusable. */
bool debug_store_init(struct slab_store *store, const struct kmem_cache_init *init, size_t align,
		      gfp_t gfp);

/* All below does nothing, and finds nothing wrong, in a store without debug flags. */

/* No lock: print what is left, and let go of it. */
void debug_store_end(struct slab_store *store, const void *caller);

/*
 * An object has been taken for the call that returns to @caller: look at it, and make it one of
 * @size bytes, which may be less than the cache's. No lock.
 */
void debug_alloc(struct slab_barn *barn, void *object, size_t size, gfp_t gfp, const void *caller);

/* The same in a signal handler, with the lock held. False: something is wrong with it; put it back.
 */
bool debug_alloc_quiet(const struct slab_barn *barn, void *object, size_t size);

/*
 * Somebody frees an object of this cache, or says so: look at it. True: it is free now, and is to
 * be put. False: it was none to free, which has been reported. No lock.
 */
bool debug_free(struct slab_barn *barn, void *object, gfp_t gfp, const void *caller);

/*
 * The same in a signal handler, with the lock held. False: it is damaged, and still allocated; free
 * it where that can be reported. One that is not allocated is left to what puts it.
 */
bool debug_free_quiet(const struct slab_barn *barn, const void *object);

/* The size that an allocated object was asked for; @otherwise without debug flags. No lock. */
size_t debug_size(struct slab_store *store, const void *object, size_t otherwise);

/* It is of @size bytes from now on. No lock. */
void debug_resize(struct slab_store *store, const void *object, size_t size, const void *caller);

/* Look at all objects, and return how often something is wrong. No lock. */
size_t debug_validate(struct slab_store *store, const void *caller);

/* Print what has been found. No lock of the runtime, nor in a signal handler. */
void debug_flush(struct slab_store *store, const void *caller);

/* Who allocated an object that is allocated. Wants the lock held. */
struct track debug_track(const struct slab_store *store, const void *object);

/* What happened to an object last; zeros if that is not known. Wants the lock held. */
struct history {
	struct track allocated;
	struct track freed;
};

struct history debug_history(const struct slab_store *store, const struct slab *slab,
			     uint32_t index);

/* Does a caller hold this object of a slab with notes? Wants the lock held. */
bool debug_is_live(const struct slab *slab, uint32_t index);

/* Say after a line on an object who allocated or freed it; nothing if that is not known. No lock.
 */
void debug_print_track(struct symbols *symbols, const char *what, const struct track *track);

#endif
