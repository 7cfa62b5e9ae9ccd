/* SPDX-License-Identifier: MIT */
#include "snapshot.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

/* How often to read again what does not fit together. */
#define TRIES 50
/* No sane program has more of each; a broken list would never end. */
#define MOST_CACHES  ((size_t)1 << 16)
#define MOST_THREADS ((size_t)1 << 20)
#define MOST_SLABS   ((size_t)1 << 28)
#define MOST_OBJECTS ((size_t)1 << 18) /* in a slab */
#define MOST_AT_HAND ((size_t)1 << 14) /* in a sheaf */

/* Slabs as met on a walk. */
struct slab_walk {
	uint32_t list; /* that they are in */
	struct slab_view *slabs;
	size_t n;
	size_t nr_partial;
};

/* Where something of the program is in an array of ours; a node of a tree of <search.h>. */
struct place {
	remote at;
	size_t index;
};

/* One copy of the library in the program. */
struct reading {
	struct snapshot *snapshot;
	struct target *target;
	enum detail detail;
	remote beacon;
	size_t first_cache;	  /* of this copy */
	void *store_places;	  /* trees of struct place: there may be many thousands, */
	void *cache_places;	  /* and each is looked for many times */
	remote before;		  /* the node in front of the one that is visited */
	struct store_view *store; /* whose slabs are read */
	struct slab_walk *walk;
};

typedef bool visit(struct reading *r, remote node);

/* Follow a list as it is changed: true if it went round through nodes that knew each other. */
static bool walk(struct reading *r, remote head, size_t most, visit *fn)
{
	struct list node;
	remote at = head;

	if (!target_read(r->target, head, &node, sizeof(node)))
		return false;
	while ((remote)node.next != head) {
		remote next = (remote)node.next;

		r->before = at;
		if (!most-- || !target_read(r->target, next, &node, sizeof(node)) ||
		    (remote)node.prev != at || !fn(r, next))
			return false;
		at = next;
	}
	return true;
}

/* ---- where things are ---- */

