/* SPDX-License-Identifier: MIT */
#include "pages.h"

#include "fault.h"
#include "list.h"
#include "lock.h"
#include "meta.h"
#include "os.h"
#include "sanitizer.h"

/* Bit masks over the units of one segment. */
struct segment {
	struct list node; /* in `segments` while a unit is free */
	char *base;
	uint32_t free;		/* units that belong to no span */
	uint32_t dirty;		/* units whose pages may be resident */
	uint32_t used;		/* units that have been in a span since they were mapped */
	uint64_t last_freed_ms; /* when a span came back last */
};

_Static_assert(SEGMENT_UNITS == 32, "masks are uint32_t");

/*
 * Segments without a span that are kept mapped until they decay. One more is unmapped at once: it
 * bounds what a program holds that frees a lot and then never comes to a slow path again.
 */
#define KEEP_EMPTY_SEGMENTS 8

#define ALL_UNITS UINT32_MAX

static struct lock pages = LOCK_INIT;
static struct list segments = LIST_INIT(segments);
static size_t nr_empty_segments;
static size_t in_spans;	  /* bytes */
static size_t leaf_bytes; /* of all leaves of the map */

struct slab_run **slab_map[(size_t)1 << SLAB_ROOT_BITS];

#define LEAF_BYTES (sizeof(struct slab_run *) << SLAB_LEAF_BITS)

_Static_assert(offsetof(struct span, run) == 0, "the map leads to spans");

static bool make_leaf(uintptr_t unit, gfp_t gfp)
{
	if (unit >> SLAB_LEAF_BITS >> SLAB_ROOT_BITS)
		return false;
	struct slab_run ***root = &slab_map[unit >> SLAB_LEAF_BITS];

	if (*root)
		return true;
	struct slab_run **leaf = gfp & __GFP_DIRECT_RECLAIM ? os_map(LEAF_BYTES, 4096) : NULL;
	if (!leaf)
		return false;
	leaf_bytes += LEAF_BYTES;
	__atomic_store_n(root, leaf, __ATOMIC_RELEASE);
	return true;
}

static bool make_leaves(const char *base, size_t bytes, gfp_t gfp)
{
	uintptr_t first = (uintptr_t)base >> UNIT_SHIFT;
	uintptr_t last = ((uintptr_t)base + bytes - 1) >> UNIT_SHIFT;

	for (uintptr_t unit = first;; unit += (uintptr_t)1 << SLAB_LEAF_BITS) {
		if (!make_leaf(unit < last ? unit : last, gfp))
			return false;
		if (unit >= last)
			return true;
	}
}

static void enter(const struct span *where, struct slab_run *value)
{
	uintptr_t unit = (uintptr_t)where->base >> UNIT_SHIFT;
	uintptr_t mask = ((uintptr_t)1 << SLAB_LEAF_BITS) - 1;

	for (size_t left = where->bytes >> UNIT_SHIFT; left; left--, unit++)
		__atomic_store_n(&slab_map[unit >> SLAB_LEAF_BITS][unit & mask], value,
				 __ATOMIC_RELEASE);
}

/* The first units of all runs of @units set bits. */
static uint32_t runs_of(uint32_t mask, unsigned int units)
{
	uint32_t runs = mask;

	for (unsigned int i = 1; i < units; i++)
		runs &= mask >> i;
	return runs;
}

static uint32_t unit_mask(const struct span *span)
{
	size_t units = span->bytes >> UNIT_SHIFT;
	size_t first = (size_t)(span->base - span->segment->base) >> UNIT_SHIFT;

	return (units == SEGMENT_UNITS ? ALL_UNITS : ((uint32_t)1 << units) - 1) << first;
}

/* Pages for objects, and the pieces of malloc() that they point to are no leaks. */
static char *map_pages(size_t bytes, size_t align)
{
	char *base = os_map(bytes, align);

	if (base)
		sanitizer_root(base, bytes);
	return base;
}

static void unmap_pages(char *base, size_t bytes)
{
	sanitizer_no_root(base, bytes);
	sanitizer_allow(base, bytes);
	os_unmap(base, bytes);
}

static struct segment *segment_make(gfp_t gfp)
{
	if (!(gfp & __GFP_DIRECT_RECLAIM))
		return NULL;
	struct segment *segment = meta_alloc(sizeof(*segment), gfp);
	if (!segment)
		return NULL;
	char *base = map_pages(SEGMENT, SEGMENT);
	if (!base || !make_leaves(base, SEGMENT, gfp)) {
		if (base)
			unmap_pages(base, SEGMENT);
		meta_free(segment, sizeof(*segment));
		return NULL;
	}
	segment->base = base;
	segment->free = ALL_UNITS;
	nr_empty_segments++;
	list_add(&segments, &segment->node);
	return segment;
}

