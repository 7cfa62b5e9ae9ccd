/* SPDX-License-Identifier: MIT */
#include "fork.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cache.h"
#include "failslab.h"
#include "guard.h"
#include "inspect.h"
#include "leaks.h"
#include "mempool.h"
#include "meta.h"
#include "os.h"
#include "owner.h"
#include "pages.h"
#include "rcu.h"
#include "slots.h"
#include "waiting.h"

/*
 * All locks of the library, in the order in which they are taken, outermost first. Those of the
 * stores come between the two tables. The handlers of two forks at once may run interleaved; the
 * lock that is taken first makes the second wait.
 */
static struct lock *const outer[] = {
#ifdef SLAB_RCU
	&rcu_freeing_lock,
#endif
	&waiting_lock,	   &owner_lock, &caches_lock, &threads_lock,
};
static struct lock *const inner[] = {
	&pages_lock,   &meta_lock,
#ifdef SLAB_RCU
	&rcu_lock,
#endif
	&mempool_lock, &failslab_lock, &guard_lock, &leaks_lock, &os_lock,
};

#define NR_OUTER (sizeof(outer) / sizeof(outer[0]))
#define NR_INNER (sizeof(inner) / sizeof(inner[0]))

static void (*in_child[FORK_CALLS])(void);

static void lock_all(struct lock *const *locks, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		lock(locks[i]);
}

static void unlock_all(struct lock *const *locks, size_t nr)
{
	while (nr)
		unlock(locks[--nr]);
}

/* Of the caches that share a store, one stands for all. */
static bool leads(const struct slab_barn *barn)
{
	for (uint32_t tag = 0; tag < barn->tag; tag++)
		if (barn->store->barns[tag])
			return false;
	return true;
}

static void prepare(void)
{
	lock_all(outer, NR_OUTER);
	list_for_each (node, &slab_beacon.caches) {
		struct slab_barn *barn = list_entry(node, struct slab_barn, node);

		if (leads(barn))
			lock(&barn->store->lock);
	}
	lock_all(inner, NR_INNER);
}

static void release(void)
{
	unlock_all(inner, NR_INNER);
	list_for_each (node, &slab_beacon.caches) {
		struct slab_barn *barn = list_entry(node, struct slab_barn, node);

		if (leads(barn))
			unlock(&barn->store->lock);
	}
	unlock_all(outer, NR_OUTER);
}

void fork_in_child(enum fork_child when, void (*fn)(void))
{
	/* Relaxed: a fork() in this thread sees it, and another thread's finds nothing done yet. */
	__atomic_store_n(&in_child[when], fn, __ATOMIC_RELAXED);
}

static void child_does(enum fork_child what)
{
	void (*fn)(void) = __atomic_load_n(&in_child[what], __ATOMIC_RELAXED);

	if (fn)
		fn();
}

static void child(void)
{
	child_does(FORK_STACK);
	child_does(FORK_RCU);
	child_does(FORK_MEMPOOL);
	release();
	child_does(FORK_THREADS);
}

static void register_once(void)
{
	pthread_atfork(prepare, release, child);
}

/* Early, so that a first allocation that may not wait need not; a constructor may come before. */
__attribute__((constructor(101))) void fork_register(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, register_once);
}
