/* SPDX-License-Identifier: MIT */
#include "harden.h"

#include "meta.h"
#include "report.h"
#include "slab.h"

bool harden_slab(const struct slab_store *store, struct slab *slab, gfp_t gfp)
{
	slab->held = meta_alloc(store->per_slab, gfp);
	return slab->held != NULL;
}

void harden_slab_free(const struct slab_store *store, struct slab *slab)
{
	meta_free(slab->held, store->per_slab);
}

/* What is wrong with freeing an object that harden_freed() has refused. */
static const char *wrong_free(const struct slab_barn *barn, const void *object)
{
	const struct slab_store *store = barn->store;
	const struct span *span = span_of(object);
	const struct slab *slab = (const struct slab *)span;

	if (!span || span->store != store)
		return NOT_OF_THIS_CACHE;
	uint32_t index;
	if (!slab_find_object(store, slab, object, &index))
		return INVALID_FREE;
	uint8_t holder = __atomic_load_n(&slab->held[index], __ATOMIC_RELAXED);
	if (holder != OBJECT_HELD)
		return holder == OBJECT_FREED ? DOUBLE_FREE : INVALID_FREE;
	return NOT_OF_THIS_CACHE;
}

bool harden_may_put(const struct slab_barn *barn, const void *object)
{
	if (harden_freed(barn, span_of(object), object))
		return true;
	report_bug("%s: %s: %p", barn->name, wrong_free(barn, object), object);
	return false;
}
