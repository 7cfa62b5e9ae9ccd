/* SPDX-License-Identifier: MIT */
#ifndef PARTITION_H
#define PARTITION_H

/*
 * kmalloc() by call site, as CONFIG_RANDOM_KMALLOC_CACHES of Linux: each size class exists in 16
 * copies, and the address that a call returns to, with a seed of the process, chooses one. So what
 * one part of a program has freed too early is seldom what another part, which an attacker drives,
 * gets next; and which parts meet nobody knows before.
 *
 *	kmalloc-64		the first copy, the class itself
 *	kmalloc-rnd-01-64 ...	the other 15, each set up at its first use
 *
 * SLAB_RANDOM_KMALLOC=1 in the environment turns it on, and a hardened library has it unless that
 * is 0. The copy is chosen on the slow path alone: as inlined code picks the class while it is
 * compiled, the classes that are split have no fast path for allocations then. Frees have theirs,
 * since they go by the object. Classes of __GFP_ACCOUNT, sets of kmem_buckets_create() and what is
 * larger than a class are not split.
 *
 * A site is a call of kmalloc() and its kin as the compiler has made it: those of a function that
 * it did not inline, kzalloc() in code without optimization or a program's own wrapper, are one.
 */

#include <stdbool.h>
#include <stddef.h>

struct kmem_cache;

/* Copies of a class, with the class. */
#define PARTITIONS 16

/* Is this a class that is split? */
bool partition_splits(const struct kmem_cache *s);

/* The copy of a class for the call that returns to @caller; @s itself if it is not split. */
struct kmem_cache *partition_for(struct kmem_cache *s, const void *caller);

/*
 * In a signal handler: copy number @n of a class, from 0 to PARTITIONS - 1; NULL if there is none,
 * or none yet.
 */
struct kmem_cache *partition_at_once(struct kmem_cache *s, unsigned int n);

#endif
