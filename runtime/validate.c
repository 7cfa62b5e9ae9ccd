/* SPDX-License-Identifier: MIT */
#include "validate.h"

#include <errno.h>

#include <slab/slab.h>

#include "cache.h"
#include "debug.h"
#include "report.h"
#include "slab.h"

/* What is known after a walk over slabs. */
struct check {
	const struct slab_store *store;
	const char *name;
	int faults;
	size_t slabs;
	size_t empty;
	size_t inuse[STORE_SHARERS]; /* by tag */
};

static void fault(struct check *check, const void *where, const char *what)
{
	report_bug_begin("%s: %p: %s", check->name, where, what);
	check->faults++;
}

static void fault_if_not(struct check *check, const char *what, size_t noted, size_t counted)
{
	if (noted == counted)
		return;
	report_bug_begin("%s: %zu %s noted, but %zu counted", check->name, noted, what, counted);
	check->faults++;
}

static bool marked_free(const struct slab *slab, uint32_t index)
{
	return slab->free[index / 64] >> index % 64 & 1;
}

/* Objects between two indices that are marked free. */
static uint32_t count_free(const struct slab *slab, uint32_t from, uint32_t to)
{
	uint32_t n = 0;

	for (; from < to; from++)
		n += marked_free(slab, from);
	return n;
}

/* What is wrong with a slab in this list, NULL if nothing. */
static const char *slab_fault(const struct slab_store *store, const struct slab *slab,
			      uint32_t list)
{
	if (slab->span.store != store)
		return "slab of another store";
	if (slab->span.bytes != store->slab_bytes)
		return "slab of another size";
	if (span_of(slab->span.base) != &slab->span)
		return "slab that its address does not lead to";
	if (slab->frontier > store->per_slab)
		return "frontier behind the last object";
	if (count_free(slab, slab->frontier, store->per_slab))
		return "object above the frontier marked free";
	if (slab->inuse != slab->frontier - count_free(slab, 0, slab->frontier))
		return "objects in use and free map disagree";
	if (slab->list != list || list != slab_list_for(store, slab))
		return "slab in the wrong list";
	if (store->shared && !slab->tags)
		return "slab without tags";
	return NULL;
}

/* False: some object's tag is nobody's. */
static bool count_by_tag(struct check *check, const struct slab *slab)
{
	bool known = true;

	for (uint32_t i = 0; i < slab->frontier; i++) {
		uint32_t tag = slab->tags ? slab->tags[i] : 0;

		if (marked_free(slab, i))
			continue;
		if (tag < STORE_SHARERS && check->store->barns[tag])
			check->inuse[tag]++;
		else
			known = false;
	}
	return known;
}

static void check_slab(struct check *check, const struct slab *slab, uint32_t list)
{
	const char *wrong = slab_fault(check->store, slab, list);

	if (!wrong && !count_by_tag(check, slab))
		wrong = "object in use that belongs to no cache";
	if (wrong)
		fault(check, slab->span.base, wrong);
	check->slabs++;
	check->empty += list == SLAB_EMPTY;
}

static void check_list(struct check *check, uint32_t list)
{
	const struct list *head = &check->store->slabs[list];

	for (const struct list *node = head; node->next != head; node = node->next) {
		if (node->next->prev != node) {
			fault(check, node->next, "broken list of slabs");
			return;
		}
		check_slab(check, list_entry(node->next, struct slab, node), list);
	}
}

static void check_slabs(struct check *check)
{
	const struct slab_store *store = check->store;

	for (uint32_t list = 0; list < SLAB_LISTS; list++) {
		check_list(check, list);
		if (list < SLAB_FILLS &&
		    list_empty(&store->slabs[list]) == (store->fills >> list & 1))
			fault(check, &store->slabs[list], "list of slabs noted wrongly");
	}
	fault_if_not(check, "slabs", store->nr_slabs, check->slabs);
	fault_if_not(check, "empty slabs", store->nr_empty, check->empty);
}

/* Is this an object of the cache that its slab does not take to be free? */
static bool is_out(const struct slab_barn *barn, const void *object)
{
	const struct span *span = span_of(object);

	if (!span || span->store != barn->store)
		return false;
	const struct slab *slab = (const struct slab *)span;
	uint32_t index = store_index(barn->store, slab, object);
	return index < slab->frontier && object_at(barn->store, slab, index) == object &&
	       !marked_free(slab, index) && (!slab->tags || slab->tags[index] == barn->tag);
}

static void check_sheaf(struct check *check, const struct slab_barn *barn,
			const struct slab_sheaf *sheaf, uint32_t count)
{
	if (sheaf->count != count) {
		fault(check, sheaf, "sheaf neither full nor empty");
		return;
	}
	for (uint32_t i = 0; i < count; i++)
		if (!is_out(barn, sheaf->objects[i]))
			fault(check, sheaf->objects[i], "free object that it cannot have");
}

static void check_barn(struct check *check, const struct slab_barn *barn)
{
	size_t full = 0;
	size_t empty = 0;
	size_t held = 0;

	for (const struct slab_sheaf *sheaf = barn->full; sheaf; sheaf = sheaf->next, full++) {
		check_sheaf(check, barn, sheaf, sheaf->capacity);
		held += sheaf->capacity;
	}
	if (barn->loose) {
		check_sheaf(check, barn, barn->loose, barn->loose->count);
		held += barn->loose->count;
	}
	for (const struct slab_sheaf *sheaf = barn->empty; sheaf; sheaf = sheaf->next, empty++)
		check_sheaf(check, barn, sheaf, 0);
	check->name = barn->name;
	fault_if_not(check, "full sheaves", barn->nr_full, full);
	fault_if_not(check, "objects on full sheaves", barn->nr_held, held);
	fault_if_not(check, "empty sheaves", barn->nr_empty, empty);
	fault_if_not(check, "objects in use", barn->nr_inuse, check->inuse[barn->tag]);
}

int store_validate(struct slab_store *store, const char *name)
{
	struct check check = { .store = store, .name = name };

	check_slabs(&check);
	if (check.faults) /* so are the counts that came of them */
		return check.faults;
	for (uint32_t tag = 0; tag < STORE_SHARERS; tag++)
		if (store->barns[tag])
			check_barn(&check, store->barns[tag]);
	return check.faults;
}

int(kmem_cache_validate)(struct kmem_cache *s)
{
	if (!cache_ready(s, "kmem_cache_validate()", GFP_KERNEL))
		return -EINVAL;
	struct slab_store *store = s->barn->store;

	lock(&store->lock);
	int faults = store_validate(store, s->barn->name);
	unlock(&store->lock);
	if (faults)
		report_bug_end();
	return faults + (int)debug_validate(store, __builtin_return_address(0));
}
