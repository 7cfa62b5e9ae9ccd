/* SPDX-License-Identifier: MIT */
#include "slots.h"

#include <pthread.h>
#include <string.h>

#include "at_hand.h"
#include "fault.h"
#include "fork.h"
#include "inspect.h"
#include "meta.h"
#include "os.h"

#define TABLE_BYTES  (SLOTS * sizeof(struct slab_slot))
#define MOST_RESTING 16 /* tables kept for the next threads */

_Static_assert(sizeof(struct slab_slot) == 64, "a slot is one cache line");
_Static_assert(SLOTS % 64 == 0, "a bitmap of slots has whole words");

/* Read by threads without a table; never written, so it stays pages of zeros. */
static char no_slots[TABLE_BYTES] __attribute__((aligned(64)));

__thread char *slab_slots = no_slots;
static __thread struct thread *self;
static __thread bool exited;

struct lock threads_lock = LOCK_INIT;
static pthread_key_t exit_key;
static bool have_exit_key;

/* Of threads that have exited, for the next ones: their slots are zero. */
static struct list resting = LIST_INIT(resting);
static size_t nr_resting;
static size_t idle_resting; /* the least of it since threads_decay() */

/*
 * What two sheaves of so many objects together may hold beyond the share of each slot, in bytes,
 * with the sheaves themselves.
 */
static size_t over_share(const struct slab_barn *barn, size_t objects)
{
	size_t bytes = objects * (barn->store->stride + sizeof(void *));

	return bytes > HAND_SHARE ? bytes - HAND_SHARE : 0;
}

static struct slab_sheaf *main_sheaf(const struct slab_slot *slot)
{
	return slot->base ? (struct slab_sheaf *)(void *)((char *)slot->base -
							  offsetof(struct slab_sheaf, objects))
			  : NULL;
}

/* Make a sheaf the main one of a slot. */
static void slot_install(struct slab_slot *slot, struct slab_sheaf *sheaf)
{
	slot->base = sheaf->objects;
	slot->limit = sheaf->objects + sheaf->capacity;
	slab_slot_set_top(slot, sheaf->objects + sheaf->count);
}

/* Objects on the main sheaf. */
static size_t main_count(const struct slab_slot *slot)
{
	return (size_t)(slab_slot_top(slot) - slot->base);
}

/* Take the main sheaf's count from the slot, before it becomes another's. */
static struct slab_sheaf *slot_seal(struct slab_slot *slot)
{
	struct slab_sheaf *sheaf = main_sheaf(slot);

	sheaf->count = (uint32_t)main_count(slot);
	return sheaf;
}

/* The spare sheaf had objects, or gets some. */
static void slot_swap(struct slab_slot *slot)
{
	struct slab_sheaf *old = slot_seal(slot);

	slot->barn->nr_spares += old->count != 0;
	slot->barn->nr_spares -= slot->spare->count != 0;
	slot_install(slot, slot->spare);
	slot->spare = old;
}

/* The slot is about to change its sheaf. */
static void slot_note_change(struct slab_slot *slot)
{
	slot->changes++;
	barn_visit(slot->barn);
}

/* Zero a slot and hand on all it held. Wants the store's lock held. */
static void slot_retire(struct slab_slot *slot, bool quiet)
{
	struct slab_barn *barn = slot->barn;
	struct slab_sheaf *main = slot_seal(slot);
	struct slab_sheaf *spare = slot->spare;

	at_hand_change(over_share(barn, main->capacity + spare->capacity), 0);
	slab_slot_set_top(slot, NULL);
	slot->base = NULL;
	slot->limit = NULL;
	slot->spare = NULL;
	slot->barn = NULL;
	barn->nr_spares -= spare->count != 0;
	barn_retire_sheaf(barn, main, quiet);
	barn_retire_sheaf(barn, spare, quiet);
}

/*
 * A thread's slot for a cache, NULL if it has none with sheaves in it. Looks at memory of slots
 * that have been used alone. Wants the lock of the store held.
 */
