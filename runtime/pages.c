/* SPDX-License-Identifier: MIT */
#include "pages.h"

#include "fault.h"
#include "list.h"
#include "lock.h"
#include "map.h"
#include "meta.h"
#include "os.h"
#include "sanitizer.h"

/* Bit masks over the units of one segment. */
struct segment {
	struct list node; /* in `partial` while a unit is free, in `empty` while all are */
	char *base;
	uint32_t free;	/* units that belong to no span, and are not being purged */
	uint32_t dirty; /* units whose pages may be resident */
	uint32_t used;	/* units that have been in a span since they were mapped */
	uint32_t idle;	/* units that were free and dirty at the last pages_decay(), and since */
	uint64_t last_freed_ms; /* when a span came back last */
};

_Static_assert(SEGMENT_UNITS == 32, "masks are uint32_t");

/*
 * Segments without a span that are kept mapped until they decay. More are unmapped at the next slow
 * path: it bounds what a program holds that frees a lot and then rests.
 */
#define KEEP_EMPTY_SEGMENTS 8

#define ALL_UNITS UINT32_MAX

struct lock pages_lock = LOCK_INIT;
static struct list partial = LIST_INIT(partial);
static size_t nr_partial;
static struct list empty = LIST_INIT(empty);
static size_t nr_empty;
static size_t in_spans; /* bytes */

/* The first units of all runs of @units set bits. */
static uint32_t runs_of(uint32_t mask, unsigned int units)
{
	uint32_t runs = mask;

	for (unsigned int i = 1; i < units; i++)
		runs &= mask >> i;
	return runs;
}

static uint32_t mask_of(unsigned int first, size_t units)
{
	return (units == SEGMENT_UNITS ? ALL_UNITS : ((uint32_t)1 << units) - 1) << first;
}

static uint32_t unit_mask(const struct span *span)
{
	size_t first = (size_t)(span->base - span->segment->base) >> UNIT_SHIFT;

	return mask_of((unsigned int)first, span->bytes >> UNIT_SHIFT);
}

static void unmap_pages(char *base, size_t bytes)
{
	sanitizer_no_root(base, bytes);
	sanitizer_allow(base, bytes);
	os_unmap(base, bytes);
}

/* Into the list for what it has free, if that is anything. */
static void segment_link(struct segment *segment)
{
	if (segment->free == ALL_UNITS) {
		list_add(&empty, &segment->node);
		/* Atomic for a look without the lock in pages_settle(). */
		__atomic_store_n(&nr_empty, nr_empty + 1, __ATOMIC_RELAXED);
	} else if (segment->free) {
		list_add(&partial, &segment->node);
		nr_partial++;
	}
}

static void segment_unlink(struct segment *segment)
{
	if (!segment->free)
		return;
	list_del(&segment->node);
	if (segment->free == ALL_UNITS)
		__atomic_store_n(&nr_empty, nr_empty - 1, __ATOMIC_RELAXED);
	else
		nr_partial--;
}

/* One that is in no list any more. No lock. */
static void segment_unmap(struct segment *segment)
{
	unmap_pages(segment->base, SEGMENT);
	meta_free(segment, sizeof(*segment));
}

/* Take an empty segment out of its list while there are more than @keep; or NULL. */
static struct segment *take_empty(size_t keep)
{
	struct segment *segment = NULL;

	lock(&pages_lock);
	if (nr_empty > keep) {
		segment = list_entry(empty.prev, struct segment, node);
		segment_unlink(segment);
	}
	unlock(&pages_lock);
	return segment;
}

/* Unmap empty segments until @keep are left; false: there were no more. */
static bool unmap_empty(size_t keep)
{
	struct segment *segment;
	bool any = false;

	while ((segment = take_empty(keep)) != NULL) {
		segment_unmap(segment);
		any = true;
	}
	return any;
}

/* Pages for objects, and the pieces of malloc() that they point to are no leaks. */
static char *map_pages(size_t bytes, size_t align)
{
	char *base = os_map(bytes, align);

	/* What is kept may be in the way. */
	if (!base && unmap_empty(0))
		base = os_map(bytes, align);
	if (base)
		sanitizer_root(base, bytes);
	return base;
}

