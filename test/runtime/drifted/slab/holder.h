/* SPDX-License-Identifier: MIT */
#ifndef HOLDER_H
#define HOLDER_H

/* A holder of caches that was compiled with the shadow of owner.c, for test_life.c. */

#include <stdbool.h>
#include <stddef.h>

/* The size and alignment of that shadow, and the place of its exposed field `slot`. */
extern const size_t drifted_size;
extern const size_t drifted_align;
extern const size_t drifted_slot;

/* Set a cache up, as a holder does that knows of no other layout. */
int drifted_setup(void);
/* Use a cache of DEFINE_KMEM_CACHE() for the first time. */
void *drifted_alloc(void);
/* The cache of drifted_setup() is all zeros. */
bool drifted_is_fresh(void);

#endif
