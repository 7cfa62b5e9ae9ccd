/* SPDX-License-Identifier: MIT */
#include "large.h"

#include <stdint.h>
#include <string.h>

#include "account.h"
#include "meta.h"
#include "sanitizer.h"
#include "wipe.h"

/* Mappings that are kept, of this size at most. */
#define KEPT	   4
#define KEPT_BYTES ((size_t)8 << 20)
/* Calls of large_decay() that one stays for. */
#define KEPT_TICKS 2

/* One place. What is read of it without taking the piece stands beside the piece. */
static struct place {
	struct large *large;
	size_t bytes;
	unsigned int ticks;
} places[KEPT];

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void unmap(struct large *large)
{
	span_free(&large->span);
	meta_free(large, sizeof(*large));
}

static struct large *place_take(struct place *place)
{
	/* Acquire: pairs with the release of place_fill(). */
	return __atomic_exchange_n(&place->large, NULL, __ATOMIC_ACQUIRE);
}

/* False: something is there. Of the rest nothing depends on being seen in order. */
static bool place_fill(struct place *place, struct large *large)
{
	struct large *none = NULL;

	if (__atomic_load_n(&place->large, __ATOMIC_RELAXED))
		return false;
	__atomic_store_n(&place->bytes, large->span.bytes, __ATOMIC_RELAXED);
	__atomic_store_n(&place->ticks, 0, __ATOMIC_RELAXED);
	return __atomic_compare_exchange_n(&place->large, &none, large, false, __ATOMIC_RELEASE,
					   __ATOMIC_RELAXED);
}

/* Keep a mapping, in place of another one if need be. A tool should see uses after a free. */
static void keep_or_unmap(struct large *large)
{
	static unsigned int turn;

	if (large->span.bytes > KEPT_BYTES || sanitizer_on()) {
		unmap(large);
		return;
	}
	for (size_t i = 0; i < KEPT; i++)
		if (place_fill(&places[i], large))
			return;
	unsigned int n = __atomic_fetch_add(&turn, 1, __ATOMIC_RELAXED) % KEPT;
	struct large *other = place_take(&places[n]);
	if (!place_fill(&places[n], large))
		unmap(large);
	if (other)
		unmap(other);
}

/* No more than a quarter too long. */
static bool fits(size_t have, size_t bytes)
{
	return have >= bytes && have - bytes <= bytes / 4;
}

static struct large *take_kept(size_t bytes)
{
	for (size_t i = 0; i < KEPT; i++) {
		if (!__atomic_load_n(&places[i].large, __ATOMIC_RELAXED) ||
		    !fits(__atomic_load_n(&places[i].bytes, __ATOMIC_RELAXED), bytes))
			continue;
		struct large *large = place_take(&places[i]);
		if (large && fits(large->span.bytes, bytes))
			return large;
		if (large) /* another one by now */
			keep_or_unmap(large);
	}
	return NULL;
}

static struct large *map_new(size_t bytes, gfp_t gfp)
{
	struct large *large = meta_alloc(sizeof(*large), gfp);

	if (large && !span_map(&large->span, bytes, gfp)) {
		meta_free(large, sizeof(*large));
		return NULL;
	}
	return large;
}

/* Make all from @from to @to zero: write only where there may be something else. */
static void fill_with_zeros(const struct large *large, size_t from, size_t to)
{
	to = least(to, large->touched);
	if (from < to)
		memset(large->span.base + from, 0, to - from);
}

/* The caller may use so many bytes; what stands behind them may hold something then. */
static void set_size(struct large *large, size_t size)
{
	large->size = size;
	if (large->touched < large->bytes)
		large->touched = large->bytes;
}

struct large *large_alloc(size_t size, gfp_t gfp, const void *caller)
{
	struct slab_group *charged = NULL;
	size_t bytes = span_bytes(size);

	if (size > SIZE_MAX / 2 || (gfp & __GFP_ACCOUNT && !account_charge(&charged, bytes)))
		return NULL;
	struct large *large = take_kept(bytes);
	if (!large)
		large = map_new(bytes, gfp);
	/* What is kept may be in the way. */
	if (!large && large_purge())
		large = map_new(bytes, gfp);
	if (!large) {
		account_discharge(&charged, bytes);
		return NULL;
	}
	large->charged = charged;
	large->charge = bytes;
	large->bytes = bytes;
	if (gfp & __GFP_ZERO || wipe_on_alloc())
		fill_with_zeros(large, 0, size);
	set_size(large, size);
	sanitizer_object(large->span.base, size, gfp & __GFP_ZERO);
	sanitizer_forbid(large->span.base + size, large->span.bytes - size);
	leaks_note(&large->leak, size, caller, gfp);
	/* Relaxed: whoever frees it has got it from here. */
	__atomic_store_n(&large->held, true, __ATOMIC_RELAXED);
	return large;
}

const char *large_free(struct large *large, const void *object)
{
	struct span *span = &large->span;

	if (object != span->base)
		return "invalid free";
	if (!__atomic_exchange_n(&large->held, false, __ATOMIC_RELAXED))
		return "double free";
	leaks_forget(&large->leak);
	if (wipe_on_free()) {
		sanitizer_whole(span->base, span->bytes);
		memset(span->base, 0, large->touched);
		large->touched = 0;
	}
	account_discharge(&large->charged, large->charge);
	sanitizer_free(span->base, span->bytes);
	keep_or_unmap(large);
	return NULL;
}

/* Room for @size bytes: with some more at first, to grow into. */
static bool make_room(struct large *large, size_t size, gfp_t gfp)
{
	struct span *span = &large->span;

	if (size <= span->bytes)
		return true;
	if (size > SIZE_MAX / 4)
		return false;
	return span_resize(span, span_bytes(size + size / 8), gfp) ||
	       span_resize(span, span_bytes(size), gfp);
}

bool large_resize(struct large *large, size_t size, gfp_t gfp, const void *caller)
{
	struct span *span = &large->span;
	bool accounted = large->charged || gfp & __GFP_ACCOUNT;
	size_t before = large->size;

	if ((accounted && size > large->bytes) || !make_room(large, size, gfp))
		return false;
	if (!accounted && span_bytes(size) <= span->bytes / 2)
		span_resize(span, span_bytes(size), gfp);
	large->touched = least(large->touched, span->bytes);
	if (!accounted)
		large->bytes = span_bytes(size);
	if (gfp & __GFP_ZERO)
		fill_with_zeros(large, before, size);
	set_size(large, size);
	sanitizer_trim(span->base, size, span->bytes);
	leaks_forget(&large->leak);
	leaks_note(&large->leak, size, caller, gfp);
	return true;
}

size_t large_use_all(struct large *large)
{
	fill_with_zeros(large, large->size, large->bytes);
	set_size(large, large->bytes);
	sanitizer_whole(large->span.base, large->bytes);
	return large->bytes;
}

static bool unmap_older_than(unsigned int ticks)
{
	bool any = false;

	for (size_t i = 0; i < KEPT; i++) {
		struct place *place = &places[i];

		if (!__atomic_load_n(&place->large, __ATOMIC_RELAXED) ||
		    __atomic_fetch_add(&place->ticks, 1, __ATOMIC_RELAXED) < ticks)
			continue;
		struct large *large = place_take(place);
		if (large)
			unmap(large);
		any = any || large;
	}
	return any;
}

void large_decay(void)
{
	unmap_older_than(KEPT_TICKS);
}

bool large_purge(void)
{
	return unmap_older_than(0);
}