/* One that is in no list yet. No lock. */
static struct segment *segment_make(gfp_t gfp)
{
	if (!(gfp & __GFP_DIRECT_RECLAIM))
		return NULL;
	struct segment *segment = meta_alloc(sizeof(*segment), gfp);
	if (!segment)
		return NULL;
	char *base = map_pages(SEGMENT, SEGMENT);
	if (!base || !map_make_leaves(base, SEGMENT, false, gfp)) {
		if (base)
			unmap_pages(base, SEGMENT);
		meta_free(segment, sizeof(*segment));
		return NULL;
	}
	segment->base = base;
	segment->free = ALL_UNITS;
	return segment;
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
	/* Not those that were purged: some emulators accept that and do nothing. */
	span->zeros = !(segment->used & unit_mask(span));
	segment->free &= ~unit_mask(span);
	segment->dirty |= unit_mask(span);
	segment->used |= unit_mask(span);
	segment->idle &= ~unit_mask(span);
}

static struct segment *segment_with(unsigned int units)
{
	list_for_each (node, &partial) {
		struct segment *segment = list_entry(node, struct segment, node);

		if (runs_of(segment->free, units))
			return segment;
	}
	return list_empty(&empty) ? NULL : list_entry(empty.next, struct segment, node);
}

static bool span_cut(struct span *span, unsigned int units, gfp_t gfp)
{
	lock(&pages_lock);
	struct segment *segment = segment_with(units);
	if (!segment) {
		unlock(&pages_lock);
		segment = segment_make(gfp);
		if (!segment)
			return false;
		lock(&pages_lock);
		segment_link(segment);
	}
	segment_unlink(segment);
	segment_cut(segment, span, units);
	segment_link(segment);
	unlock(&pages_lock);
	return true;
}

static bool span_map_alone(struct span *span, size_t bytes, bool large, gfp_t gfp)
{
	char *base = gfp & __GFP_DIRECT_RECLAIM ? map_pages(bytes, UNIT) : NULL;

	if (!base)
		return false;
	if (!map_make_leaves(base, bytes, large, gfp)) {
		unmap_pages(base, bytes);
		return false;
	}
	span->base = base;
	span->bytes = bytes;
	span->segment = NULL;
	span->zeros = true;
	return true;
}

/* It has its memory, and enters the map. */
static void span_begin(struct span *span, struct slab_store *store)
{
	sanitizer_allow(span->base, span->bytes);
	span->store = store;
	span->run.slot = 0;
	lock(&pages_lock);
	map_enter(span);
	in_spans += span->bytes;
	unlock(&pages_lock);
}

bool span_alloc(struct span *span, size_t bytes, struct slab_store *store, gfp_t gfp)
{
	if (fault_hit())
		return false;
	if (bytes > SEGMENT ? !span_map_alone(span, bytes, !store, gfp)
			    : !span_cut(span, (unsigned int)(bytes >> UNIT_SHIFT), gfp))
		return false;
	span_begin(span, store);
	return true;
}

bool span_map(struct span *span, size_t bytes, gfp_t gfp)
{
	if (fault_hit() || !span_map_alone(span, bytes, true, gfp))
		return false;
	span_begin(span, NULL);
	return true;
}

static void segment_put(struct segment *segment, const struct span *span)
{
	segment_unlink(segment);
	segment->free |= unit_mask(span);
	segment->last_freed_ms = os_now_ms();
	segment_link(segment);
}

void span_free(struct span *span)
{
	sanitizer_forbid(span->base, span->bytes);
	lock(&pages_lock);
	map_forget(span);
	in_spans -= span->bytes;
	if (span->segment)
		segment_put(span->segment, span);
	unlock(&pages_lock);
	if (!span->segment)
		unmap_pages(span->base, span->bytes);
}

struct span *span_around(const void *address)
{
	struct span *span = span_of(address);

	if (span)
		return span;
	lock(&pages_lock);
	span = map_find_large(address);
	unlock(&pages_lock);
	return span;
}

/* The map, and the account, follow a large piece to another place or length. */
static void span_change(struct span *span, char *base, size_t bytes)
{
	lock(&pages_lock);
	map_forget(span);
	in_spans += bytes - span->bytes;
	span->base = base;
	span->bytes = bytes;
	map_enter(span);
	unlock(&pages_lock);
}

static void span_shorten(struct span *span, size_t bytes)
{
	size_t less = span->bytes - bytes;

	span_change(span, span->base, bytes);
	unmap_pages(span->base + bytes, less);
}

static bool span_extend(struct span *span, size_t bytes, gfp_t gfp)
{
	if (!map_make_leaves(span->base, bytes, true, gfp) ||
	    !os_extend(span->base, span->bytes, bytes))
		return false;
	sanitizer_root(span->base + span->bytes, bytes - span->bytes);
	span_change(span, span->base, bytes);
	return true;
}