static void segment_unmap(struct segment *segment)
{
	nr_empty_segments--;
	list_del(&segment->node);
	unmap_pages(segment->base, SEGMENT);
	meta_free(segment, sizeof(*segment));
}

/* Cut a run out of a segment, from pages that are resident anyway if there are such. */
static void segment_cut(struct segment *segment, struct span *span, unsigned int units)
{
	uint32_t runs = runs_of(segment->free & segment->dirty, units);

	if (!runs)
		runs = runs_of(segment->free, units);
	span->base = segment->base + (size_t)__builtin_ctz(runs) * UNIT;
	span->bytes = units * UNIT;
	span->segment = segment;
	nr_empty_segments -= segment->free == ALL_UNITS;
	/* Not those that were purged: some emulators accept that and do nothing. */
	span->zeros = !(segment->used & unit_mask(span));
	segment->free &= ~unit_mask(span);
	segment->dirty |= unit_mask(span);
	segment->used |= unit_mask(span);
	if (!segment->free)
		list_del(&segment->node);
}

static struct segment *segment_with(unsigned int units, gfp_t gfp)
{
	list_for_each (node, &segments) {
		struct segment *segment = list_entry(node, struct segment, node);

		if (runs_of(segment->free, units))
			return segment;
	}
	return segment_make(gfp);
}

static bool span_map_alone(struct span *span, size_t bytes, gfp_t gfp)
{
	char *base = gfp & __GFP_DIRECT_RECLAIM ? map_pages(bytes, UNIT) : NULL;

	if (!base)
		return false;
	if (!make_leaves(base, bytes, gfp)) {
		unmap_pages(base, bytes);
		return false;
	}
	span->base = base;
	span->bytes = bytes;
	span->segment = NULL;
	span->zeros = true;
	return true;
}

bool span_alloc(struct span *span, size_t bytes, struct slab_store *store, gfp_t gfp)
{
	bool found = false;

	if (fault_hit())
		return false;
	lock(&pages);
	if (bytes > SEGMENT) {
		found = span_map_alone(span, bytes, gfp);
	} else {
		unsigned int units = (unsigned int)(bytes >> UNIT_SHIFT);
		struct segment *segment = segment_with(units, gfp);

		found = segment != NULL;
		if (found)
			segment_cut(segment, span, units);
	}
	if (found) {
		sanitizer_allow(span->base, bytes);
		span->store = store;
		span->run.slot = 0;
		enter(span, &span->run);
		in_spans += bytes;
	}
	unlock(&pages);
	return found;
}

static void segment_put(struct segment *segment, const struct span *span)
{
	if (!segment->free)
		list_add(&segments, &segment->node);
	segment->free |= unit_mask(span);
	segment->last_freed_ms = os_now_ms();
	if (segment->free != ALL_UNITS)
		return;
	if (++nr_empty_segments > KEEP_EMPTY_SEGMENTS)
		segment_unmap(segment);
}

void span_free(struct span *span)
{
	lock(&pages);
	enter(span, NULL);
	in_spans -= span->bytes;
	sanitizer_forbid(span->base, span->bytes);
	if (span->segment)
		segment_put(span->segment, span);
	else
		unmap_pages(span->base, span->bytes);
	unlock(&pages);
}

/* Give back the pages of all free units, a run of neighbours at a time. */
static void segment_purge(struct segment *segment)
{
	uint32_t dirty = segment->free & segment->dirty;

	segment->dirty &= ~dirty;
	while (dirty) {
		unsigned int first = (unsigned int)__builtin_ctz(dirty);
		unsigned int units = 1;

		while (first + units < SEGMENT_UNITS && dirty & ((uint32_t)1 << (first + units)))
			units++;
		os_purge(segment->base + first * UNIT, units * UNIT);
		for (unsigned int i = first; i < first + units; i++)
			dirty &= ~((uint32_t)1 << i);
	}
}

/* One empty segment is kept, so that a program that comes and goes does not map and unmap. */
static void purge_older_than(uint64_t ms)
{
	uint64_t now = os_now_ms();

	list_for_each (node, &segments) {
		struct segment *segment = list_entry(node, struct segment, node);

		if (now - segment->last_freed_ms < ms)
			continue;
		if (segment->free == ALL_UNITS && nr_empty_segments > 1)
			segment_unmap(segment);
		else
			segment_purge(segment);
	}
}

void pages_decay(void)
{
	lock(&pages);
	purge_older_than(DECAY_MS);
	unlock(&pages);
}

void pages_purge(void)
{
	lock(&pages);
	purge_older_than(0);
	unlock(&pages);
}

void pages_held(size_t *spans, size_t *mapped)
{
	lock(&pages);
	*spans = in_spans;
	*mapped = os_mapped() - leaf_bytes;
	unlock(&pages);
}

void pages_lock(void)
{
	lock(&pages);
}

void pages_unlock(void)
{
	unlock(&pages);
}
