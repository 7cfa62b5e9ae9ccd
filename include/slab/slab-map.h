/* SPDX-License-Identifier: MIT */
#ifndef SLAB_SLAB_MAP_H
#define SLAB_SLAB_MAP_H

/*
 * The map from any address to the run of memory that it lies in: one pointer for each unit of the
 * address space, in leaves made on demand. 48 bits of address cover user space of all supported
 * targets; an address beyond is not ours.
 *
 * Entries and leaves are written under the lock of the pages and read without one. Private to the
 * library; published for slab-inline.h alone.
 */

#include <stddef.h>
#include <stdint.h>

#define SLAB_UNIT_SHIFT 16

#if UINTPTR_MAX > UINT32_MAX
#define SLAB_LEAF_BITS 16
#define SLAB_ROOT_BITS 16
#else
#define SLAB_LEAF_BITS 8
#define SLAB_ROOT_BITS 8
#endif

/* What a free needs to know of a run; the rest of it follows. */
struct slab_run {
	size_t slot; /* byte offset of the slot for all objects in it; 0: look closer */
};

#ifdef __cplusplus
extern "C" {
#endif

extern struct slab_run **slab_map[(size_t)1 << SLAB_ROOT_BITS];

#ifdef __cplusplus
}
#endif

/* The run that holds this address, NULL if it is not ours. */
static inline struct slab_run *slab_run_of(const void *address)
{
	uintptr_t unit = (uintptr_t)address >> SLAB_UNIT_SHIFT;
	struct slab_run **leaf;

	if (__builtin_expect(unit >> SLAB_LEAF_BITS >> SLAB_ROOT_BITS != 0, 0))
		return NULL;
	/* Acquire: a reader of an entry sees the leaf, and the run, as they were filled. */
	leaf = __atomic_load_n(&slab_map[unit >> SLAB_LEAF_BITS], __ATOMIC_ACQUIRE);
	if (__builtin_expect(!leaf, 0))
		return NULL;
	return __atomic_load_n(&leaf[unit & (((uintptr_t)1 << SLAB_LEAF_BITS) - 1)],
			       __ATOMIC_ACQUIRE);
}

#endif