/* The entries go first: once the memory has moved, another thread may get the old addresses. */
static bool span_move(struct span *span, size_t bytes, gfp_t gfp)
{
	struct span before = *span;
	struct span moved = *span;

	if (!span_map_alone(&moved, bytes, true, gfp))
		return false;
	lock(&pages_lock);
	map_forget(span);
	unlock(&pages_lock);
	bool done = os_move(before.base, before.bytes, moved.base, bytes);
	sanitizer_no_root(done ? before.base : moved.base, done ? before.bytes : bytes);
	lock(&pages_lock);
	if (done) {
		span->base = moved.base;
		span->bytes = bytes;
		in_spans += bytes - before.bytes;
	}
	map_enter(span);
	unlock(&pages_lock);
	return done;
}

bool span_resize(struct span *span, size_t bytes, gfp_t gfp)
{
	/* Tools follow what is mapped and unmapped, not what moves. */
	if (span->segment || sanitizer_on())
		return false;
	if (bytes < span->bytes)
		span_shorten(span, bytes);
	return bytes <= span->bytes || span_extend(span, bytes, gfp) || span_move(span, bytes, gfp);
}

void pages_settle(void)
{
	/* Relaxed: a segment too many waits for the next call. */
	if (__atomic_load_n(&nr_empty, __ATOMIC_RELAXED) > KEEP_EMPTY_SEGMENTS)
		unmap_empty(KEEP_EMPTY_SEGMENTS);
}

/* Give these units' pages back, a run of neighbours at a time; return those that stayed. */
static uint32_t purge_units(const struct segment *segment, uint32_t units)
{
	uint32_t stayed = 0;

	while (units) {
		unsigned int first = (unsigned int)__builtin_ctz(units);
		size_t n = 1;

		while (first + n < SEGMENT_UNITS && units >> (first + n) & 1)
			n++;
		if (!os_purge(segment->base + first * UNIT, n * UNIT))
			stayed |= mask_of(first, n);
		units &= ~mask_of(first, n);
	}
	return stayed;
}

/* Free units are nobody's while the system is asked. Wants the lock. */
static void segment_purge(struct segment *segment, uint32_t units)
{
	segment_unlink(segment);
	segment->free &= ~units;
	segment->dirty &= ~units;
	segment_link(segment);
	unlock(&pages_lock);
	uint32_t stayed = purge_units(segment, units);
	lock(&pages_lock);
	segment_unlink(segment);
	segment->free |= units;
	segment->dirty |= stayed;
	segment_link(segment);
}

/* Look at the last segment of a list, which then comes first. @all: not what is idle alone. */
static void purge_last(struct list *list, bool all)
{
	lock(&pages_lock);
	if (!list_empty(list)) {
		struct segment *segment = list_entry(list->prev, struct segment, node);

		segment_unlink(segment);
		segment_link(segment);
		uint32_t units = segment->free & segment->dirty;
		uint32_t old = all ? units : units & segment->idle;
		segment->idle = units & ~old;
		if (old)
			segment_purge(segment, old);
	}
	unlock(&pages_lock);
}

static void purge_list(struct list *list, const size_t *number, bool all)
{
	lock(&pages_lock);
	size_t n = *number;
	unlock(&pages_lock);
	while (n--)
		purge_last(list, all);
}

static bool is_last_empty_older(uint64_t ms)
{
	lock(&pages_lock);
	bool older =
		!list_empty(&empty) &&
		os_now_ms() - list_entry(empty.prev, struct segment, node)->last_freed_ms >= ms;
	unlock(&pages_lock);
	return older;
}

/* One empty segment is kept, so that a program that comes and goes does not map and unmap. */
static void purge_older_than(uint64_t ms)
{
	struct segment *segment;

	while (is_last_empty_older(ms) && (segment = take_empty(1)) != NULL)
		segment_unmap(segment);
	purge_list(&empty, &nr_empty, !ms);
	purge_list(&partial, &nr_partial, !ms);
}

void pages_decay(void)
{
	purge_older_than(DECAY_MS);
}

void pages_purge(void)
{
	purge_older_than(0);
}

void pages_held(size_t *spans, size_t *mapped)
{
	lock(&pages_lock);
	*spans = in_spans;
	*mapped = os_mapped() - map_bytes();
	unlock(&pages_lock);
}
