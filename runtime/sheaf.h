/* SPDX-License-Identifier: MIT */
#ifndef SHEAF_H
#define SHEAF_H

/* A sheaf: an array of pointers to free objects of one cache, which changes hands as a whole. */

#include <stdint.h>

#include <slab/slab-flags.h>

struct slab_sheaf {
	struct slab_sheaf *next; /* in the barn */
	uint32_t capacity;
	uint32_t count; /* objects, while it is no thread's main sheaf */
	void *objects[];
};

/* An empty sheaf for @capacity objects; NULL if there is no memory, or so many are too many. */
struct slab_sheaf *sheaf_alloc(uint32_t capacity, gfp_t gfp);
void sheaf_free(struct slab_sheaf *sheaf);

/* A larger sheaf with the same objects, for this one, which stays if there is no memory. */
struct slab_sheaf *sheaf_grow(struct slab_sheaf *sheaf, uint32_t capacity, gfp_t gfp);

#endif