static int by_place(const void *a, const void *b)
{
	const struct place *x = a;
	const struct place *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

static const struct place *find_place(void *const *tree, remote at)
{
	const struct place wanted = { at, 0 };
	const struct place *const *found = tfind(&wanted, tree, by_place);

	return found ? *found : NULL;
}

static void note_place(void **tree, remote at, size_t index)
{
	struct place *place = zeros(1, sizeof(*place));

	*place = (struct place){ at, index };
	/* A list may lead to one cache twice; the first one counts. */
	struct place *const *met = tsearch(place, tree, by_place);
	if (!met || *met != place)
		release(place);
}

static void forget_places(void **tree)
{
	while (*tree) {
		struct place *place = *(struct place **)*tree;

		tdelete(place, tree, by_place);
		release(place);
	}
}

/* ---- caches ---- */

/* Where the struct slab_store in @store is of use, and could be one. */
static bool is_sane(const struct slab_store *store)
{
	return store->stride && store->per_slab && store->per_slab <= MOST_OBJECTS &&
	       store->slab_bytes / store->stride >= store->per_slab && store->row_bytes &&
	       store->row_shift < 32 && store->nr_slabs <= MOST_SLABS &&
	       store->nr_empty <= store->nr_slabs;
}

static bool add_store(struct reading *r, remote at, size_t *index)
{
	struct snapshot *s = r->snapshot;
	struct slab_store store;
	const struct place *known = find_place(&r->store_places, at);

	if (known) {
		*index = known->index;
		return true;
	}
	if (!target_read(r->target, at, &store, sizeof(store)) || !is_sane(&store))
		return false;
	s->stores = grown(s->stores, s->nr_stores, sizeof(*s->stores));
	s->stores[s->nr_stores] = (struct store_view){
		.at = at,
		.geometry = store,
		.stride = store.stride,
		.slab_bytes = store.slab_bytes,
		.per_slab = store.per_slab,
		.nr_slabs = store.nr_slabs,
		.nr_empty = store.nr_empty,
		.settled = true,
	};
	note_place(&r->store_places, at, s->nr_stores);
	*index = s->nr_stores++;
	return true;
}

/*
 * Is the cache of this number in the list? The number is looked at last: where that of before is
 * still found behind the link, it was the same between.
 */
static bool is_linked(const struct reading *r, remote at, uint64_t serial)
{
	struct list before;
	uint64_t now;

	return target_read(r->target, r->before, &before, sizeof(before)) &&
	       (remote)before.next == at + offsetof(struct slab_barn, node) &&
	       target_read(r->target, at + offsetof(struct slab_barn, serial), &now, sizeof(now)) &&
	       now == serial;
}

/* False: it came or went while it was read, and may be parts of two. */
static bool read_cache(struct reading *r, struct cache_view *cache)
{
	remote at = cache->at;
	uint64_t serial;
	struct slab_barn barn;

	if (!target_read(r->target, at + offsetof(struct slab_barn, serial), &serial,
			 sizeof(serial)) ||
	    !is_linked(r, at, serial) || !target_read(r->target, at, &barn, sizeof(barn)) ||
	    /* Pieces of meta.c have 64 bytes at least, so that much of a name may be read. */
	    !target_read(r->target, (remote)barn.name, cache->name, sizeof(cache->name)) ||
	    !add_store(r, (remote)barn.store, &cache->store) || !is_linked(r, at, serial))
		return false;
	cache->name[sizeof(cache->name) - 1] = '\0';
	target_printable(cache->name);
	cache->object_size = barn.object_size;
	cache->align = barn.align;
	cache->capacity = barn.capacity;
	cache->inuse = barn.nr_inuse;
	cache->in_barn = barn.nr_held;
	cache->guarded = barn.nr_guarded;
	cache->flags = barn.flags;
	cache->lost = !barn.cache;
	return true;
}

static bool add_cache(struct reading *r, remote node)
{
	struct snapshot *s = r->snapshot;
	struct cache_view cache = { .at = node - offsetof(struct slab_barn, node) };

	if (!read_cache(r, &cache) || cache.object_size > s->stores[cache.store].stride)
		return false;
	s->caches = grown(s->caches, s->nr_caches, sizeof(*s->caches));
	note_place(&r->cache_places, cache.at, s->nr_caches);
	s->caches[s->nr_caches++] = cache;
	return true;
}

/* Those that the list leads to; in the end those that were met before it was lost. */
static bool read_caches(struct reading *r)
{
	struct snapshot *s = r->snapshot;
	size_t first_store = s->nr_stores;

	for (int tries = 0; tries < TRIES && !r->target->ended; tries++) {
		s->nr_caches = r->first_cache;
		s->nr_stores = first_store;
		forget_places(&r->cache_places);
		forget_places(&r->store_places);
		if (walk(r, r->beacon + offsetof(struct inspect_beacon, caches), MOST_CACHES,
			 add_cache))
			return true;
	}
	if (r->target->ended)
		return false;
	s->settled = false;
	return s->nr_caches > r->first_cache || target_fail(r->target, "its caches cannot be read");
}

/* ---- slabs ---- */

static void free_slabs(struct slab_view *slabs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		release(slabs[i].objects);
	release(slabs);
}

/* The free map of a slab, as states; @slab is its head. */
static unsigned char *read_objects(const struct reading *r, remote at, const struct slab *slab)
{
	size_t n = r->store->per_slab;
	size_t words = (n + 63) / 64;
	uint64_t *map = zeros(words, sizeof(*map));
	unsigned char *objects = NULL;

	if (slab->frontier <= n &&
	    target_read(r->target, at + offsetof(struct slab, free), map, words * sizeof(*map))) {
		objects = zeros(n, 1);
		for (size_t i = 0; i < slab->frontier; i++)
			objects[i] = map[i / 64] >> i % 64 & 1 ? OBJECT_FREE : OBJECT_HELD;
	}
	release(map);
	return objects;
}

static bool add_slab(struct reading *r, remote node)
{
	const struct store_view *store = r->store;
	struct slab_walk *walk = r->walk;
	remote at = node - offsetof(struct slab, node);
	struct slab slab;

	if (!target_read(r->target, at, &slab, sizeof(slab)) ||
	    (remote)slab.span.store != store->at || slab.inuse > store->per_slab)
		return false;
	struct slab_view view = { (remote)slab.span.base, slab.inuse, NULL };
	if (r->detail == DETAIL_OBJECTS) {
		view.objects = read_objects(r, at, &slab);
		if (!view.objects)
			return false;
	}
	walk->slabs = grown(walk->slabs, walk->n, sizeof(*walk->slabs));
	walk->slabs[walk->n++] = view;
	walk->nr_partial += walk->list < SLAB_FILLS;
	return true;
}

static int by_address(const void *a, const void *b)
{
	const struct slab_view *x = a;
	const struct slab_view *y = b;

	return x->base < y->base ? -1 : x->base > y->base;
}

/* One that went from one list to another may have been met twice. */
static void sort_slabs(struct slab_walk *walk)
{
	size_t kept = 0;

	if (walk->n)
		qsort(walk->slabs, walk->n, sizeof(*walk->slabs), by_address);
	for (size_t i = 0; i < walk->n; i++) {
		if (kept && walk->slabs[kept - 1].base == walk->slabs[i].base)
			release(walk->slabs[i].objects);
		else
			walk->slabs[kept++] = walk->slabs[i];
	}
	walk->n = kept;
}

/* Meet all slabs. True if they are as many as the store says afterwards. */
static bool walk_slabs(struct reading *r, struct slab_walk *slabs)
{
	struct slab_store after;
	bool round = true;

	r->walk = slabs;
	for (slabs->list = 0; slabs->list < SLAB_LISTS; slabs->list++)
		if (!walk(r,
			  r->store->at + offsetof(struct slab_store, slabs) +
				  slabs->list * sizeof(struct list),
			  MOST_SLABS, add_slab))
			round = false;
	sort_slabs(slabs);
	if (!target_read(r->target, r->store->at, &after, sizeof(after)) || !is_sane(&after))
		return false;
	r->store->nr_slabs = after.nr_slabs;
	r->store->nr_empty = after.nr_empty;
	return round && after.nr_slabs == slabs->n;
}

/* The walk that met all, or else the one that met most. */
static void read_slabs(struct reading *r)
{
	struct store_view *store = r->store;

	store->settled = false;
	for (int tries = 0; tries < TRIES && !store->settled && !r->target->ended; tries++) {
		struct slab_walk walk = { 0 };

		store->settled = walk_slabs(r, &walk);
		if (walk.n >= store->nr_read || store->settled) {
			free_slabs(store->slabs, store->nr_read);
			store->slabs = walk.slabs;
			store->nr_read = walk.n;
			store->nr_partial = walk.nr_partial;
		} else {
			free_slabs(walk.slabs, walk.n);
		}
	}
}

/* ---- what is at hand ---- */

static void mark_object(const struct reading *r, const struct cache_view *cache, remote object)
{
	const struct store_view *store = &r->snapshot->stores[cache->store];
	size_t from = 0;
	size_t to = store->nr_read;

	while (from < to) { /* the first slab that lies behind the object */
		size_t middle = from + (to - from) / 2;

		if (store->slabs[middle].base <= object)
			from = middle + 1;
		else
			to = middle;
	}
	if (!from)
		return;
	const struct slab_view *slab = &store->slabs[from - 1];
	size_t index = object_index(&store->geometry, object - slab->base);
	if (index < store->per_slab && slab->objects[index] == OBJECT_HELD)
		slab->objects[index] = OBJECT_AT_HAND;
}

static void mark_objects(const struct reading *r, const struct cache_view *cache, remote from,
			 size_t n)
{
	if (r->detail != DETAIL_OBJECTS || n > MOST_AT_HAND)
		return;
	remote *objects = zeros(n, sizeof(*objects));
	if (target_read(r->target, from, objects, n * sizeof(*objects)))
		for (size_t i = 0; i < n; i++)
			mark_object(r, cache, objects[i]);
	release(objects);
}

/* How many objects a sheaf holds; those are marked. @next is the one behind it. */
static size_t read_sheaf(const struct reading *r, const struct cache_view *cache, remote at,
			 remote *next)
{
	struct slab_sheaf sheaf;

	*next = 0;
	if (!at || !target_read(r->target, at, &sheaf, sizeof(sheaf)) || sheaf.count > MOST_AT_HAND)
		return 0;
	*next = (remote)sheaf.next;
	mark_objects(r, cache, at + offsetof(struct slab_sheaf, objects), sheaf.count);
	return sheaf.count;
}

static void mark_barn(const struct reading *r, const struct cache_view *cache)
{
	struct slab_barn barn;

	if (r->detail != DETAIL_OBJECTS || !target_read(r->target, cache->at, &barn, sizeof(barn)))
		return;
	remote at = (remote)barn.full;
	for (uint32_t i = 0; at && i < barn.nr_full && i < MOST_AT_HAND; i++)
		read_sheaf(r, cache, at, &at);
	read_sheaf(r, cache, (remote)barn.loose, &at);
}

static struct cache_view *find_cache(const struct reading *r, remote barn)
{
	const struct place *place = find_place(&r->cache_places, barn);

	return place ? &r->snapshot->caches[place->index] : NULL;
}

static void read_slot(const struct reading *r, remote at)
{
	struct slab_slot slot;
	remote next;

	if (!target_read(r->target, at, &slot, sizeof(slot)))
		return;
	struct cache_view *cache = find_cache(r, (remote)slot.barn);
	if (!cache)
		return;
	size_t n = ((remote)slot.top - (remote)slot.base) / sizeof(void *);
	if (n <= MOST_AT_HAND) {
		mark_objects(r, cache, (remote)slot.base, n);
		cache->at_hand += n;
	}
	cache->at_hand += read_sheaf(r, cache, (remote)slot.spare, &next);
}

static bool add_thread(struct reading *r, remote node)
{
	struct thread thread;

	if (!target_read(r->target, node - offsetof(struct thread, node), &thread, sizeof(thread)))
		return false;
	for (size_t i = 0; i < SLOTS; i++)
		if (thread.used[i / 64] >> i % 64 & 1)
			read_slot(r, (remote)thread.table + i * sizeof(struct slab_slot));
	r->snapshot->nr_threads++;
	return true;
}

/* Threads come and go: in the end those that were met count. */
static void read_threads(struct reading *r)
{
	struct snapshot *s = r->snapshot;
	size_t others = s->nr_threads; /* of other copies of the library */
	bool round = false;

	for (int tries = 0; tries < TRIES && !round && !r->target->ended; tries++) {
		s->nr_threads = others;
		for (size_t i = r->first_cache; i < s->nr_caches; i++)
			s->caches[i].at_hand = s->caches[i].in_barn;
		round = walk(r, r->beacon + offsetof(struct inspect_beacon, threads), MOST_THREADS,
			     add_thread);
	}
	s->settled = s->settled && round;
}

/* ---- all ---- */

static size_t at_most(size_t value, size_t most)
{
	return value < most ? value : most;
}

/* Threads went on between two looks: what cannot be is made what can. */
static void sum_up(struct snapshot *s)
{
	for (size_t i = 0; i < s->nr_caches; i++) {
		struct cache_view *cache = &s->caches[i];
		struct store_view *store = &s->stores[cache->store];

		cache->inuse = at_most(cache->inuse, store->nr_slabs * store->per_slab);
		cache->at_hand = at_most(cache->at_hand, cache->inuse);
		size_t held = cache->inuse - cache->at_hand;
		cache->active = held + cache->guarded;
		store->sharers++;
		store->held += held;
		store->held_bytes += held * cache->object_size;
	}
	for (size_t i = 0; i < s->nr_stores; i++) {
		struct store_view *store = &s->stores[i];

		store->held = at_most(store->held, store->nr_slabs * store->per_slab);
		store->held_bytes = at_most(store->held_bytes, store_bytes(store));
		s->settled = s->settled && store->settled;
	}
}

static bool read_copy(struct reading *r)
{
	struct snapshot *s = r->snapshot;
	size_t first_store = s->nr_stores;

	r->first_cache = s->nr_caches;
	if (!read_caches(r))
		return false;
	for (size_t i = first_store; i < s->nr_stores && r->detail >= DETAIL_SLABS; i++) {
		r->store = &s->stores[i];
		read_slabs(r);
	}
	for (size_t i = r->first_cache; i < s->nr_caches; i++)
		mark_barn(r, &s->caches[i]);
	read_threads(r);
	return !r->target->ended;
}

bool snapshot_take(struct snapshot *snapshot, struct target *target, enum detail detail)
{
	memset(snapshot, 0, sizeof(*snapshot));
	snapshot->settled = true;
	for (size_t i = 0; i < target->nr_beacons; i++) {
		struct reading r = { .snapshot = snapshot,
				     .target = target,
				     .detail = detail,
				     .beacon = target->beacons[i] };

		bool read = read_copy(&r);

		forget_places(&r.cache_places);
		forget_places(&r.store_places);
		if (!read) {
			snapshot_free(snapshot);
			return false;
		}
	}
	sum_up(snapshot);
	snapshot->nr_shown = snapshot->nr_caches;
	return true;
}

void snapshot_free(struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->nr_stores; i++)
		free_slabs(snapshot->stores[i].slabs, snapshot->stores[i].nr_read);
	release(snapshot->stores);
	release(snapshot->caches);
	memset(snapshot, 0, sizeof(*snapshot));
}

size_t store_bytes(const struct store_view *store)
{
	return store->nr_slabs * store->slab_bytes;
}
