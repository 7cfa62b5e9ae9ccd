/* SPDX-License-Identifier: MIT */
#ifndef LARGE_H
#define LARGE_H

/*
 * Pieces of kmalloc() beyond all classes: each is a mapping of its own.
 *
 *	base                  size              bytes           span.bytes
 *	 | the caller's ....... | after ksize() ... | room to grow ... |
 *	 | may hold anything ......... | zeros ....................... |
 *	                            touched
 *
 * One that grows gets an eighth more than was asked for, of addresses alone: memory is what has
 *been touched. Some mappings that were freed are kept for the next pieces, as they are, until they
 *decay: in a few places that are taken and filled without a lock.
 */

#include <stdbool.h>
#include <stddef.h>

#include <slab/slab-flags.h>

#include "leaks.h"
#include "pages.h"

struct slab_group;

struct large {
	struct span span; /* first, so that the map leads to it; its store is NULL */
	size_t size;	  /* what the caller may use */
	size_t bytes;	  /* what ksize() says */
	size_t touched;	  /* from here on all is zeros */
	bool held;	  /* does a caller have it? Atomic, for frees of two threads at once */
	struct slab_group *charged;
	size_t charge; /* bytes */
	struct leak leak;
};

/* A piece of @size bytes for the call that returns to @caller; NULL: no memory. */
struct large *large_alloc(size_t size, gfp_t gfp, const void *caller);

/* Free a piece by this address; NULL, or what is wrong with that. */
const char *large_free(struct large *large, const void *object);

/* Make a piece longer or shorter, maybe elsewhere. False: it cannot be done, and is not. */
bool large_resize(struct large *large, size_t size, gfp_t gfp, const void *caller);

/* The caller may use all bytes that stand behind a piece from now on; return how many. */
size_t large_use_all(struct large *large);

/* Does a caller have it, or is it kept? */
static inline bool large_is_held(const struct large *large)
{
	return __atomic_load_n(&large->held, __ATOMIC_RELAXED);
}

/* Unmap what has been kept for some calls of this. */
void large_decay(void);

/* Unmap all that is kept; false: it was nothing. */
bool large_purge(void);

#endif
