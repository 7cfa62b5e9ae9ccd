/* SPDX-License-Identifier: MIT */
#ifndef VALIDATE_H
#define VALIDATE_H

/* Does what a store notes down agree with itself? */

struct slab_store;

/*
 * Check lists, free maps, frontiers, tags, sheaves and counts of a store and of all caches in it.
 * What is wrong is reported under @name. Return how many things are. Wants the store's lock held.
 */
int store_validate(struct slab_store *store, const char *name);

#endif
