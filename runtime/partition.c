/* SPDX-License-Identifier: MIT */
#include "partition.h"

#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>

#include <slab/slab-static.h>

#include "buckets.h"
#include "harden.h"
#include "options.h"
#include "random.h"

_Static_assert(PARTITIONS == 1 << 4, "four bits of a hash choose");

/* All but the first copy, which are the classes themselves. */
static struct kmem_buckets copies[PARTITIONS - 1];
static uint64_t seed;
static bool named; /* the copies may be used */

static bool is_on(void)
{
	static struct options_switch option = { "SLAB_RANDOM_KMALLOC", HARDENED, 0 };

	return options_is_on(&option);
}

static void name_copies(void)
{
	/* Like those of a class, all their bytes may be copied anywhere. */
	struct kmem_cache_args args = { .usersize = UINT_MAX };

	for (unsigned int i = 0; i < PARTITIONS - 1; i++) {
		char name[32];

		snprintf(name, sizeof(name), "kmalloc-rnd-%02u", i + 1);
		buckets_name(&copies[i], name, 0, &args);
	}
	seed = random_start();
	/* Release: pairs with the acquire of partition_for() and partition_at_once(). */
	__atomic_store_n(&named, true, __ATOMIC_RELEASE);
}

static void name_once(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, name_copies);
}

/* As early as fork_register(): a first allocation may be one that makes no call. */
__attribute__((constructor(101))) static void name_early(void)
{
	if (is_on())
		name_once();
}

/* The number of the class; KMALLOC_CACHES or more: it is none, or one with accounting. */
static size_t class_of(const struct kmem_cache *s)
{
	return ((uintptr_t)s - (uintptr_t)slab_kmalloc_caches) / sizeof(slab_kmalloc_caches[0]);
}

bool partition_splits(const struct kmem_cache *s)
{
	return class_of(s) < KMALLOC_CACHES && is_on();
}

static struct kmem_cache *copy_of(struct kmem_cache *s, unsigned int n)
{
	return n ? &copies[n - 1].classes[class_of(s)].cache : s;
}

struct kmem_cache *partition_for(struct kmem_cache *s, const void *caller)
{
	if (class_of(s) >= KMALLOC_CACHES)
		return s;
	/* Acquire: pairs with the release of name_copies(). */
	if (!__atomic_load_n(&named, __ATOMIC_ACQUIRE)) {
		if (!is_on())
			return s;
		name_once();
	}
	/* Twice: sites stand at even distances, of which one multiplication makes even ones. */
	uint64_t hash = ((uintptr_t)caller ^ seed) * UINT64_C(0x9e3779b97f4a7c15);
	hash = (hash ^ hash >> 32) * UINT64_C(0x9e3779b97f4a7c15);
	return copy_of(s, (unsigned int)(hash >> 60));
}

struct kmem_cache *partition_at_once(struct kmem_cache *s, unsigned int n)
{
	if (!n)
		return s;
	/* Acquire: pairs with the release of name_copies(). */
	if (class_of(s) >= KMALLOC_CACHES || !__atomic_load_n(&named, __ATOMIC_ACQUIRE))
		return NULL;
	return copy_of(s, n);
}
