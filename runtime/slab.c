/* SPDX-License-Identifier: MIT */
#include "slab.h"

#include <string.h>

#include "account.h"
#include "harden.h"
#include "meta.h"
#include "random.h"
#include "report.h"
#include "sanitizer.h"

/*
 * A slab holds this many objects if it can, and wastes no more than a sixteenth. One of spread
 * objects wastes no more than a 64th, lines between rows included, and is a power of two of units,
 * to fill a segment.
 */
#define MIN_OBJECTS	 8
#define MAX_WASTE_DIV	 16
#define SPREAD_WASTE_DIV 64
/* Empty slabs that a store keeps if not told otherwise; pages.c keeps more for all stores together.
 */
#define KEEP_EMPTY 1
/* Of larger objects none: pages.c keeps the same memory as well, and lets it decay. */
#define KEEP_EMPTY_SIZE ((size_t)8 << 10)

_Static_assert(offsetof(struct slab, span) == 0, "span_of() finds slabs");

static uint32_t bitmap_words(uint32_t objects)
{
	return (objects + 63) / 64;
}

static size_t slab_size(const struct slab_store *store)
{
	return sizeof(struct slab) + bitmap_words(store->per_slab) * sizeof(uint64_t);
}

/* Of a stride: how far apart first lines are, but for the whole periods between them. */
static size_t step_of(size_t stride)
{
	return stride & -stride;
}

bool store_has_rows(size_t stride, size_t align)
{
	return stride < SET_PERIOD && step_of(stride) >= 2 * CACHE_LINE && align <= CACHE_LINE;
}

/* Objects in a row, as a power of two: few enough to reach all sets, and no less than a page. */
static uint32_t shift_of_rows(size_t stride, size_t bytes)
{
	size_t rows = step_of(stride) / CACHE_LINE;
	uint32_t shift = 0;

	while (stride << shift < SET_PERIOD || rows * 2 << shift <= bytes / stride)
		shift++;
	return shift;
}

/* Objects in so many bytes, rows of 1 << @shift with @pad bytes between them. */
static size_t objects_in(size_t bytes, size_t stride, uint32_t shift, size_t pad)
{
	size_t row = (stride << shift) + pad;
	size_t rest = bytes % row / stride;
	size_t last = rest < (size_t)1 << shift ? rest : (size_t)1 << shift;

	return (bytes / row << shift) + last;
}

/* The least number of units that holds enough objects with little waste. */
size_t store_slab_bytes(size_t stride, size_t align)
{
	bool rows = store_has_rows(stride, align);
	bool spread = rows || is_spread(stride);
	size_t waste_div = spread ? SPREAD_WASTE_DIV : MAX_WASTE_DIV;

	for (size_t bytes = UNIT; bytes < SEGMENT; bytes += spread ? bytes : UNIT) {
		size_t objects =
			rows ? objects_in(bytes, stride, shift_of_rows(stride, bytes), CACHE_LINE)
			     : bytes / stride;
		size_t waste = bytes - objects * stride;

		if (objects && waste <= bytes / waste_div &&
		    (objects >= MIN_OBJECTS || bytes >= 4 * UNIT))
			return bytes;
	}
	return span_bytes(stride);
}

/*
 * x * ceil(2^32 / divisor) >> 32 is x / divisor while x times the error of the reciprocal stays
 * below 2^32 (Granlund and Montgomery 1994, with the bound made explicit). 0: not up to @most.
 */
static uint64_t reciprocal_of(size_t divisor, size_t most)
{
	uint64_t reciprocal = ((uint64_t)1 << 32) / divisor + 1;
	uint64_t error = reciprocal * divisor - ((uint64_t)1 << 32);

	return error * most < (uint64_t)1 << 32 ? reciprocal : 0;
}

/* Rows of 1 << @shift objects, with @pad bytes between them. */
static void set_rows(struct slab_store *store, uint32_t shift, uint32_t pad)
{
	store->row_shift = shift;
	store->row_pad = pad;
	store->row_bytes = (store->stride << shift) + pad;
	store->reciprocal = reciprocal_of(store->row_bytes, store->slab_bytes);
	store->within = shift ? reciprocal_of(store->stride, store->row_bytes) : 0;
	store->per_slab = (uint32_t)objects_in(store->slab_bytes, store->stride, shift, pad);
}

static void set_fill_scale(struct slab_store *store)
{
	store->fill_scale = ((uint32_t)SLAB_FILLS << 16) / store->per_slab;
}

void store_init(struct slab_store *store, size_t size, size_t align)
{
	lock_init(&store->lock);
	store->stride = store_stride(size, align);
	store->cost = store->stride;
	store->slab_bytes = store_slab_bytes(store->stride, align);
	if (store_has_rows(store->stride, align))
		set_rows(store, shift_of_rows(store->stride, store->slab_bytes), CACHE_LINE);
	else
		set_rows(store, 0, 0);
	set_fill_scale(store);

	store->keep_empty = size <= KEEP_EMPTY_SIZE ? KEEP_EMPTY : 0;
	for (unsigned int i = 0; i < SLAB_LISTS; i++)
		list_init(&store->slabs[i]);
}

void store_place_objects(struct slab_store *store, size_t offset, size_t most)
{
	store->offset = offset;
	set_rows(store, 0, 0);
	if (store->per_slab > most)
		store->per_slab = (uint32_t)most;
	set_fill_scale(store);
}

uint32_t slab_list_for(const struct slab_store *store, const struct slab *slab)
{
	if (slab->inuse == store->per_slab)
		return SLAB_FULL;
	if (slab->inuse == 0)
		return SLAB_EMPTY;
	return slab->inuse * store->fill_scale >> 16;
}

static void slab_link(struct slab_store *store, struct slab *slab)
{
	slab->list = slab_list_for(store, slab);
	list_add(&store->slabs[slab->list], &slab->node);
	store->fills |= ((uint32_t)1 << slab->list) & (((uint32_t)1 << SLAB_FILLS) - 1);
	store->nr_empty += slab->list == SLAB_EMPTY;
}

static void slab_unlink(struct slab_store *store, struct slab *slab)
{
	list_del(&slab->node);
	if (list_empty(&store->slabs[slab->list]))
		store->fills &= ~((uint32_t)1 << slab->list);
	store->nr_empty -= slab->list == SLAB_EMPTY;
}

/* Put a slab whose count has changed where it belongs. */
static void slab_relink(struct slab_store *store, struct slab *slab)
{
	if (slab->list == slab_list_for(store, slab))
		return;
	slab_unlink(store, slab);
	slab_link(store, slab);
}

/* All objects of a slab get the tag of the first barn, 0; harmless where it stays the only one. */
static bool tag_slab(const struct slab_store *store, struct slab *slab, gfp_t gfp)
{
	uint8_t *tags = slab->tags ? slab->tags : meta_alloc(store->per_slab, gfp);

	if (!tags)
		return false;
	/* Release: barn_of() reads without the lock. */
	__atomic_store_n(&slab->tags, tags, __ATOMIC_RELEASE);
	return true;
}

/* Call @fn for each slab until it says false. */
static bool each_slab(struct slab_store *store,
		      bool (*fn)(const struct slab_store *store, struct slab *slab, gfp_t gfp),
		      gfp_t gfp)
{
	for (unsigned int i = 0; i < SLAB_LISTS; i++)
		list_for_each (node, &store->slabs[i]) {
			if (!fn(store, list_entry(node, struct slab, node), gfp))
				return false;
		}
	return true;
}

void store_walk_slabs(struct slab_store *store,
		      void (*fn)(struct slab_store *store, struct slab *slab))
{
	for (unsigned int i = 0; i < SLAB_LISTS; i++)
		list_for_each (node, &store->slabs[i]) {
			fn(store, list_entry(node, struct slab, node));
		}
}

static bool no_fast_free(const struct slab_store *store, struct slab *slab, gfp_t gfp)
{
	(void)store;
	(void)gfp;
	/* Relaxed: kfree() in another thread may use the slot once more, which is still right. */
	__atomic_store_n(&slab->span.run.slot, 0, __ATOMIC_RELAXED);
	return true;
}

void store_no_fast_free(struct slab_store *store)
{
	each_slab(store, no_fast_free, 0);
}

/* A second barn comes: from now on objects must say whose they are. */
static bool store_share(struct slab_store *store, gfp_t gfp)
{
	if (store->shared)
		return true;
	if (!each_slab(store, tag_slab, gfp))
		return false;
	store_no_fast_free(store);
	store->shared = true;
	return true;
}

bool store_join(struct slab_store *store, struct slab_barn *barn, gfp_t gfp)
{
	uint32_t tag = 0;
	bool joined = false;

	lock(&store->lock);
	while (tag < STORE_SHARERS && store->barns[tag])
		tag++;
	if (tag == 0 && !store->shared)
		joined = true;
	else if (tag < STORE_SHARERS)
		joined = store_share(store, gfp);
	if (joined) {
		store->barns[tag] = barn;
		barn->store = store;
		barn->tag = tag;
	}
	unlock(&store->lock);
	return joined;
}

bool store_leave(struct slab_store *store, struct slab_barn *barn)
{
	bool last = true;

	store->barns[barn->tag] = NULL;
	for (uint32_t tag = 0; tag < STORE_SHARERS; tag++)
		last = last && !store->barns[tag];
	return last;
}

struct slab_barn *barn_of(const struct span *span, const void *object)
{
	const struct slab_store *store = span->store;
	const struct slab *slab = (const struct slab *)span;
	const uint8_t *tags = __atomic_load_n(&slab->tags, __ATOMIC_ACQUIRE);

	if (!tags)
		return store->barns[0];
	uint32_t index = object_index(store, (size_t)((const char *)object - span->base));
	return index < store->per_slab ? store->barns[tags[index]] : NULL;
}

static size_t charged_size(const struct slab_store *store)
{
	return store->per_slab * sizeof(struct slab_group *);
}

/* All objects are free, and none lies above the frontier. */
static void free_all(const struct slab_store *store, struct slab *slab)
{
	slab->frontier = store->per_slab;
	for (uint32_t i = 0; i < store->per_slab; i++)
		slab->free[i / 64] |= (uint64_t)1 << i % 64;
}

/* What only the lock makes certain. False: no memory for tags. */
static bool slab_prepare(struct slab_store *store, struct slab *slab, gfp_t gfp)
{
	if (store->random)
		free_all(store, slab);
	if (store->accounts)
		slab->charged = meta_alloc(charged_size(store), gfp);
	if (store->accounts && !slab->charged)
		return false;
	if (!harden_slab(store, slab, gfp))
		return false;
	if (store->shared)
		return tag_slab(store, slab, gfp);
	slab->span.run.slot = store->barns[0]->fast;
	return true;
}

static void slab_free(const struct slab_store *store, struct slab *slab)
{
	if (store->watch)
		store->watch->free(store, slab);
	harden_slab_free(store, slab);
	meta_free(slab->tags, store->per_slab);
	meta_free(slab->charged, charged_size(store));
	span_free(&slab->span);
	meta_free(slab, slab_size(store));
}

bool slab_grow(struct slab_store *store, gfp_t gfp)
{
	struct slab *slab = meta_alloc(slab_size(store), gfp);

	if (!slab)
		return false;
	if (!span_alloc(&slab->span, store->slab_bytes, store, gfp)) {
		meta_free(slab, slab_size(store));
		return false;
	}
	if (store->watch && !store->watch->make(store, slab, gfp)) {
		slab_free(store, slab);
		return false;
	}
	/* Without the lock: a ctor may allocate from other caches. */
	for (uint32_t i = 0; store->ctor && i < store->per_slab; i++)
		store->ctor(object_at(store, slab, i));
	if (store->sanitized)
		sanitizer_forbid(slab->span.base, slab->span.bytes);

	lock(&store->lock);
	bool prepared = slab_prepare(store, slab, gfp);
	if (prepared) {
		store->nr_slabs++;
		slab_link(store, slab);
	}
	unlock(&store->lock);
	if (!prepared)
		slab_free(store, slab);
	return prepared;
}

static void slab_release(struct deferred *deferred)
{
	struct slab *slab = list_entry(deferred, struct slab, deferred);

	slab_free(slab->span.store, slab);
}

static void slab_drop(struct slab_store *store, struct slab *slab)
{
	if (store->watch)
		store->watch->check(store, slab);
	slab_unlink(store, slab);
	store->nr_slabs--;
	if (store->by_rcu)
		rcu_defer_slab(&slab->deferred, slab_release);
	else
		slab_free(store, slab);
}

static void *hand_out(const struct slab_barn *barn, struct slab *slab, uint32_t index)
{
	const struct slab_store *store = barn->store;
	void *object = object_at(store, slab, index);

	if (slab->tags)
		slab->tags[index] = (uint8_t)barn->tag;
	if (store->sanitized)
		sanitizer_object(object, barn->object_size, store->ctor != NULL);
	if (store->wiped_out)
		memset(object, 0, barn->object_size);
	return object;
}

/* Objects that were freed before, in address order. */
static size_t take_freed(const struct slab_barn *barn, struct slab *slab, void **end, size_t n)
{
	uint32_t words = bitmap_words(slab->frontier);
	size_t taken = 0;

	for (uint32_t word = 0; word < words && taken < n; word++) {
		uint64_t free = slab->free[word];

		for (; free && taken < n; free &= free - 1) {
			uint32_t index = word * 64 + (uint32_t)__builtin_ctzll(free);

			*--end = hand_out(barn, slab, index);
			taken++;
		}
		slab->free[word] = free;
	}
	return taken;
}

static size_t take_untouched(const struct slab_barn *barn, struct slab *slab, void **end, size_t n)
{
	size_t taken = 0;

	for (; taken < n && slab->frontier < barn->store->per_slab; taken++)
		*--end = hand_out(barn, slab, slab->frontier++);
	return taken;
}

/* One of the set bits, by chance, but more often one that follows a gap. */
static uint32_t any_bit(uint64_t bits, uint32_t turn)
{
	uint64_t turned = bits >> turn % 64 | bits << -turn % 64;

	return ((uint32_t)__builtin_ctzll(turned) + turn) % 64;
}

/* A free object of a slab that has one: from a word on that chance picks, and chance within it. */
static uint32_t any_free(struct slab_store *store, const struct slab *slab)
{
	uint32_t words = bitmap_words(slab->frontier);
	uint32_t word = random_below(&store->random, words);

	while (!slab->free[word])
		word = word + 1 < words ? word + 1 : 0;
	return word * 64 + any_bit(slab->free[word], random_below(&store->random, 64));
}

/* Free objects in no order that can be foreseen. */
static size_t take_any(const struct slab_barn *barn, struct slab *slab, void **end, size_t n)
{
	size_t free = slab->frontier - slab->inuse;
	size_t taken = 0;

	for (; taken < n && taken < free; taken++) {
		uint32_t index = any_free(barn->store, slab);

		slab->free[index / 64] &= ~((uint64_t)1 << index % 64);
		*--end = hand_out(barn, slab, index);
	}
	return taken;
}

static size_t take_by_address(const struct slab_barn *barn, struct slab *slab, void **end, size_t n)
{
	size_t taken = 0;

	/* What was freed comes last, so that a late user of it is seen. */
	if (barn->store->sanitized)
		taken = take_untouched(barn, slab, end, n);
	taken += take_freed(barn, slab, end - taken, n - taken);
	return taken + take_untouched(barn, slab, end - taken, n - taken);
}

/* The fullest slab with a free object; an empty one only if there is no other. */
static struct slab *pick(struct slab_store *store)
{
	unsigned int list = SLAB_EMPTY;

	if (store->fills)
		list = 31u - (unsigned int)__builtin_clz(store->fills);
	if (list_empty(&store->slabs[list]))
		return NULL;
	return list_entry(store->slabs[list].next, struct slab, node);
}

/* The fullest slab has all but untouched objects out, and these are zeros. */
static bool next_is_zeros(const struct slab_store *store, const struct slab *slab)
{
	return slab && slab->span.zeros && !store->random && slab->inuse == slab->frontier &&
	       slab->frontier < store->per_slab;
}

bool store_take_zeros(struct slab_barn *barn, void **object)
{
	struct slab *slab = pick(barn->store);

	*object = NULL;
	if (next_is_zeros(barn->store, slab)) {
		take_untouched(barn, slab, object + 1, 1);
		slab->inuse++;
		slab_relink(barn->store, slab);
		barn->nr_inuse++;
	}
	return slab || barn->nr_full;
}

size_t store_take(struct slab_barn *barn, void **end, size_t n)
{
	struct slab_store *store = barn->store;
	size_t taken = 0;

	while (taken < n) {
		struct slab *slab = pick(store);
		if (!slab)
			break;
		size_t more = store->random ? take_any(barn, slab, end - taken, n - taken)
					    : take_by_address(barn, slab, end - taken, n - taken);
		taken += more;
		slab->inuse += (uint32_t)more;
		slab_relink(store, slab);
	}
	barn->nr_inuse += taken;
	return taken;
}

/* Mark one object free; NULL, or what is wrong with it. */
static const char *put_one(const struct slab_barn *barn, struct slab *slab, const void *object)
{
	const struct slab_store *store = barn->store;
	uint32_t index;

	if (!slab_find_object(store, slab, object, &index) || index >= slab->frontier)
		return INVALID_FREE;
	uint64_t bit = (uint64_t)1 << index % 64;
	if (slab->tags && slab->tags[index] != barn->tag)
		return NOT_OF_THIS_CACHE;
	if (slab->free[index / 64] & bit)
		return DOUBLE_FREE;
	slab->free[index / 64] |= bit;
	slab->inuse--;
	if (store->wiped_in)
		memset(object_at(store, slab, index), 0, barn->object_size);
	if (store->sanitized)
		sanitizer_free(object, barn->object_size);
	return NULL;
}

static struct slab *slab_of(const struct slab_store *store, const void *object)
{
	struct span *span = span_of(object);

	return span && span->store == store ? (struct slab *)span : NULL;
}

static bool slab_holds(const struct slab *slab, const void *object)
{
	return slab && (uintptr_t)object - (uintptr_t)slab->span.base < slab->span.bytes;
}

void store_put_only(struct slab_barn *barn, void *const *objects, size_t n, bool quiet)
{
	struct slab_store *store = barn->store;
	struct slab *slab = NULL;

	/* A slab is put in its list once for each run of its objects, not once for each object. */
	for (size_t i = 0; i < n; i++) {
		if (!slab_holds(slab, objects[i])) {
			if (slab)
				slab_relink(store, slab);
			slab = slab_of(store, objects[i]);
		}
		const char *wrong = slab ? put_one(barn, slab, objects[i]) : NOT_OF_THIS_CACHE;
		if (!wrong)
			barn->nr_inuse--;
		else if (!quiet)
			report_bug("%s: %s: %p", barn->name, wrong, objects[i]);
	}
	if (slab)
		slab_relink(store, slab);
}

void store_put(struct slab_barn *barn, void *const *objects, size_t n, bool quiet)
{
	store_put_only(barn, objects, n, quiet);
	store_trim(barn->store, barn->store->keep_empty);
}

/* Where an object's group is noted; NULL: nowhere, or it is no object of the store. */
static struct slab_group **group_of(const struct slab_store *store, const void *object)
{
	struct slab *slab = store->accounts ? slab_of(store, object) : NULL;
	uint32_t index;

	return slab && slab_find_object(store, slab, object, &index) ? &slab->charged[index] : NULL;
}

bool object_charge(const struct slab_barn *barn, const void *object)
{
	struct slab_group **group = group_of(barn->store, object);

	return !group || account_charge(group, barn->store->cost);
}

void object_discharge(const struct slab_barn *barn, const void *object)
{
	struct slab_group **group = group_of(barn->store, object);

	if (group)
		account_discharge(group, barn->store->cost);
}

void store_trim(struct slab_store *store, size_t keep)
{
	while (store->nr_empty > keep)
		slab_drop(store, list_entry(store->slabs[SLAB_EMPTY].prev, struct slab, node));
}

static bool is_live(const struct slab_barn *barn, const struct slab *slab, uint32_t index)
{
	if (slab->tags && slab->tags[index] != barn->tag)
		return false;
	return !(slab->free[index / 64] >> index % 64 & 1);
}

static void slab_walk_live(const struct slab_barn *barn, const struct slab *slab,
			   void (*fn)(void *object, void *data), void *data)
{
	for (uint32_t i = 0; i < slab->frontier; i++)
		if (is_live(barn, slab, i))
			fn(object_at(barn->store, slab, i), data);
}

void store_walk_live(struct slab_barn *barn, void (*fn)(void *object, void *data), void *data)
{
	for (unsigned int i = 0; i <= SLAB_FULL; i++) {
		list_for_each (node, &barn->store->slabs[i])
			slab_walk_live(barn, list_entry(node, struct slab, node), fn, data);
	}
}