static struct slab_slot *slot_in(struct thread *thread, const struct slab_barn *barn)
{
	size_t index = barn->slot / sizeof(struct slab_slot);
	struct slab_slot *slot = (struct slab_slot *)(void *)thread->table + index;
	uint64_t used = __atomic_load_n(&thread->used[index / 64], __ATOMIC_RELAXED);

	return used >> index % 64 & 1 && slot->barn ? slot : NULL;
}

static void thread_free(struct thread *thread)
{
	os_unmap(thread->table, TABLE_BYTES);
	meta_free(thread, sizeof(*thread));
}

/* One from a thread that has exited, or NULL. Wants the lock of the threads held. */
static struct thread *resting_get(void)
{
	if (!nr_resting)
		return NULL;
	struct thread *thread = list_entry(resting.next, struct thread, node);
	list_del(&thread->node);
	nr_resting--;
	if (nr_resting < idle_resting)
		idle_resting = nr_resting;
	return thread;
}

/* Keep what a thread had, all its slots zero, or free it. Wants the lock of the threads held. */
static void resting_put(struct thread *thread)
{
	if (nr_resting == MOST_RESTING) {
		thread_free(thread);
		return;
	}
	memset(thread->used, 0, sizeof(thread->used));
	list_add(&resting, &thread->node);
	nr_resting++;
}

void threads_decay(void)
{
	lock(&threads_lock);
	for (size_t n = idle_resting; n; n--)
		thread_free(resting_get());
	idle_resting = nr_resting;
	unlock(&threads_lock);
}

static void thread_retire_slots(struct thread *thread, bool quiet)
{
	for (size_t word = 0; word < SLOTS / 64; word++) {
		for (uint64_t used = thread->used[word]; used; used &= used - 1) {
			size_t index = word * 64 + (size_t)__builtin_ctzll(used);
			struct slab_slot *slot = (struct slab_slot *)(void *)thread->table + index;
			struct slab_barn *barn = slot->barn;

			if (!barn) /* its cache was destroyed */
				continue;
			lock(&barn->store->lock);
			slot_retire(slot, quiet);
			unlock(&barn->store->lock);
		}
	}
}

/*
 * Runs among the destructors of the thread's other keys. Those that come later may still allocate
 * and free: without a slot, on the slabs.
 */
static void thread_exit(void *thread)
{
	slab_slots = no_slots;
	self = NULL;
	exited = true;
	lock(&threads_lock);
	thread_retire_slots(thread, false);
	list_del(&((struct thread *)thread)->node);
	at_hand_threads(-1);
	resting_put(thread);
	unlock(&threads_lock);
}

/* Made by the first thread; after a failure the next one tries again. */
static bool make_exit_key(void)
{
	lock(&threads_lock);
	if (!have_exit_key)
		have_exit_key = !fault_hit() && pthread_key_create(&exit_key, thread_exit) == 0;
	bool made = have_exit_key;
	unlock(&threads_lock);
	return made;
}

static struct thread *thread_alloc(gfp_t gfp)
{
	lock(&threads_lock);
	struct thread *thread = resting_get();
	unlock(&threads_lock);
	if (thread)
		return thread;
	thread = meta_alloc(sizeof(*thread), gfp);
	if (!thread)
		return NULL;
	thread->table = os_map(TABLE_BYTES, 4096);
	if (!thread->table) {
		meta_free(thread, sizeof(*thread));
		return NULL;
	}
	return thread;
}

/* Take back what the threads that the child does not have had at hand. The locks are free. */
static void threads_after_fork(void)
{
	list_for_each (node, &slab_beacon.threads) {
		struct thread *thread = list_entry(node, struct thread, node);

		if (thread == self)
			continue;
		/* Quiet: a free that the fork cut in two may have left one object twice. */
		thread_retire_slots(thread, true);
		list_del(&thread->node);
		at_hand_threads(-1);
		resting_put(thread);
	}
}

static struct thread *thread_make(gfp_t gfp)
{
	if (exited || !(gfp & __GFP_DIRECT_RECLAIM))
		return NULL;
	fork_in_child(FORK_THREADS, threads_after_fork);
	struct thread *thread = make_exit_key() ? thread_alloc(gfp) : NULL;
	if (!thread)
		return NULL;
	bool set = !fault_hit() && pthread_setspecific(exit_key, thread) == 0;
	lock(&threads_lock);
	if (set) {
		list_add_tail(&slab_beacon.threads, &thread->node);
		at_hand_threads(1);
	} else {
		resting_put(thread);
	}
	unlock(&threads_lock);
	if (!set)
		return NULL;
	self = thread;
	slab_slots = thread->table;
	return thread;
}

/* The capacity of two first sheaves, claimed from the budget; 0: there is none left. */
static uint32_t first_capacity(const struct slab_barn *barn)
{
	size_t part = at_hand_part(0);
	uint32_t capacity = barn->least;

	while (capacity > barn->base && over_share(barn, 2 * (size_t)capacity) > part)
		capacity = barn_lower(barn, capacity);
	return at_hand_claim(0, over_share(barn, 2 * (size_t)capacity)) ? capacity : 0;
}

/* Give a slot of zeros its two sheaves, small ones at first. */
static bool slot_fill_in(struct slab_slot *slot, struct slab_barn *barn, gfp_t gfp)
{
	uint32_t capacity = first_capacity(barn);

	if (!capacity)
		return false;
	struct slab_sheaf *main = sheaf_alloc(capacity, gfp);
	struct slab_sheaf *spare = sheaf_alloc(capacity, gfp);
	if (!main || !spare) {
		at_hand_change(over_share(barn, 2 * (size_t)capacity), 0);
		sheaf_free(main);
		sheaf_free(spare);
		return false;
	}
	size_t index = barn->slot / sizeof(struct slab_slot);
	/* Relaxed: whoever reads it has the lock that is taken next. */
	__atomic_fetch_or(&self->used[index / 64], (uint64_t)1 << index % 64, __ATOMIC_RELAXED);
	lock(&barn->store->lock);
	slot->barn = barn;
	slot->spare = spare;
	slot_install(slot, main);
	unlock(&barn->store->lock);
	return true;
}

struct slab_slot *slot_get(struct slab_barn *barn, gfp_t gfp)
{
	if (!barn->slot || (!self && !thread_make(gfp)))
		return NULL;
	struct slab_slot *slot = slab_slot_at(barn->slot);

	if (!slot->barn && !slot_fill_in(slot, barn, gfp))
		return NULL;
	return slot;
}

static size_t spare_put(struct slab_slot *slot, void *const *objects, size_t n)
{
	struct slab_sheaf *spare = slot->spare;

	if (n > spare->capacity - spare->count)
		n = spare->capacity - spare->count;
	if (!n)
		return 0;
	slot->barn->nr_spares += !spare->count;
	memcpy(spare->objects + spare->count, objects, n * sizeof(*objects));
	spare->count += (uint32_t)n;
	return n;
}

/*
 * An empty sheaf of a slot, or another of the capacity that the cache is used with now and that the
 * budget allows beside the slot's other sheaf, of @other objects.
 */
static struct slab_sheaf *slot_fitting(struct slab_slot *slot, struct slab_sheaf *sheaf,
				       size_t other, gfp_t gfp)
{
	struct slab_barn *barn = slot->barn;
	size_t now = over_share(barn, sheaf->capacity + other);
	size_t part = at_hand_part(now);
	uint32_t wanted = barn->capacity;

	while (wanted > barn->base && over_share(barn, wanted + other) > part)
		wanted = barn_lower(barn, wanted);
	size_t then = over_share(barn, wanted + other);
	if (wanted == sheaf->capacity || !at_hand_claim(now, then))
		return sheaf;
	sheaf = barn_resized_sheaf(barn, sheaf, wanted, gfp);
	/* There was no memory for another one. */
	at_hand_change(then, over_share(barn, sheaf->capacity + other));
	return sheaf;
}

static struct slab_sheaf *fitting_main(struct slab_slot *slot, struct slab_sheaf *empty, gfp_t gfp)
{
	return slot_fitting(slot, empty, slot->spare->capacity, gfp);
}

