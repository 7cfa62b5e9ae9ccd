/* SPDX-License-Identifier: MIT */
#include "map.h"

#include "os.h"
#include "pages.h"

struct slab_run **slab_map[(size_t)1 << SLAB_ROOT_BITS];

static size_t leaf_bytes; /* of all leaves */

#define LEAF_BYTES (sizeof(struct slab_run *) << SLAB_LEAF_BITS)
#define LEVEL_BITS 5u /* of marks: those of each level stand 32 times as far apart */
#define UNIT_BITS  (SLAB_LEAF_BITS + SLAB_ROOT_BITS)

_Static_assert(offsetof(struct span, run) == 0, "the map leads to spans");

static uintptr_t unit_of(const char *address)
{
	return (uintptr_t)address >> UNIT_SHIFT;
}

/* The unit after this mark that has the next one. */
static uintptr_t next_mark(uintptr_t unit)
{
	unsigned int level = unit ? (unsigned int)__builtin_ctzll(unit) / LEVEL_BITS : 1;
	uintptr_t step = (uintptr_t)1 << LEVEL_BITS * (level ? level : 1);

	return (unit | (step - 1)) + 1;
}

static uintptr_t next_entry(uintptr_t unit, bool large)
{
	return large ? next_mark(unit) : unit + 1;
}

static bool make_leaf(uintptr_t unit, gfp_t gfp)
{
	if (unit >> UNIT_BITS)
		return false;
	struct slab_run ***root = &slab_map[unit >> SLAB_LEAF_BITS];
	struct slab_run **none = NULL;

	/* Acquire: as in slab_run_of(). */
	if (__atomic_load_n(root, __ATOMIC_ACQUIRE))
		return true;
	struct slab_run **leaf = gfp & __GFP_DIRECT_RECLAIM ? os_map(LEAF_BYTES, 4096) : NULL;
	if (!leaf)
		return false;
	if (__atomic_compare_exchange_n(root, &none, leaf, false, __ATOMIC_ACQ_REL,
					__ATOMIC_ACQUIRE))
		__atomic_add_fetch(&leaf_bytes, LEAF_BYTES, __ATOMIC_RELAXED);
	else
		os_unmap(leaf, LEAF_BYTES); /* another thread was faster */
	return true;
}

bool map_make_leaves(const char *base, size_t bytes, bool large, gfp_t gfp)
{
	uintptr_t last = unit_of(base + bytes - 1);

	/* The last unit as well, though it may have no entry: it says whether the map goes so far.
	 */
	if (last >> UNIT_BITS)
		return false;
	for (uintptr_t unit = unit_of(base); unit <= last; unit = next_entry(unit, large))
		if (!make_leaf(unit, gfp))
			return false;
	return true;
}

static void set_entries(const struct span *span, struct slab_run *value)
{
	const uintptr_t mask = ((uintptr_t)1 << SLAB_LEAF_BITS) - 1;
	uintptr_t last = unit_of(span->base + span->bytes - 1);

	for (uintptr_t unit = unit_of(span->base); unit <= last;
	     unit = next_entry(unit, !span->store))
		/* Release: pairs with the acquire of slab_run_of(). */
		__atomic_store_n(&slab_map[unit >> SLAB_LEAF_BITS][unit & mask], value,
				 __ATOMIC_RELEASE);
}

void map_enter(struct span *span)
{
	set_entries(span, &span->run);
}

void map_forget(const struct span *span)
{
	set_entries(span, NULL);
}

static struct span *large_at(uintptr_t unit, const void *address)
{
	struct span *span = span_of((const void *)(unit << UNIT_SHIFT));

	return span && !span->store && (uintptr_t)address - (uintptr_t)span->base < span->bytes
		       ? span
		       : NULL;
}

struct span *map_find_large(const void *address)
{
	const uintptr_t low = ((uintptr_t)1 << LEVEL_BITS) - 1;
	uintptr_t unit = (uintptr_t)address >> UNIT_SHIFT;
	struct span *span = NULL;

	/* Back to the first unit, or near a mark of the first level; then the marks of all levels.
	 */
	for (uintptr_t n = unit & low; !span && n; n--)
		span = large_at((unit & ~low) + n, address);
	for (unsigned int shift = LEVEL_BITS; !span && shift < UNIT_BITS; shift += LEVEL_BITS)
		span = large_at(unit >> shift << shift, address);
	return span;
}

size_t map_bytes(void)
{
	return __atomic_load_n(&leaf_bytes, __ATOMIC_RELAXED);
}
