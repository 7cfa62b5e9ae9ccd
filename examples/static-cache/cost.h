/* SPDX-License-Identifier: MIT */
#ifndef COST_H
#define COST_H

#include <time.h>

#include <slab/slab-static.h>

/* A point in space: what the costs are measured with. */
struct point {
	double x[8];
};

extern struct kmem_cache_opaque point_cache;

/* Set `cost` to the nanoseconds that `pair` takes, one allocation and its free: the best of 20
 * runs. */
#define MEASURE(cost, pair)                                      \
	do {                                                     \
		cost = 1e9;                                      \
		for (int run = 0; run < 20; run++) {             \
			double from = now_ns();                  \
			for (int i = 0; i < PAIRS; i++)          \
				pair;                            \
			double each = (now_ns() - from) / PAIRS; \
			cost = each < cost ? each : cost;        \
		}                                                \
	} while (0)
#define PAIRS 200000

static inline double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* Keep the compiler from seeing that nothing is done with an object. */
static inline void *use(void *object)
{
	__asm__ volatile("" : "+r"(object) : : "memory");
	return object;
}

/* The cost where kmem_cache_alloc() and kmem_cache_free() are inlined. */
double inlined_cost(void);

#endif