static void fit_spare(struct slab_slot *slot)
{
	slot->spare = slot_fitting(slot, slot->spare, main_sheaf(slot)->capacity, GFP_NOWAIT);
}

/*
 * Put on the spare sheaf what it has room for of a bulk that filled the main one. To go on with the
 * spare instead would leave it as the main one with too few objects for the next bulk of that size,
 * which would leave too little room for the one after it, and so on without end.
 */
static size_t put_beside(struct slab_slot *slot, void *const *objects, size_t n)
{
	if (!n)
		return 0;
	slot_note_change(slot);
	if (!slot->spare->count)
		fit_spare(slot);
	return spare_put(slot, objects, n);
}

/* The spare one, a full one of the barn, or objects from the slabs. Wants the lock held. */
static bool refill_locked(struct slab_slot *slot, gfp_t gfp)
{
	struct slab_barn *barn = slot->barn;

	slot_note_change(slot);
	if (slot->spare->count) {
		slot_swap(slot);
		return true;
	}
	struct slab_sheaf *empty = fitting_main(slot, slot_seal(slot), gfp & ~(gfp_t)__GFP_NOFAIL);
	if (barn->full && barn->full->capacity == empty->capacity) {
		slot_install(slot, barn_get_full(barn));
		if (!barn_put_empty(barn, empty))
			sheaf_free(empty);
		return true;
	}
	empty->count = (uint32_t)barn_take(barn, empty->objects, empty->capacity);
	bool filled = empty->count || barn_fill_sheaf(barn, empty);
	slot_install(slot, empty);
	return filled;
}

bool slot_refill(struct slab_slot *slot, gfp_t gfp)
{
	struct slab_barn *barn = slot->barn;
	bool grown = true;

	for (;;) {
		lock(&barn->store->lock);
		bool filled = refill_locked(slot, gfp);
		unlock(&barn->store->lock);
		if (filled || !grown)
			return filled;
		grown = slab_grow(barn->store, gfp);
	}
}

/* Full sheaves go to the barn or, where it has enough of them, their objects to the slabs. */
static void slot_hand_on(struct slab_slot *slot)
{
	struct slab_barn *barn = slot->barn;
	struct slab_sheaf *full = slot_seal(slot);
	struct slab_sheaf *empty = NULL;

	if (full->capacity == barn->capacity && barn_has_room(barn, full->count))
		empty = barn_new_sheaf(barn, GFP_NOWAIT);
	if (empty) {
		slot_install(slot, empty);
		barn_put_full(barn, full);
	} else if (full->capacity != barn->capacity &&
		   barn_append(barn, full->objects, full->count)) {
		full->count = 0;
		slot_install(slot, fitting_main(slot, full, GFP_NOWAIT));
	} else {
		slab_slot_set_top(slot, slot->base);
		store_put(barn, full->objects, full->count, false);
	}
}

/* Move what the spare sheaf has room for off the main one, the longest there first. */
static void slot_fill_spare(struct slab_slot *slot)
{
	size_t count = main_count(slot);
	size_t moved = spare_put(slot, slot->base, count);

	memmove(slot->base, slot->base + moved, (count - moved) * sizeof(void *));
	slab_slot_set_top(slot, slot->base + count - moved);
}

/* Make room on a full slot: from the spare sheaf, an empty one of the barn, or a new one. */
static void flush_locked(struct slab_slot *slot)
{
	slot_note_change(slot);
	if (!slot->spare->count) {
		fit_spare(slot);
		slot_swap(slot);
	} else if (slot->spare->count < slot->spare->capacity) {
		slot_fill_spare(slot);
	} else {
		slot_hand_on(slot);
	}
}

void slot_flush(struct slab_slot *slot)
{
	struct slab_barn *barn = slot->barn;

	lock(&barn->store->lock);
	flush_locked(slot);
	unlock(&barn->store->lock);
}

size_t slot_pop_many(struct slab_slot *slot, void **objects, size_t n)
{
	size_t have = main_count(slot);

	if (n > have)
		n = have;
	if (n)
		memcpy(objects, slot->top - n, n * sizeof(*objects));
	slab_slot_set_top(slot, slot->top - n);
	return n;
}

size_t slot_push_many(struct slab_slot *slot, void *const *objects, size_t n)
{
	size_t room = (size_t)(slot->limit - slot->top);

	if (n > room)
		n = room;
	if (n)
		memcpy(slot->top, objects, n * sizeof(*objects));
	slab_slot_set_top(slot, slot->top + n);
	return n;
}

size_t slot_take_many(struct slab_slot *slot, void **objects, size_t n, gfp_t gfp)
{
	struct slab_store *store = slot->barn->store;
	size_t have = 0;

	do {
		lock(&store->lock);
		do
			have += slot_pop_many(slot, objects + have, n - have);
		while (have < n && refill_locked(slot, gfp));
		unlock(&store->lock);
	} while (have < n && slab_grow(store, gfp));
	return have;
}

void slot_put_many(struct slab_slot *slot, void *const *objects, size_t n)
{
	struct slab_store *store = slot->barn->store;
	size_t done = 0;

	lock(&store->lock);
	for (;;) {
		done += slot_push_many(slot, objects + done, n - done);
		done += put_beside(slot, objects + done, n - done);
		if (done == n)
			break;
		flush_locked(slot);
	}
	unlock(&store->lock);
}

void slot_empty_mine(struct slab_barn *barn)
{
	struct slab_slot *slot = slab_slot_at(barn->slot);

	if (!barn->slot || slot->barn != barn)
		return;
	lock(&barn->store->lock);
	slot_retire(slot, false);
	unlock(&barn->store->lock);
}

/* Empty the spare sheaf of a slot, and leave it the smallest one. */
static void spare_empty(struct slab_slot *slot)
{
	struct slab_barn *barn = slot->barn;
	size_t main = main_sheaf(slot)->capacity;
	size_t before = over_share(barn, main + slot->spare->capacity);

	store_put(barn, slot->spare->objects, slot->spare->count, false);
	barn->nr_spares -= slot->spare->count != 0;
	slot->spare->count = 0;
	slot->spare = barn_resized_sheaf(barn, slot->spare, barn->base, GFP_NOWAIT);
	at_hand_change(before, over_share(barn, main + slot->spare->capacity));
}

/* The same for a slot that has not changed its sheaf since the last call. */
static void slot_decay(struct slab_slot *slot)
{
	if (slot->changes == slot->changes_seen && slot->spare->count)
		spare_empty(slot);
	slot->changes_seen = slot->changes;
}

/* Call @fn for all slots of a cache. */
static void each_slot(struct slab_barn *barn, void (*fn)(struct slab_slot *slot))
{
	lock(&threads_lock);
	lock(&barn->store->lock);
	list_for_each (node, &slab_beacon.threads) {
		struct slab_slot *slot = slot_in(list_entry(node, struct thread, node), barn);

		if (slot)
			fn(slot);
	}
	unlock(&barn->store->lock);
	unlock(&threads_lock);
}

void slots_decay(struct slab_barn *barn)
{
	each_slot(barn, slot_decay);
}

void slots_shrink(struct slab_barn *barn)
{
	each_slot(barn, spare_empty);
}

void slots_reclaim(struct slab_barn *barn)
{
	lock(&threads_lock);
	lock(&barn->store->lock);
	list_for_each (node, &slab_beacon.threads) {
		struct slab_slot *slot = slot_in(list_entry(node, struct thread, node), barn);

		if (slot)
			slot_retire(slot, false);
	}
	barn_empty(barn);
	unlock(&barn->store->lock);
	unlock(&threads_lock);
}

static size_t slot_count(const struct slab_slot *slot)
{
	return main_count(slot) + slot->spare->count;
}

size_t slots_count(struct slab_barn *barn)
{
	size_t count = 0;

	lock(&threads_lock);
	lock(&barn->store->lock);
	list_for_each (node, &slab_beacon.threads) {
		struct slab_slot *slot = slot_in(list_entry(node, struct thread, node), barn);

		if (slot)
			count += slot_count(slot);
	}
	unlock(&barn->store->lock);
	unlock(&threads_lock);
	return count;
}
