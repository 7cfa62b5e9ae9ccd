/* SPDX-License-Identifier: MIT */

/*
 * Attributes of a cache by name, those of Linux's /sys/kernel/slab/NAME/. What Linux has and a
 * thread-cached allocator in user space has not is there with the value that is true here.
 */

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <slab/slab.h>

#include "cache.h"
#include "calls.h"
#include "slab.h"
#include "stats.h"

/* Room for any number and a newline. */
struct room {
	char text[24];
};

/* One of flag, value, text and lines says what is read; none: nothing is, like an empty file. */
struct attribute {
	const char *name;
	slab_flags_t flag;			 /* 1 if the cache has it, else 0 */
	size_t (*value)(struct slab_barn *barn); /* a number */
	/* A line, maybe in @room. */
	const char *(*text)(struct slab_barn *barn, struct room *room);
	int (*store)(struct kmem_cache *s, size_t value);
	/* As many lines as there are, into a buffer; the length, or a negative errno. */
	int (*lines)(struct slab_barn *barn, char *buf, size_t size);
};

static size_t object_size(struct slab_barn *barn)
{
	return barn->object_size;
}

static size_t slab_size(struct slab_barn *barn)
{
	return barn->store->stride;
}

static size_t objs_per_slab(struct slab_barn *barn)
{
	return barn->store->per_slab;
}

/* Slabs need not be a power of two of pages: of the one that holds them. */
static size_t order(struct slab_barn *barn)
{
	size_t order = 0;

	while ((size_t)SLABINFO_PAGE << order < barn->store->slab_bytes)
		order++;
	return order;
}

static size_t align(struct slab_barn *barn)
{
	return barn->align;
}

static size_t sheaf_capacity(struct slab_barn *barn)
{
	struct slab_store *store = barn->store;

	lock(&store->lock);
	size_t capacity = barn->capacity;
	unlock(&store->lock);
	return capacity;
}

static size_t usersize(struct slab_barn *barn)
{
	return barn->usersize;
}

static size_t aliases(struct slab_barn *barn)
{
	struct slab_store *store = barn->store;
	size_t others = 0;

	lock(&store->lock);
	for (uint32_t tag = 0; tag < STORE_SHARERS; tag++)
		others += store->barns[tag] && store->barns[tag] != barn;
	unlock(&store->lock);
	return others;
}

static size_t slabs(struct slab_barn *barn)
{
	struct slab_store *store = barn->store;

	lock(&store->lock);
	size_t n = store->nr_slabs;
	unlock(&store->lock);
	return n;
}

static size_t total_objects(struct slab_barn *barn)
{
	return slabs(barn) * barn->store->per_slab;
}

/* Slabs with objects both free and in use, and how many of these are. */
static void count_partial(struct slab_barn *barn, size_t *n, size_t *objects)
{
	struct slab_store *store = barn->store;

	*n = 0;
	*objects = 0;
	lock(&store->lock);
	for (unsigned int i = 0; i < SLAB_FILLS; i++)
		list_for_each (node, &store->slabs[i]) {
			*objects += list_entry(node, struct slab, node)->inuse;
			++*n;
		}
	unlock(&store->lock);
}

static size_t partial(struct slab_barn *barn)
{
	size_t n;
	size_t objects;

	count_partial(barn, &n, &objects);
	return n;
}

static size_t objects_partial(struct slab_barn *barn)
{
	size_t n;
	size_t objects;

	count_partial(barn, &n, &objects);
	return objects;
}

static size_t sheaves_full(struct slab_barn *barn)
{
	struct slab_store *store = barn->store;

	lock(&store->lock);
	size_t n = barn->nr_full;
	unlock(&store->lock);
	return n;
}

static size_t min_partial(struct slab_barn *barn)
{
	struct slab_store *store = barn->store;

	lock(&store->lock);
	size_t keep = store->keep_empty;
	unlock(&store->lock);
	return keep;
}

/* No slab belongs to a processor or to a thread. */
static size_t none(struct slab_barn *barn)
{
	(void)barn;
	return 0;
}

static const char *slabs_cpu_partial(struct slab_barn *barn, struct room *room)
{
	(void)barn;
	(void)room;
	return "0(0)\n";
}

/* The address of the function. */
static const char *ctor(struct slab_barn *barn, struct room *room)
{
	if (!barn->store->ctor)
		return "";
	snprintf(room->text, sizeof(room->text), "%#zx\n", (size_t)barn->store->ctor);
	return room->text;
}

static int alloc_calls(struct slab_barn *barn, char *buf, size_t size)
{
	return calls_show(barn, false, buf, size);
}

static int free_calls(struct slab_barn *barn, char *buf, size_t size)
{
	return calls_show(barn, true, buf, size);
}

static int store_min_partial(struct kmem_cache *s, size_t value)
{
	struct slab_store *store = s->barn->store;

	lock(&store->lock);
	store->keep_empty = value;
	store_trim(store, value);
	unlock(&store->lock);
	return 0;
}

static int store_zero(struct kmem_cache *s, size_t value)
{
	(void)s;
	return value ? -EINVAL : 0;
}

static int store_shrink(struct kmem_cache *s, size_t value)
{
	if (value != 1)
		return -EINVAL;
	(kmem_cache_shrink)(s);
	return 0;
}

static int store_validate_now(struct kmem_cache *s, size_t value)
{
	if (value != 1)
		return -EINVAL;
	return (kmem_cache_validate)(s) ? -EUCLEAN : 0;
}

static const struct attribute attributes[] = {
	{ "aliases", 0, aliases, NULL, NULL, NULL },
	{ "align", 0, align, NULL, NULL, NULL },
	{ "alloc_calls", 0, NULL, NULL, NULL, alloc_calls },
	{ "cache_dma", SLAB_CACHE_DMA, NULL, NULL, NULL, NULL },
	{ "cpu_partial", 0, none, NULL, store_zero, NULL },
	{ "cpu_slabs", 0, none, NULL, NULL, NULL },
	{ "ctor", 0, NULL, ctor, NULL, NULL },
	{ "destroy_by_rcu", SLAB_TYPESAFE_BY_RCU, NULL, NULL, NULL, NULL },
	{ "failslab", SLAB_FAILSLAB, NULL, NULL, NULL, NULL },
	{ "free_calls", 0, NULL, NULL, NULL, free_calls },
	{ "hwcache_align", SLAB_HWCACHE_ALIGN, NULL, NULL, NULL, NULL },
	{ "min_partial", 0, min_partial, NULL, store_min_partial, NULL },
	{ "object_size", 0, object_size, NULL, NULL, NULL },
	{ "objects", 0, count_active, NULL, NULL, NULL },
	{ "objects_at_hand", 0, count_at_hand, NULL, NULL, NULL },
	{ "objects_partial", 0, objects_partial, NULL, NULL, NULL },
	{ "objs_per_slab", 0, objs_per_slab, NULL, NULL, NULL },
	{ "order", 0, order, NULL, NULL, NULL },
	{ "partial", 0, partial, NULL, NULL, NULL },
	{ "poison", SLAB_POISON, NULL, NULL, NULL, NULL },
	{ "reclaim_account", SLAB_RECLAIM_ACCOUNT, NULL, NULL, NULL, NULL },
	{ "red_zone", SLAB_RED_ZONE, NULL, NULL, NULL, NULL },
	{ "sanity_checks", SLAB_CONSISTENCY_CHECKS, NULL, NULL, NULL, NULL },
	{ "sheaf_capacity", 0, sheaf_capacity, NULL, NULL, NULL },
	{ "sheaves_full", 0, sheaves_full, NULL, NULL, NULL },
	{ "shrink", 0, NULL, NULL, store_shrink, NULL },
	{ "slab_size", 0, slab_size, NULL, NULL, NULL },
	{ "slabs", 0, slabs, NULL, NULL, NULL },
	{ "slabs_cpu_partial", 0, NULL, slabs_cpu_partial, NULL, NULL },
	{ "store_user", SLAB_STORE_USER, NULL, NULL, NULL, NULL },
	{ "total_objects", 0, total_objects, NULL, NULL, NULL },
	{ "trace", SLAB_TRACE, NULL, NULL, NULL, NULL },
	{ "usersize", 0, usersize, NULL, NULL, NULL },
	{ "validate", 0, NULL, NULL, store_validate_now, NULL },
};

#define ATTRIBUTES (sizeof(attributes) / sizeof(attributes[0]))

const char *kmem_cache_attr_name(unsigned int index)
{
	return index < ATTRIBUTES ? attributes[index].name : NULL;
}

static const struct attribute *find(const char *name)
{
	for (size_t i = 0; i < ATTRIBUTES; i++)
		if (strcmp(attributes[i].name, name) == 0)
			return &attributes[i];
	return NULL;
}

static const char *read_attribute(const struct attribute *attribute, struct slab_barn *barn,
				  struct room *room)
{
	if (attribute->text)
		return attribute->text(barn, room);
	if (!attribute->flag && !attribute->value)
		return "";
	size_t value =
		attribute->value ? attribute->value(barn) : (barn->flags & attribute->flag) != 0;
	snprintf(room->text, sizeof(room->text), "%zu\n", value);
	return room->text;
}

int(kmem_cache_attr_show)(struct kmem_cache *s, const char *name, char *buf, size_t size)
{
	const struct attribute *attribute = find(name);
	struct room room;

	if (!attribute)
		return -ENOENT;
	if (!cache_ready(s, "kmem_cache_attr_show()", GFP_KERNEL))
		return -EINVAL;
	if (attribute->lines)
		return attribute->lines(s->barn, buf, size);
	const char *text = read_attribute(attribute, s->barn, &room);
	size_t length = strlen(text);
	if (length >= size)
		return -ENOSPC;
	memcpy(buf, text, length + 1);
	return (int)length;
}

/* A decimal number with at most a newline behind it. */
static bool parse(const char *text, size_t *value)
{
	size_t number = 0;
	const char *digit = text;

	for (; *digit >= '0' && *digit <= '9'; digit++) {
		size_t next = (size_t)(*digit - '0');

		if (number > (SIZE_MAX - next) / 10)
			return false;
		number = number * 10 + next;
	}
	if (digit == text || (*digit && strcmp(digit, "\n") != 0))
		return false;
	*value = number;
	return true;
}

int(kmem_cache_attr_store)(struct kmem_cache *s, const char *name, const char *text)
{
	const struct attribute *attribute = find(name);
	size_t value;

	if (!attribute)
		return -ENOENT;
	if (!attribute->store)
		return -EACCES;
	if (!cache_ready(s, "kmem_cache_attr_store()", GFP_KERNEL) || !parse(text, &value))
		return -EINVAL;
	return attribute->store(s, value);
}
