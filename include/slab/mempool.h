/* SPDX-License-Identifier: MIT */
#ifndef SLAB_MEMPOOL_H
#define SLAB_MEMPOOL_H

/*
 * Memory pools: a reserve of elements behind an allocator, so that work which must go on can go on
 * when memory runs out. The API is that of Linux's <linux/mempool.h>.
 *
 * A mempool_t may have static storage, lie on the stack or in another struct: it is the shadow of
 * a private struct. Threads may share a pool; setting it up, resizing and ending it are for one at
 * a time, and a pool that other threads use during a fork() is lost to the child.
 */

#include <slab/mempool_opaque.h>
#include <slab/slab.h>

#ifdef __cplusplus
extern "C" {
#endif

/** mempool_t - a pool; zeros are one that is not set up */
typedef struct mempool_opaque mempool_t;

/** mempool_alloc_t, mempool_free_t - how elements are made, NULL without memory, and unmade */
typedef void *mempool_alloc_t(gfp_t gfp, void *pool_data);
typedef void mempool_free_t(void *element, void *pool_data);

/**
 * mempool_init - set a pool up that is all zeros, or was ended by mempool_exit()
 * @min_nr: elements in the reserve; 0 is taken for 1
 * @alloc: where elements come from; @free takes them back; both get @pool_data
 *
 * Return: 0; -EINVAL; -ENOMEM, with nothing kept.
 */
int mempool_init(mempool_t *pool, int min_nr, mempool_alloc_t *alloc, mempool_free_t *free,
		 void *pool_data);

/** mempool_exit - give the reserve back; all elements must have been freed. Zeros are allowed. */
void mempool_exit(mempool_t *pool);

/** mempool_create - mempool_init() of a pool in memory of its own; NULL if there is none */
mempool_t *mempool_create(int min_nr, mempool_alloc_t *alloc, mempool_free_t *free,
			  void *pool_data);

/** mempool_destroy - mempool_exit(), and free what mempool_create() gave; NULL is allowed */
void mempool_destroy(mempool_t *pool);

/**
 * mempool_resize - change the number of elements in the reserve
 *
 * Return: 0; -EINVAL; -ENOMEM, with the reserve as large as before or in part filled.
 */
int mempool_resize(mempool_t *pool, int min_nr);

/**
 * mempool_alloc - an element, from the allocator or else from the reserve
 * @gfp: with __GFP_DIRECT_RECLAIM it never fails, and waits until another thread frees an element
 *	if it must, where the thread may be cancelled; else NULL when both are empty. Not
 *	__GFP_ZERO: the reserve is not zeroed
 */
void *mempool_alloc(mempool_t *pool, gfp_t gfp);

/** mempool_alloc_preallocated - an element of the reserve, NULL if it is empty */
void *mempool_alloc_preallocated(mempool_t *pool);

/** mempool_free - give an element back, to the reserve first; NULL does nothing */
void mempool_free(void *element, mempool_t *pool);

/** mempool_is_saturated - is the reserve full? */
bool mempool_is_saturated(mempool_t *pool);

/** mempool_initialized - is the pool set up? */
bool mempool_initialized(mempool_t *pool);

/**
 * mempool_alloc_slab, mempool_free_slab - elements are objects of a cache, which is the pool_data
 */
mempool_alloc_t mempool_alloc_slab;
mempool_free_t mempool_free_slab;

/** mempool_kmalloc, mempool_kfree - elements are from kmalloc(), of a size that is the pool_data */
mempool_alloc_t mempool_kmalloc;
mempool_free_t mempool_kfree;

/** mempool_kvmalloc, mempool_kvfree - mempool_kmalloc and mempool_kfree */
#define mempool_kvmalloc mempool_kmalloc
#define mempool_kvfree	 mempool_kfree

/** mempool_init_slab_pool, mempool_create_slab_pool - a pool of objects of a cache */
static inline int mempool_init_slab_pool(mempool_t *pool, int min_nr, struct kmem_cache *s)
{
	return mempool_init(pool, min_nr, mempool_alloc_slab, mempool_free_slab, (void *)s);
}

static inline mempool_t *mempool_create_slab_pool(int min_nr, struct kmem_cache *s)
{
	return mempool_create(min_nr, mempool_alloc_slab, mempool_free_slab, (void *)s);
}

/**
 * mempool_init_kmalloc_pool, mempool_create_kmalloc_pool, mempool_init_kvmalloc_pool,
 * mempool_create_kvmalloc_pool - a pool of pieces of @size bytes
 */
static inline int mempool_init_kmalloc_pool(mempool_t *pool, int min_nr, size_t size)
{
	return mempool_init(pool, min_nr, mempool_kmalloc, mempool_kfree, (void *)size);
}

static inline mempool_t *mempool_create_kmalloc_pool(int min_nr, size_t size)
{
	return mempool_create(min_nr, mempool_kmalloc, mempool_kfree, (void *)size);
}

static inline int mempool_init_kvmalloc_pool(mempool_t *pool, int min_nr, size_t size)
{
	return mempool_init_kmalloc_pool(pool, min_nr, size);
}

static inline mempool_t *mempool_create_kvmalloc_pool(int min_nr, size_t size)
{
	return mempool_create_kmalloc_pool(min_nr, size);
}

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif
