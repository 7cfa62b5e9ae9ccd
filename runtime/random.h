/* SPDX-License-Identifier: MIT */
#ifndef RANDOM_H
#define RANDOM_H

/*
 * What nobody outside of the process should be able to foresee. One seed for each process comes
 * from the system; all else is computed from it. That is no cipher: who sees enough of the results
 * can compute the rest.
 *
 * SLAB_FREELIST_RANDOM=1 in the environment, named as CONFIG_SLAB_FREELIST_RANDOM of Linux: objects
 * leave their slabs in an order of chance instead of that of their addresses, so that an overrun
 * meets a neighbour that nobody chose. A hardened library does so unless it is 0. The order within
 * a thread's sheaf is as before, the last freed first.
 */

#include <stdbool.h>
#include <stdint.h>

/* Is SLAB_FREELIST_RANDOM on? */
bool random_order(void);

/* A start for random_next() like no other in this process, never 0. Not for signal handlers. */
uint64_t random_start(void);

/* xorshift64* (Vigna 2014): the next number from a state that is not 0, and never will be. */
static inline uint64_t random_next(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(0x2545f4914f6cdd1d);
}

/* One of @n, from a number whose upper bits are as good as it has. */
static inline uint32_t random_below(uint64_t *state, uint32_t n)
{
	return (uint32_t)((random_next(state) >> 32) * n >> 32);
}

#endif
