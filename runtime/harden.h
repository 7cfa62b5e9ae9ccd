/* SPDX-License-Identifier: MIT */
#ifndef HARDEN_H
#define HARDEN_H

/*
 * The hardened library (Meson's option `hardened`): every free is looked at before the object goes
 * on a sheaf. Each slab has a byte for each object, outside the objects, that says whether a caller
 * holds it. So a second free, and a free to the wrong cache or of an address inside an object, are
 * reported at once, and the object is left alone.
 *
 * No cache has a fast path for inlined code here: the offset of its slot, which that looks at, is
 * that of the slot of zeros. So inlined code needs not know which library it is linked with. What
 * it falls to begins with a path that is as short as the check allows: no lock, the object's byte
 * and the slot, and the way of all else only where something is wrong or there is no room. In the
 * usual library all this is nothing.
 *
 * Thread safety: the byte belongs to whoever holds the object. Two threads that free one object at
 * the very same moment may both find it held; what is double then shows when it goes to its slab.
 */

#include <stdbool.h>
#include <stddef.h>

#include <slab/slab-flags.h>

#include "slab.h"

#ifdef SLAB_HARDENED

#define HARDENED true

/* Where the fast paths may go: nowhere. */
static inline size_t harden_fast_slot(size_t slot)
{
	(void)slot;
	return 0;
}

/* Give a new slab its bytes; false: no memory. */
bool harden_slab(const struct slab_store *store, struct slab *slab, gfp_t gfp);
void harden_slab_free(const struct slab_store *store, struct slab *slab);

/* What the byte of an object says. */
enum holder {
	OBJECT_NEW, /* zero: bytes of a new slab */
	OBJECT_HELD,
	OBJECT_FREED,
};

/* A caller gets an object. Nobody else has it: what its slab says of it stays as it is. */
static inline void harden_taken(const struct slab_barn *barn, const void *object)
{
	const struct slab *slab = (const struct slab *)span_of(object);

	__atomic_store_n(&slab->held[store_index(barn->store, slab, object)], OBJECT_HELD,
			 __ATOMIC_RELAXED);
}

/*
 * A caller frees an object, which the map says lies in @span: note it as free. False: it must not;
 * nothing is noted, and harden_may_put() says why.
 */
static inline bool harden_freed(const struct slab_barn *barn, const struct span *span,
				const void *object)
{
	const struct slab_store *store = barn->store;
	const struct slab *slab = (const struct slab *)span;

	if (!span || span->store != store)
		return false;
	uint32_t index;
	if (!slab_find_object(store, slab, object, &index))
		return false;
	const uint8_t *tags = __atomic_load_n(&slab->tags, __ATOMIC_ACQUIRE);
	if (__atomic_load_n(&slab->held[index], __ATOMIC_RELAXED) != OBJECT_HELD ||
	    (tags && tags[index] != barn->tag))
		return false;
	__atomic_store_n(&slab->held[index], OBJECT_FREED, __ATOMIC_RELAXED);
	return true;
}

/* The same; false after a report. */
bool harden_may_put(const struct slab_barn *barn, const void *object);

#else

#define HARDENED false

static inline size_t harden_fast_slot(size_t slot)
{
	return slot;
}

static inline bool harden_slab(const struct slab_store *store, struct slab *slab, gfp_t gfp)
{
	(void)store;
	(void)slab;
	(void)gfp;
	return true;
}

static inline void harden_slab_free(const struct slab_store *store, struct slab *slab)
{
	(void)store;
	(void)slab;
}

static inline void harden_taken(const struct slab_barn *barn, const void *object)
{
	(void)barn;
	(void)object;
}

static inline bool harden_freed(const struct slab_barn *barn, const struct span *span,
				const void *object)
{
	(void)barn;
	(void)span;
	(void)object;
	return true;
}

static inline bool harden_may_put(const struct slab_barn *barn, const void *object)
{
	(void)barn;
	(void)object;
	return true;
}

#endif

#endif
