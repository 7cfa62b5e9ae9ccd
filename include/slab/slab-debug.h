/* SPDX-License-Identifier: MIT */
#ifndef SLAB_SLAB_DEBUG_H
#define SLAB_SLAB_DEBUG_H

/*
 * Looking at caches more closely. Which ones is said by the flags of their creation,
 * SLAB_CONSISTENCY_CHECKS and those after it, and by SLAB_DEBUG in the environment, in the syntax
 * of Linux's slab_debug. doc/debugging.md shows each kind of bug with its report.
 *
 * Everything here is thread-safe.
 */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * SLAB_DEBUG_FIX, SLAB_DEBUG_ABORT - what comes after the report of a bug
 *
 * SLAB_DEBUG_FIX: the damage is repaired as far as possible, and the program goes on.
 * SLAB_DEBUG_ABORT: abort().
 */
enum slab_debug_policy {
	SLAB_DEBUG_FIX,
	SLAB_DEBUG_ABORT,
};

/**
 * slab_debug_policy_set - choose what comes after the report of a bug
 *
 * Until then it is what SLAB_DEBUG_POLICY in the environment says, "fix" or "abort"; without it,
 * fix. It is for all bugs that are reported, also those of caches without a debug flag.
 */
void slab_debug_policy_set(enum slab_debug_policy policy);

/**
 * slab_debug_errors - how many errors have been reported in this process
 *
 * Each "BUG" and each "FIX" counts, as do the objects listed by a refused kmem_cache_destroy(): so
 * do the unit tests of Linux's SLUB.
 */
size_t slab_debug_errors(void);

/**
 * slab_leaks_report - list what is allocated now, by cache and by the stack that allocated it
 *
 * It is written to stderr, the most bytes first: objects of caches with SLAB_STORE_USER, and with
 * SLAB_LEAKS=1 in the environment those of all caches and large pieces of kmalloc(). Then the end
 * of the program lists them, too. Caches with SLAB_NOLEAKTRACE are left out.
 *
 * Return: how many objects that are.
 */
size_t slab_leaks_report(void);

/**
 * struct slab_failslab - which allocations from caches with SLAB_FAILSLAB fail
 * @interval: only one allocation in so many can fail; 0 and 1: each can
 * @probability: in percent that one which can fail does
 * @space: bytes that are given first, without a failure
 * @times: failures until there are no more; -1: no end to them
 * @seed: of the random numbers, which are the same for the same seed
 *
 * Allocations with __GFP_NOFAIL do not fail.
 */
struct slab_failslab {
	unsigned long interval;
	unsigned int probability;
	size_t space;
	long times;
	uint64_t seed;
};

/**
 * slab_failslab_set - inject failures from now on
 *
 * Until then it is as SLAB_FAILSLAB in the environment says, in the form of Linux's failslab=:
 * interval,probability,space,times and if wanted ,seed. Without it nothing fails.
 */
void slab_failslab_set(const struct slab_failslab *failslab);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif
