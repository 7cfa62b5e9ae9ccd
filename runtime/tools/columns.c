/* SPDX-License-Identifier: MIT */
#include "columns.h"

#include <stdlib.h>
#include <string.h>

static const struct store_view *store_of(const struct snapshot *s, const struct cache_view *cache)
{
	return &s->stores[cache->store];
}

size_t percent(size_t part, size_t whole)
{
	return whole ? (size_t)(100.0 * (double)part / (double)whole) : 0;
}

static size_t objects(const struct snapshot *s, const struct cache_view *cache)
{
	return store_of(s, cache)->nr_slabs * store_of(s, cache)->per_slab;
}

static size_t active(const struct snapshot *s, const struct cache_view *cache)
{
	(void)s;
	return cache->active;
}

/* Of all objects of the slabs, in use by any of the caches that share them. */
static size_t use(const struct snapshot *s, const struct cache_view *cache)
{
	return percent(store_of(s, cache)->held, objects(s, cache));
}

static size_t object_size(const struct snapshot *s, const struct cache_view *cache)
{
	(void)s;
	return cache->object_size;
}

static size_t slabs(const struct snapshot *s, const struct cache_view *cache)
{
	return store_of(s, cache)->nr_slabs;
}

static size_t active_slabs(const struct snapshot *s, const struct cache_view *cache)
{
	return store_of(s, cache)->nr_slabs - store_of(s, cache)->nr_empty;
}

static size_t partial(const struct snapshot *s, const struct cache_view *cache)
{
	return store_of(s, cache)->nr_partial;
}

static size_t per_slab(const struct snapshot *s, const struct cache_view *cache)
{
	return store_of(s, cache)->per_slab;
}

static size_t pages(const struct snapshot *s, const struct cache_view *cache)
{
	return store_of(s, cache)->slab_bytes / 4096;
}

static size_t bytes(const struct snapshot *s, const struct cache_view *cache)
{
	return store_bytes(store_of(s, cache));
}

static size_t loss(const struct snapshot *s, const struct cache_view *cache)
{
	const struct store_view *store = store_of(s, cache);

	return store_bytes(store) > store->held_bytes ? store_bytes(store) - store->held_bytes : 0;
}

static size_t partial_percent(const struct snapshot *s, const struct cache_view *cache)
{
	return percent(store_of(s, cache)->nr_partial, store_of(s, cache)->nr_slabs);
}

static size_t efficiency(const struct snapshot *s, const struct cache_view *cache)
{
	return percent(store_of(s, cache)->held_bytes, store_bytes(store_of(s, cache)));
}

static size_t at_hand(const struct snapshot *s, const struct cache_view *cache)
{
	(void)s;
	return cache->at_hand;
}

const struct column columns[] = {
	{ "name", "NAME", "its name", NULL, SHOW_NAME, 'n' },
	{ "objects", "    OBJS", "objects that its slabs have room for", objects, SHOW_NUMBER,
	  'o' },
	{ "active", "  ACTIVE", "objects that callers hold", active, SHOW_NUMBER, 'a' },
	{ "use", " USE", "share of the objects that is held", use, SHOW_PERCENT, 'u' },
	{ "object-size", "OBJSIZE", "size of an object", object_size, SHOW_BYTES, 's' },
	{ "slabs", "  SLABS", "slabs", slabs, SHOW_NUMBER, 'l' },
	{ "active-slabs", " ACTSLAB", "slabs that are not empty", active_slabs, SHOW_NUMBER, 'v' },
	{ "partial", "   PART", "slabs with objects both free and in use", partial, SHOW_NUMBER,
	  'P' },
	{ "per-slab", "OBJ/SLAB", "objects in a slab", per_slab, SHOW_NUMBER, 'b' },
	{ "pages", "PAGES", "pages of 4 KiB in a slab", pages, SHOW_NUMBER, 'p' },
	{ "size", "  SIZE", "bytes of its slabs", bytes, SHOW_BYTES, 'c' },
	{ "loss", "  LOSS", "bytes of its slabs in no object that is held", loss, SHOW_BYTES, 'L' },
	{ "fragmented", " %FR", "share of the slabs that is partly used", partial_percent,
	  SHOW_PERCENT, 'f' },
	{ "efficiency", " %EF", "share of the slabs' bytes that is held", efficiency, SHOW_PERCENT,
	  'e' },
	{ "at-hand", " ATHAND", "free objects at hand in threads", at_hand, SHOW_NUMBER, 'h' },
	{ "flags", "FLAGS", "flags, see slabinfo(1)", NULL, SHOW_FLAGS, 'F' },
	{ 0 },
};

