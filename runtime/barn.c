/* SPDX-License-Identifier: MIT */
#include "barn.h"

#include <string.h>

#include "at_hand.h"
#include "slab.h"

static struct slab_sheaf *pop(struct slab_sheaf **stack)
{
	struct slab_sheaf *sheaf = *stack;

	if (sheaf)
		*stack = sheaf->next;
	return sheaf;
}

static void push(struct slab_sheaf **stack, struct slab_sheaf *sheaf)
{
	sheaf->next = *stack;
	*stack = sheaf;
}

/* The capacity of a sheaf that takes twice the memory. */
static uint32_t twice(uint32_t capacity)
{
	return 2 * capacity + (uint32_t)(sizeof(struct slab_sheaf) / sizeof(void *));
}

static uint32_t half(uint32_t capacity)
{
	return (capacity - (uint32_t)(sizeof(struct slab_sheaf) / sizeof(void *))) / 2;
}

void barn_init(struct slab_barn *barn, uint32_t capacity, size_t stride)
{
	barn->capacity = capacity;
	barn->least = capacity;
	barn->most = capacity;
	size_t base = HAND_SHARE / 2 / (stride + sizeof(void *));
	barn->base = base < capacity ? (uint32_t)(base ? base : 1) : capacity;
	while (twice(barn->most) <= SHEAF_OBJECTS && twice(barn->most) * stride <= SHEAF_BYTES)
		barn->most = twice(barn->most);
	size_t held = BARN_BYTES / stride;
	if (held > BARN_OBJECTS)
		held = BARN_OBJECTS;
	if (held < (size_t)BARN_MIN * capacity)
		held = (size_t)BARN_MIN * capacity;
	barn->max_held = held;
}

uint32_t barn_lower(const struct slab_barn *barn, uint32_t capacity)
{
	uint32_t lower = capacity > 4 ? half(capacity) : 1;

	return lower > barn->base ? lower : barn->base;
}

size_t barn_idle(struct slab_barn *barn)
{
	size_t idle = barn->idle_held;

	barn->idle_held = barn->nr_held;
	return idle;
}

static void set_capacity(struct slab_barn *barn, uint32_t capacity)
{
	struct slab_sheaf *sheaf;

	while ((sheaf = barn_get_empty(barn)) != NULL)
		sheaf_free(sheaf);
	barn->capacity = capacity;
	barn->visits = 0;
}

void barn_visit(struct slab_barn *barn)
{
	if (++barn->visits >= BARN_BUSY && barn->capacity < barn->most)
		set_capacity(barn, twice(barn->capacity));
}

void barn_adapt(struct slab_barn *barn)
{
	if (barn->visits < BARN_BUSY / 8 && barn->capacity > barn->least)
		set_capacity(barn, half(barn->capacity));
	barn->visits = 0;
}

struct slab_sheaf *barn_get_full(struct slab_barn *barn)
{
	struct slab_sheaf *sheaf = pop(&barn->full);

	if (sheaf) {
		barn->nr_full--;
		barn->nr_held -= sheaf->count;
	}
	if (barn->nr_held < barn->idle_held)
		barn->idle_held = barn->nr_held;
	return sheaf;
}

struct slab_sheaf *barn_get_empty(struct slab_barn *barn)
{
	struct slab_sheaf *sheaf = pop(&barn->empty);

	barn->nr_empty -= sheaf != NULL;
	return sheaf;
}

bool barn_put_full(struct slab_barn *barn, struct slab_sheaf *sheaf)
{
	if (!barn_has_room(barn, sheaf->count))
		return false;
	push(&barn->full, sheaf);
	barn->nr_full++;
	barn->nr_held += sheaf->count;
	return true;
}

static size_t take_last(struct slab_barn *barn, struct slab_sheaf *sheaf, void **objects, size_t n)
{
	if (n > sheaf->count)
		n = sheaf->count;
	sheaf->count -= (uint32_t)n;
	memcpy(objects, sheaf->objects + sheaf->count, n * sizeof(*objects));
	barn->nr_held -= n;
	if (barn->nr_held < barn->idle_held)
		barn->idle_held = barn->nr_held;
	return n;
}

/* A full sheaf takes the place of an empty loose one. */
static bool loosen(struct slab_barn *barn)
{
	if (barn->loose && barn->loose->count)
		return true;
	if (!barn->full)
		return false;
	struct slab_sheaf *empty = barn->loose;
	barn->loose = pop(&barn->full);
	barn->nr_full--;
	if (empty && !barn_put_empty(barn, empty))
		sheaf_free(empty);
	return true;
}

size_t barn_take(struct slab_barn *barn, void **objects, size_t n)
{
	size_t taken = 0;

	while (taken < n && loosen(barn))
		taken += take_last(barn, barn->loose, objects + taken, n - taken);
	return taken;
}

/* A loose sheaf with room, NULL: no memory. */
static struct slab_sheaf *loose_with_room(struct slab_barn *barn)
{
	if (barn->loose && barn->loose->count == barn->loose->capacity) {
		push(&barn->full, barn->loose);
		barn->nr_full++;
		barn->loose = NULL;
	}
	if (!barn->loose)
		barn->loose = barn_new_sheaf(barn, GFP_NOWAIT);
	return barn->loose;
}

bool barn_append(struct slab_barn *barn, void *const *objects, size_t n)
{
	if (!barn_has_room(barn, n))
		return false;
	while (n) {
		struct slab_sheaf *loose = loose_with_room(barn);

		if (!loose) {
			store_put(barn, objects, n, false);
			break;
		}
		size_t room = loose->capacity - loose->count;
		size_t moved = n < room ? n : room;
		memcpy(loose->objects + loose->count, objects, moved * sizeof(*objects));
		loose->count += (uint32_t)moved;
		barn->nr_held += moved;
		objects += moved;
		n -= moved;
	}
	return true;
}

bool barn_put_empty(struct slab_barn *barn, struct slab_sheaf *sheaf)
{
	if (barn->nr_empty == BARN_EMPTY || sheaf->capacity != barn->capacity)
		return false;
	push(&barn->empty, sheaf);
	barn->nr_empty++;
	return true;
}

struct slab_sheaf *barn_new_sheaf(struct slab_barn *barn, gfp_t gfp)
{
	struct slab_sheaf *empty = barn_get_empty(barn);

	return empty ? empty : sheaf_alloc(barn->capacity, gfp);
}

struct slab_sheaf *barn_resized_sheaf(struct slab_barn *barn, struct slab_sheaf *sheaf,
				      uint32_t capacity, gfp_t gfp)
{
	if (sheaf->capacity == capacity)
		return sheaf;
	struct slab_sheaf *fitting =
		capacity == barn->capacity ? barn_new_sheaf(barn, gfp) : sheaf_alloc(capacity, gfp);
	if (!fitting)
		return sheaf;
	sheaf_free(sheaf);
	return fitting;
}

bool barn_fill_sheaf(struct slab_barn *barn, struct slab_sheaf *sheaf)
{
	void **limit = sheaf->objects + sheaf->capacity;
	size_t taken = store_take(barn, limit, sheaf->capacity);

	if (taken && taken < sheaf->capacity)
		memmove(sheaf->objects, limit - taken, taken * sizeof(void *));
	sheaf->count = (uint32_t)taken;
	return taken > 0;
}

void barn_retire_sheaf(struct slab_barn *barn, struct slab_sheaf *sheaf, bool quiet)
{
	if (!quiet && sheaf->count == sheaf->capacity && barn_put_full(barn, sheaf))
		return;
	store_put(barn, sheaf->objects, sheaf->count, quiet);
	sheaf->count = 0;
	if (!barn_put_empty(barn, sheaf))
		sheaf_free(sheaf);
}

static void empty_and_free(struct slab_barn *barn, struct slab_sheaf *sheaf)
{
	store_put(barn, sheaf->objects, sheaf->count, false);
	sheaf_free(sheaf);
}

/* The loose sheaf goes, and its objects to the slabs. */
static void loose_empty(struct slab_barn *barn)
{
	struct slab_sheaf *loose = barn->loose;

	if (!loose)
		return;
	barn->loose = NULL;
	barn->nr_held -= loose->count;
	if (barn->nr_held < barn->idle_held)
		barn->idle_held = barn->nr_held;
	empty_and_free(barn, loose);
}

bool barn_decay(struct slab_barn *barn)
{
	lock(&barn->store->lock);
	size_t idle = barn_idle(barn);
	while (barn->full && barn->full->count <= idle) {
		idle -= barn->full->count;
		empty_and_free(barn, barn_get_full(barn));
	}
	if (barn->loose && barn->loose->count <= idle)
		loose_empty(barn);
	barn_adapt(barn);
	bool spares = barn->nr_spares;
	unlock(&barn->store->lock);
	return spares;
}

void barn_empty(struct slab_barn *barn)
{
	struct slab_sheaf *sheaf;

	loose_empty(barn);
	while ((sheaf = barn_get_full(barn)) != NULL)
		empty_and_free(barn, sheaf);
	while ((sheaf = barn_get_empty(barn)) != NULL)
		sheaf_free(sheaf);
}
