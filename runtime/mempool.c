/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <time.h>

#include <slab/mempool.h>

#include "fork.h"
#include "lock.h"
#include "mempool.h"

/*
 * A thread that waits wakes up by itself after this time: an element freed meanwhile may have gone
 * to the allocator, and not to the reserve.
 */
#define WAIT_S 1

/* One for all pools, so that fork() finds them: reserves are for rare moments. */
struct lock mempool_lock = LOCK_INIT;
/* An element came into one of the reserves. */
static pthread_cond_t freed = PTHREAD_COND_INITIALIZER;

struct MEMPOOL_PRIVATE mempool {
	int min_nr;
	int curr_nr;	 /* elements in the reserve; changes under the lock */
	void **elements; /* room for min_nr; NULL: not set up */
	void *pool_data;
	mempool_alloc_t *alloc;
	mempool_free_t *free;
};

MEMPOOL_OPAQUE_CHECK();

/* The threads that waited do not come along. */
static void after_fork(void)
{
	pthread_cond_init(&freed, NULL);
}

/* Both want the lock held, or the pool to itself; mempool_free() looks at the number without. */
static void *take(struct mempool *pool)
{
	__atomic_store_n(&pool->curr_nr, pool->curr_nr - 1, __ATOMIC_RELAXED);
	return pool->elements[pool->curr_nr];
}

static void add(struct mempool *pool, void *element)
{
	pool->elements[pool->curr_nr] = element;
	__atomic_store_n(&pool->curr_nr, pool->curr_nr + 1, __ATOMIC_RELAXED);
}

static void end(struct mempool *pool)
{
	while (pool->curr_nr)
		pool->free(take(pool), pool->pool_data);
	kfree(pool->elements);
	pool->elements = NULL;
}

/* Fill the reserve without the lock held. */
static int fill(struct mempool *pool)
{
	for (;;) {
		void *element = pool->alloc(GFP_KERNEL, pool->pool_data);
		if (!element)
			return -ENOMEM;
		lock(&mempool_lock);
		bool room = pool->curr_nr < pool->min_nr;
		if (room)
			add(pool, element);
		unlock(&mempool_lock);
		if (!room) {
			pool->free(element, pool->pool_data);
			return 0;
		}
	}
}

int mempool_init(mempool_t *shadow, int min_nr, mempool_alloc_t *alloc, mempool_free_t *free,
		 void *pool_data)
{
	struct mempool *pool = to_mempool(shadow);

	if (min_nr < 0)
		return -EINVAL;
	fork_in_child(FORK_MEMPOOL, after_fork);
	min_nr += !min_nr; /* what waits must have something to wait for */
	void **elements = kmalloc_array((size_t)min_nr, sizeof(*elements), GFP_KERNEL);
	if (!elements)
		return -ENOMEM;
	pool->min_nr = min_nr;
	pool->curr_nr = 0;
	pool->elements = elements;
	pool->pool_data = pool_data;
	pool->alloc = alloc;
	pool->free = free;
	int error = fill(pool);
	if (error)
		end(pool);
	return error;
}

void mempool_exit(mempool_t *shadow)
{
	struct mempool *pool = to_mempool(shadow);

	if (pool->elements)
		end(pool);
}

mempool_t *mempool_create(int min_nr, mempool_alloc_t *alloc, mempool_free_t *free, void *pool_data)
{
	mempool_t *pool = kzalloc(sizeof(*pool), GFP_KERNEL);
	int error = pool ? mempool_init(pool, min_nr, alloc, free, pool_data) : -ENOMEM;

	if (!error)
		return pool;
	kfree(pool);
	errno = -error;
	return NULL;
}

void mempool_destroy(mempool_t *pool)
{
	if (pool)
		mempool_exit(pool);
	kfree(pool);
}

/* Free elements until no more than @keep are in the reserve. */
static void drop(struct mempool *pool, int keep)
{
	for (;;) {
		lock(&mempool_lock);
		void *element = pool->curr_nr > keep ? take(pool) : NULL;
		unlock(&mempool_lock);
		if (!element)
			return;
		pool->free(element, pool->pool_data);
	}
}