const struct column *column_find(const char *name)
{
	for (const struct column *column = columns; column->key; column++)
		if (strcmp(column->key, name) == 0 ||
		    (column->letter == name[0] && name[0] && !name[1]))
			return column;
	return NULL;
}

/* qsort() passes nothing on. */
static struct {
	const struct snapshot *snapshot;
	const struct column *by;
	int sign;
} order;

static int compare(const void *a, const void *b)
{
	const struct cache_view *x = a;
	const struct cache_view *y = b;
	int by_name = strcmp(x->name, y->name);

	if (!order.by->value)
		return order.sign * by_name;
	size_t of_x = order.by->value(order.snapshot, x);
	size_t of_y = order.by->value(order.snapshot, y);
	return of_x == of_y ? by_name : of_x > of_y ? -order.sign : order.sign;
}

void columns_sort(struct snapshot *s, const struct column *by, bool inverted)
{
	order.snapshot = s;
	order.by = by;
	order.sign = inverted ? -1 : 1;
	if (s->nr_shown)
		qsort(s->caches, s->nr_shown, sizeof(*s->caches), compare);
}

void format_bytes(size_t bytes, char text[8])
{
	static const char units[] = "BKMGTPE";
	double amount = (double)bytes;
	size_t unit = 0;

	for (; amount >= 999.5 && units[unit + 1]; unit++)
		amount /= 1024;
	if (unit == 0)
		snprintf(text, 8, "%zu", bytes);
	else
		snprintf(text, 8, amount < 9.95 ? "%.1f%c" : "%.0f%c", amount, units[unit]);
}

/* The letters of the kernel's tools/mm/slabinfo, '*' for caches that share slabs. */
static void format_flags(const struct snapshot *s, const struct cache_view *cache, char text[16])
{
	static const struct {
		slab_flags_t flag;
		char letter;
	} letters[] = {
		{ SLAB_CACHE_DMA | SLAB_CACHE_DMA32, 'd' },
		{ SLAB_HWCACHE_ALIGN, 'A' },
		{ SLAB_RECLAIM_ACCOUNT, 'a' },
		{ SLAB_TYPESAFE_BY_RCU, 'R' },
		{ SLAB_ACCOUNT, 'C' },
		{ SLAB_CONSISTENCY_CHECKS, 'F' },
		{ SLAB_RED_ZONE, 'Z' },
		{ SLAB_POISON, 'P' },
		{ SLAB_STORE_USER, 'U' },
		{ SLAB_TRACE, 'T' },
		{ SLAB_FAILSLAB, 'O' },
	};
	size_t n = 0;

	if (store_of(s, cache)->sharers > 1)
		text[n++] = '*';
	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (cache->flags & letters[i].flag)
			text[n++] = letters[i].letter;
	if (cache->lost)
		text[n++] = '!';
	text[n] = '\0';
}

void column_format(const struct column *column, const struct snapshot *s,
		   const struct cache_view *cache, char *text, size_t size)
{
	int width = (int)strlen(column->heading);
	size_t value = column->value ? column->value(s, cache) : 0;
	char words[16] = "";

	switch (column->show) {
	case SHOW_NAME:
		snprintf(text, size, "%s", cache->name);
		break;
	case SHOW_FLAGS:
		format_flags(s, cache, words);
		snprintf(text, size, "%-*s", width, words);
		break;
	case SHOW_BYTES:
		format_bytes(value, words);
		snprintf(text, size, "%*s", width, words);
		break;
	case SHOW_PERCENT:
		snprintf(text, size, "%*zu%%", width - 1, value);
		break;
	case SHOW_NUMBER:
		snprintf(text, size, "%*zu", width, value);
		break;
	}
}

struct totals totals_of(const struct snapshot *s)
{
	struct totals t = { .caches = s->nr_caches };

	for (size_t i = 0; i < s->nr_caches; i++) {
		size_t size = s->caches[i].object_size;

		t.active_caches += s->caches[i].active != 0;
		t.smallest = i == 0 || size < t.smallest ? size : t.smallest;
		t.largest = size > t.largest ? size : t.largest;
	}
	for (size_t i = 0; i < s->nr_stores; i++) {
		const struct store_view *store = &s->stores[i];

		t.slabs += store->nr_slabs;
		t.active_slabs += store->nr_slabs - store->nr_empty;
		t.objects += store->nr_slabs * store->per_slab;
		t.bytes += store_bytes(store);
		t.held += store->held;
		t.held_bytes += store->held_bytes;
	}
	return t;
}
