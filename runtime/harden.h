/* SPDX-License-Identifier: MIT */
#ifndef HARDEN_H
#define HARDEN_H

/*
 * The hardened library (Meson's option `hardened`): every free is looked at before the object goes
 * on a sheaf. Each slab has a byte for each object, outside the objects, that says whether a caller
 * holds it. So a second free, and a free to the wrong cache or of an address inside an object, are
 * reported at once, and the object is left alone.
 *
 * No cache has a fast path here: the offset of its slot, which inlined code looks at, is that of
 * the slot of zeros. So inlined code needs not know which library it is linked with. In the usual
 * library all this is nothing.
 *
 * Thread safety: the byte belongs to whoever holds the object. Two threads that free one object at
 * the very same moment may both find it held; what is double then shows when it goes to its slab.
 */

#include <stdbool.h>
#include <stddef.h>

#include <slab/slab-flags.h>

struct slab;
struct slab_barn;
struct slab_store;

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

/* A caller gets an object. */
void harden_taken(const struct slab_barn *barn, const void *object);

/* A caller frees an object; false, after a report: it must not. */
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

static inline bool harden_may_put(const struct slab_barn *barn, const void *object)
{
	(void)barn;
	(void)object;
	return true;
}

#endif

#endif
