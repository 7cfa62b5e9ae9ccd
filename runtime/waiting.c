/* SPDX-License-Identifier: MIT */
#include "waiting.h"

#include <stddef.h>

/* Lies in the memory that will be freed. */
struct waiting {
	struct waiting *next;
};

struct lock waiting_lock = LOCK_INIT;

static struct waiting *waiting;
static void (*free_one)(const void *object);

/* One exchange takes all, so that no element can come back between two steps. */
void waiting_add(void *object, void (*free)(const void *object))
{
	struct waiting *added = object;

	/* Relaxed: always the same value, and seen by whoever sees the object. */
	__atomic_store_n(&free_one, free, __ATOMIC_RELAXED);
	added->next = __atomic_load_n(&waiting, __ATOMIC_RELAXED);
	/* Release: who takes it sees the link, and the object as it was freed. */
	while (!__atomic_compare_exchange_n(&waiting, &added->next, added, true, __ATOMIC_RELEASE,
					    __ATOMIC_RELAXED))
		;
}

/* Wants the lock held. */
static void free_all(void)
{
	/* Acquire: pairs with the release of waiting_add(). */
	struct waiting *all = __atomic_exchange_n(&waiting, NULL, __ATOMIC_ACQUIRE);

	while (all) {
		struct waiting *next = all->next;

		__atomic_load_n(&free_one, __ATOMIC_RELAXED)(all);
		all = next;
	}
}

void waiting_free_some(void)
{
	if (!__atomic_load_n(&waiting, __ATOMIC_RELAXED) || !trylock(&waiting_lock))
		return;
	free_all();
	unlock(&waiting_lock);
}

void waiting_free_all(void)
{
	lock(&waiting_lock);
	free_all();
	unlock(&waiting_lock);
}