int mempool_resize(mempool_t *shadow, int min_nr)
{
	struct mempool *pool = to_mempool(shadow);

	if (min_nr < 1)
		return -EINVAL;
	void **elements = kmalloc_array((size_t)min_nr, sizeof(*elements), GFP_KERNEL);
	if (!elements)
		return -ENOMEM;
	lock(&mempool_lock);
	/* Nothing is added beyond it from here on. */
	__atomic_store_n(&pool->min_nr, min_nr, __ATOMIC_RELAXED);
	unlock(&mempool_lock);
	drop(pool, min_nr);
	lock(&mempool_lock);
	void **old = pool->elements;
	memcpy(elements, old, (size_t)pool->curr_nr * sizeof(*elements));
	pool->elements = elements;
	unlock(&mempool_lock);
	kfree(old);
	return fill(pool);
}

void *mempool_alloc_preallocated(mempool_t *shadow)
{
	struct mempool *pool = to_mempool(shadow);

	lock(&mempool_lock);
	void *element = pool->curr_nr ? take(pool) : NULL;
	unlock(&mempool_lock);
	return element;
}

static void stop_waiting(void *unused)
{
	(void)unused;
	unlock(&mempool_lock);
}

/* The thread may be cancelled here. */
static void wait_for_free(struct mempool *pool)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += WAIT_S;
	lock(&mempool_lock);
	pthread_cleanup_push(stop_waiting, NULL);
	if (!pool->curr_nr)
		pthread_cond_timedwait(&freed, &mempool_lock.mutex, &until);
	pthread_cleanup_pop(true);
}

void *mempool_alloc(mempool_t *shadow, gfp_t gfp)
{
	struct mempool *pool = to_mempool(shadow);

	for (;;) {
		void *element = pool->alloc(gfp & ~(__GFP_ZERO | __GFP_NOFAIL), pool->pool_data);
		if (!element)
			element = mempool_alloc_preallocated(shadow);
		if (element || !(gfp & __GFP_DIRECT_RECLAIM))
			return element;
		wait_for_free(pool);
	}
}

void mempool_free(void *element, mempool_t *shadow)
{
	struct mempool *pool = to_mempool(shadow);

	if (!element)
		return;
	/*
	 * Relaxed: whoever took an element from the reserve has counted it, and its free, which
	 * comes later, sees that count or a later one. So the reserve fills up again.
	 */
	if (__atomic_load_n(&pool->curr_nr, __ATOMIC_RELAXED) <
	    __atomic_load_n(&pool->min_nr, __ATOMIC_RELAXED)) {
		lock(&mempool_lock);
		bool room = pool->curr_nr < pool->min_nr;
		if (room) {
			add(pool, element);
			pthread_cond_broadcast(&freed);
		}
		unlock(&mempool_lock);
		if (room)
			return;
	}
	pool->free(element, pool->pool_data);
}

bool mempool_is_saturated(mempool_t *shadow)
{
	struct mempool *pool = to_mempool(shadow);

	lock(&mempool_lock);
	bool full = pool->curr_nr >= pool->min_nr;
	unlock(&mempool_lock);
	return full;
}

bool mempool_initialized(mempool_t *pool)
{
	return to_mempool(pool)->elements != NULL;
}

void *mempool_alloc_slab(gfp_t gfp, void *pool_data)
{
	return kmem_cache_alloc((struct kmem_cache *)pool_data, gfp);
}

void mempool_free_slab(void *element, void *pool_data)
{
	kmem_cache_free((struct kmem_cache *)pool_data, element);
}

void *mempool_kmalloc(gfp_t gfp, void *pool_data)
{
	return kmalloc((size_t)pool_data, gfp);
}

void mempool_kfree(void *element, void *pool_data)
{
	(void)pool_data;
	kfree(element);
}
