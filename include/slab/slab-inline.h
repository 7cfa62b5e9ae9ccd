/* SPDX-License-Identifier: MIT */
#ifndef SLAB_SLAB_INLINE_H
#define SLAB_SLAB_INLINE_H

/*
 * For hot code: after this header kmem_cache_alloc(), kmem_cache_zalloc(), kmem_cache_free(),
 * kfree(), and kmalloc() and kzalloc() of a constant size, are inlined, under the same names and in
 * the same spelling. Such code must be compiled against the header of the very library that it is
 * linked with.
 */

#include <string.h>

#include <slab/slab-map.h>
#include <slab/slab-slot.h>
#include <slab/slab-static.h>

static inline struct slab_slot *slab_slot_of(const struct kmem_cache *s)
{
	const struct kmem_cache_opaque *shadow = (const struct kmem_cache_opaque *)(const void *)s;

	return slab_slot_of_offset(&shadow->slot);
}

/* An object of a cache of kmalloc() for @size bytes, of another cache for 0. */
static inline __attribute__((always_inline)) void *slab_take_inline(struct kmem_cache *s,
								    size_t size, gfp_t gfp)
{
	void *object = slab_slot_pop(slab_slot_of(s));

	if (__builtin_expect(!object, 0))
		return size ? slab_kmalloc_slow(s, size, gfp) : slab_alloc_slow(s, gfp);
	if (__builtin_expect((gfp & __GFP_ZERO) != 0, 0))
		return memset(object, 0, (kmem_cache_size)(s));
	return object;
}

static inline __attribute__((always_inline)) void *slab_alloc_inline(struct kmem_cache *s,
								     gfp_t gfp)
{
	return slab_take_inline(s, 0, gfp);
}

static inline __attribute__((always_inline)) void slab_free_inline(struct kmem_cache *s,
								   void *object)
{
	if (__builtin_expect(!object || !slab_slot_push(slab_slot_of(s), object), 0))
		slab_free_slow(s, object);
}

/* A constant size picks its cache while compiling. */
static inline __attribute__((always_inline)) void *slab_kmalloc_inline(size_t size, gfp_t gfp)
{
	if (__builtin_constant_p(size) && size && size <= KMALLOC_MAX_CACHE_SIZE &&
	    !(gfp & __GFP_ACCOUNT))
		return slab_take_inline(to_kmem_cache(&slab_kmalloc_caches[kmalloc_index(size)]),
					size, gfp);
	return (kmalloc)(size, gfp);
}

/* Free an object where the map leads at once; false: it must be looked at closer. */
static inline __attribute__((always_inline)) bool slab_free_by_map(const void *object)
{
	struct slab_run *run = slab_run_of(object);

	/* Relaxed: a second cache that joins the store takes the slot away; either value is right.
	 */
	return run && slab_slot_push(slab_slot_at(__atomic_load_n(&run->slot, __ATOMIC_RELAXED)),
				     (void *)object);
}

static inline __attribute__((always_inline)) void slab_kfree_inline(const void *object)
{
	if (__builtin_expect(!slab_free_by_map(object), 0))
		(kfree)(object);
}

#undef kmem_cache_alloc
#undef kmem_cache_zalloc
#undef kmem_cache_free
#define kmem_cache_alloc(s, gfp)   slab_alloc_inline(slab_cache_of(s), gfp)
#define kmem_cache_zalloc(s, gfp)  slab_alloc_inline(slab_cache_of(s), (gfp) | __GFP_ZERO)
#define kmem_cache_free(s, object) slab_free_inline(slab_cache_of(s), object)
#define kmalloc(size, gfp)	   slab_kmalloc_inline(size, gfp)
#define kzalloc(size, gfp)	   slab_kmalloc_inline(size, (gfp) | __GFP_ZERO)
#define kfree(object)		   slab_kfree_inline(object)

#endif
