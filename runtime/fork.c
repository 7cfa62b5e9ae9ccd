/* SPDX-License-Identifier: MIT */

/*
 * fork(): every lock is held over it, so that the child finds all structs whole. The child then
 * takes back what the threads that it does not have held at hand. An object that such a thread was
 * allocating or freeing at that very moment may stay allocated in the child.
 *
 * The handlers of two forks at once may run interleaved; the lock that is taken first makes
 * the second wait.
 */

#include "fork.h"

#include <pthread.h>

#include "cache.h"
#include "failslab.h"
#include "guard.h"
#include "leaks.h"
#include "mempool.h"
#include "meta.h"
#include "nolock.h"
#include "os.h"
#include "owner.h"
#include "pages.h"
#include "rcu.h"
#include "slab.h"
#include "slots.h"
#include "stack.h"

/* Of the caches that share a store, one stands for all. */
static bool leads(const struct slab_barn *barn)
{
	for (uint32_t tag = 0; tag < barn->tag; tag++)
		if (barn->store->barns[tag])
			return false;
	return true;
}

static void lock_store(struct slab_barn *barn, void *data)
{
	(void)data;
	if (leads(barn))
		lock(&barn->store->lock);
}

static void unlock_store(struct slab_barn *barn, void *data)
{
	(void)data;
	if (leads(barn))
		unlock(&barn->store->lock);
}

static void prepare(void)
{
	rcu_pause();
	nolock_lock();
	owner_lock();
	caches_lock();
	threads_lock();
	caches_walk(lock_store, NULL);
	pages_lock();
	meta_lock();
	rcu_lock();
	mempool_lock();
	failslab_lock();
	guard_lock();
	leaks_lock();
	os_lock();
}

static void release(void)
{
	os_unlock();
	leaks_unlock();
	guard_unlock();
	failslab_unlock();
	mempool_unlock();
	rcu_unlock();
	meta_unlock();
	pages_unlock();
	caches_walk(unlock_store, NULL);
	threads_unlock();
	caches_unlock();
	owner_unlock();
	nolock_unlock();
	rcu_resume();
}

static void child(void)
{
	stack_after_fork();
	rcu_after_fork();
	mempool_after_fork();
	release();
	threads_after_fork();
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
