/* SPDX-License-Identifier: MIT */
#include "harden.h"

#include "meta.h"
#include "report.h"
#include "slab.h"

enum holder {
	NEVER_HELD, /* zero: bytes of a new slab */
	HELD,
	FREED,
};

bool harden_slab(const struct slab_store *store, struct slab *slab, gfp_t gfp)
{
	slab->held = meta_alloc(store->per_slab, gfp);
	return slab->held != NULL;
}

void harden_slab_free(const struct slab_store *store, struct slab *slab)
{
	meta_free(slab->held, store->per_slab);
}

/* Nobody else has the object: what its slab says of it stays as it is. */
void harden_taken(const struct slab_barn *barn, const void *object)
{
	const struct slab *slab = (const struct slab *)span_of(object);

	__atomic_store_n(&slab->held[store_index(barn->store, slab, object)], HELD,
			 __ATOMIC_RELAXED);
}

/* Note an object as freed; NULL, or what is wrong with it. */
static const char *note_freed(const struct slab_barn *barn, const void *object)
{
	const struct slab_store *store = barn->store;
	const struct span *span = span_of(object);
	const struct slab *slab = (const struct slab *)span;

	if (!span || span->store != store)
		return "object is not of this cache";
	uint32_t index = store_index(store, slab, object);
	if (index >= store->per_slab || object != object_at(store, slab, index))
		return "invalid free";
	uint8_t holder = __atomic_load_n(&slab->held[index], __ATOMIC_RELAXED);
	if (holder != HELD)
		return holder == FREED ? "double free" : "invalid free";
	const uint8_t *tags = __atomic_load_n(&slab->tags, __ATOMIC_ACQUIRE);
	if (tags && tags[index] != barn->tag)
		return "object is not of this cache";
	__atomic_store_n(&slab->held[index], FREED, __ATOMIC_RELAXED);
	return NULL;
}

bool harden_may_put(const struct slab_barn *barn, const void *object)
{
	const char *wrong = note_freed(barn, object);

	if (wrong)
		report_bug("%s: %s: %p", barn->name, wrong, object);
	return !wrong;
}
