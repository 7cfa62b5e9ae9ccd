/* SPDX-License-Identifier: MIT */

/*
 * DPDK's mempool, inlined, with its cache for each thread. A pool has a fixed number of objects,
 * all of them made when it is created. Neither huge pages nor devices nor root's rights are asked
 * for.
 */
#include <sched.h>
#include <stdio.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_mempool.h>

#include "bench.h"

#define STORAGE static struct rte_mempool *NAME(pool);

static inline void *get(struct rte_mempool *pool)
{
	void *object = NULL;

	if (rte_mempool_get(pool, &object) != 0)
		abort();
	return object;
}

#define ALLOC()	     get(NAME(pool))
#define FREE(object) rte_mempool_put(NAME(pool), object)
#define ALLOC_BULK(n, objects)                                                         \
	do {                                                                           \
		if (rte_mempool_get_bulk(NAME(pool), objects, (unsigned int)(n)) != 0) \
			abort();                                                       \
	} while (0)
#define FREE_BULK(n, objects) rte_mempool_put_bulk(NAME(pool), objects, (unsigned int)(n))

static struct rte_mempool *many_pools[MANY];

#define ALLOC_OF(kind)	      get(many_pools[kind])
#define FREE_OF(kind, object) rte_mempool_put(many_pools[kind], object)

/*
 * DPDK reserves its memory when it starts. Each object has a header, and each pool a cache for
 * every thread that there could be.
 */
static void start_dpdk(size_t pools, size_t objects, size_t size)
{
	size_t bytes = pools * (2 << 20) + objects * (size + 256);
	char megabytes[24];
	char *arguments[] = { "bench",		"--no-huge",	     "--no-shconf", "--no-pci",
			      "--no-telemetry", "--log-level=error", "--lcores=0",  "-m",
			      megabytes };

	cpu_set_t everywhere;

	sched_getaffinity(0, sizeof(everywhere), &everywhere);
	snprintf(megabytes, sizeof(megabytes), "%zu", (bytes >> 20) + 64);
	if (rte_eal_init(sizeof(arguments) / sizeof(*arguments), arguments) < 0) {
		fprintf(stderr, "bench: DPDK does not start: %s\n", rte_strerror(rte_errno));
		exit(1);
	}
	/* DPDK ties its thread, and so those that this one starts, to one processor. */
	sched_setaffinity(0, sizeof(everywhere), &everywhere);
}

static struct rte_mempool *create(const char *name, size_t objects, size_t size, size_t cached)
{
	struct rte_mempool *pool = rte_mempool_create(name, (unsigned int)objects,
						      (unsigned int)size, (unsigned int)cached, 0,
						      NULL, NULL, NULL, NULL, SOCKET_ID_ANY, 0);

	if (!pool) {
		fprintf(stderr, "bench: DPDK has no pool: %s\n", rte_strerror(rte_errno));
		exit(1);
	}
	return pool;
}

/* Besides the objects that are out, threads, and those that these start, have some in their caches.
 */
static struct rte_mempool *start(size_t objects, unsigned int threads, size_t size)
{
	size_t most = objects + 4 * RTE_MEMPOOL_CACHE_MAX_SIZE * (size_t)threads;

	start_dpdk(1, most, size);
	return create("objects", most, size, RTE_MEMPOOL_CACHE_MAX_SIZE);
}

static void start_many(size_t size)
{
	char name[24];

	start_dpdk(MANY, (size_t)MANY * 63, size);
	for (int kind = 0; kind < MANY; kind++) {
		snprintf(name, sizeof(name), "kind %d", kind);
		many_pools[kind] = create(name, 63, size, 32);
	}
}

#define START(objects, threads) (NAME(pool) = start(objects, threads, SIZE))
#define START_MANY()		start_many(SIZE)

void thread_enter(void)
{
	if (rte_thread_register() != 0)
		abort();
}

void thread_leave(void)
{
	rte_thread_unregister();
}

#include "works.h"
