/* SPDX-License-Identifier: MIT */
#ifndef SHARE_H
#define SHARE_H

/*
 * Merging: which caches have their objects in one store. Those that may share and have the same
 * distance between objects do; an alignment that asks for more would have made it another one.
 * Nobody is first: a store belongs to all caches that are in it, and goes with the last.
 *
 * The lock of the caches is held.
 */

#include <stdbool.h>
#include <stddef.h>

#include <slab/slab-static.h>

#include "barn.h"

/*
 * May a cache share? Not with a ctor, whose state its objects keep, nor with a window for copies or
 * an owner that may be unloaded, nor where flags, debug flags among them, or slab_nomerge in the
 * environment are against it.
 */
bool may_share(const struct kmem_cache_init *init, const void *owner);

/* Let a barn join the store of another cache; false if there is none that fits. */
bool share_store(struct slab_barn *barn, size_t stride, gfp_t gfp);

/* More caches may join a store: it is new, or one has left it. */
void share_open(struct slab_store *store);

/* None may, as it ends. */
void share_close(struct slab_store *store);

#endif
