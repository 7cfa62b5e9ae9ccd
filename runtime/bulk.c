/* SPDX-License-Identifier: MIT */

/* Allocating and freeing many objects at once, and sheaves that a program fills beforehand. */

#include <errno.h>
#include <string.h>

#include <slab/slab-slot.h>

#include "alloc.h"
#include "cache.h"
#include "sheaf.h"
#include "slots.h"

static void zero_all(const struct kmem_cache *s, void **objects, size_t n)
{
	for (size_t i = 0; i < n; i++)
		memset(objects[i], 0, s->object_size);
}

static size_t take_many(struct slab_slot *slot, void **objects, size_t n, gfp_t gfp)
{
	size_t have = slot_pop_many(slot, objects, n);

	if (have == n)
		return n;
	slab_tick(gfp);
	return have + slot_take_many(slot, objects + have, n - have, gfp);
}

int(kmem_cache_alloc_bulk)(struct kmem_cache *s, gfp_t gfp, size_t n, void **objects)
{
	size_t have = 0;

	while (have < n) {
		struct slab_slot *slot = slab_slot_of_offset(&s->slot);

		if (slot->barn)
			have += take_many(slot, objects + have, n - have, gfp);
		if (have == n)
			break;
		objects[have] = slab_alloc_slow(s, gfp & ~(gfp_t)__GFP_ZERO);
		if (!objects[have]) {
			slab_free_many(s, have, objects, gfp, __builtin_return_address(0));
			return 0;
		}
		have++;
	}
	if (gfp & __GFP_ZERO)
		zero_all(s, objects, n);
	return (int)n;
}

void kfree_bulk(size_t n, void **objects)
{
	for (size_t i = 0; i < n; i++)
		kfree(objects[i]);
}

void(kmem_cache_free_bulk)(struct kmem_cache *s, size_t n, void **objects)
{
	if (s)
		slab_free_many(s, n, objects, GFP_KERNEL, __builtin_return_address(0));
	else
		kfree_bulk(n, objects);
}

struct slab_sheaf *(kmem_cache_prefill_sheaf)(struct kmem_cache *s, gfp_t gfp, unsigned int n)
{
	if (!cache_ready(s, "kmem_cache_prefill_sheaf()", gfp))
		return NULL;
	uint32_t capacity = n > s->barn->least ? n : s->barn->least;
	struct slab_sheaf *sheaf = sheaf_alloc(capacity, gfp);

	if (!sheaf) {
		errno = ENOMEM;
		return NULL;
	}
	if ((kmem_cache_refill_sheaf)(s, gfp, &sheaf, n) != 0) {
		sheaf_free(sheaf);
		errno = ENOMEM;
		return NULL;
	}
	return sheaf;
}

int(kmem_cache_refill_sheaf)(struct kmem_cache *s, gfp_t gfp, struct slab_sheaf **sheaf,
			     unsigned int n)
{
	if (n > (*sheaf)->capacity) {
		struct slab_sheaf *larger = sheaf_grow(*sheaf, n, gfp);
		if (!larger)
			return -ENOMEM;
		*sheaf = larger;
	}
	struct slab_sheaf *mine = *sheaf;
	if (mine->count >= n)
		return 0;
	if (!(kmem_cache_alloc_bulk)(s, gfp & ~(gfp_t)__GFP_ZERO, n - mine->count,
				     mine->objects + mine->count))
		return -ENOMEM;
	mine->count = n;
	return 0;
}

void *(kmem_cache_alloc_from_sheaf)(struct kmem_cache *s, gfp_t gfp, struct slab_sheaf *sheaf)
{
	if (!sheaf->count)
		return NULL;
	void *object = sheaf->objects[--sheaf->count];
	return gfp & __GFP_ZERO ? memset(object, 0, s->object_size) : object;
}

void(kmem_cache_return_sheaf)(struct kmem_cache *s, gfp_t gfp, struct slab_sheaf *sheaf)
{
	slab_free_many(s, sheaf->count, sheaf->objects, gfp, __builtin_return_address(0));
	sheaf_free(sheaf);
}

unsigned int kmem_cache_sheaf_size(struct slab_sheaf *sheaf)
{
	return sheaf->count;
}
