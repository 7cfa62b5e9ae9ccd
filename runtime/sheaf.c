/* SPDX-License-Identifier: MIT */
#include "sheaf.h"

#include <string.h>

#include "meta.h"

static size_t sheaf_size(uint32_t capacity)
{
	return sizeof(struct slab_sheaf) + capacity * sizeof(void *);
}

struct slab_sheaf *sheaf_alloc(uint32_t capacity, gfp_t gfp)
{
	const size_t most = (META_MAX - sizeof(struct slab_sheaf)) / sizeof(void *);
	struct slab_sheaf *sheaf = capacity <= most ? meta_alloc(sheaf_size(capacity), gfp) : NULL;

	if (sheaf)
		sheaf->capacity = capacity;
	return sheaf;
}

void sheaf_free(struct slab_sheaf *sheaf)
{
	if (sheaf)
		meta_free(sheaf, sheaf_size(sheaf->capacity));
}

struct slab_sheaf *sheaf_grow(struct slab_sheaf *sheaf, uint32_t capacity, gfp_t gfp)
{
	struct slab_sheaf *larger = sheaf_alloc(capacity, gfp);

	if (larger) {
		memcpy(larger->objects, sheaf->objects, sheaf->count * sizeof(void *));
		larger->count = sheaf->count;
		sheaf_free(sheaf);
	}
	return larger;
}
