/* SPDX-License-Identifier: MIT */
#include "rcu.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <urcu/urcu-bp.h>

#include <slab/slab-rcu.h>

#include "fault.h"
#include "lock.h"
#include "slab.h"

/* What waits for a grace period to begin, the last one first. */
static struct deferred *waiting;
/* What the thread has taken, until it is freed one by one. */
static struct deferred *taken;
static uint64_t nr_deferred; /* ever; each counts before it is on the stack */

/*
 * Held from when an object leaves what is taken until it is free, so that a fork() finds it in one
 * place or the other. Outside of all locks that freeing takes.
 */
static struct lock freeing = LOCK_INIT;

static struct lock rcu = LOCK_INIT;
static pthread_cond_t work = PTHREAD_COND_INITIALIZER;
static pthread_cond_t progress = PTHREAD_COND_INITIALIZER;
/* Under the lock. */
static bool running;
static uint64_t nr_freed;

void rcu_pause(void)
{
	lock(&freeing);
}

void rcu_resume(void)
{
	unlock(&freeing);
}

void rcu_lock(void)
{
	lock(&rcu);
}

void rcu_unlock(void)
{
	unlock(&rcu);
}

static void release(struct deferred *deferred)
{
	if (deferred->object)
		kfree(deferred->object);
	else
		slab_release(deferred);
}

/* A fork() may come between any two objects: what it finds in taken has not been freed. */
static uint64_t release_taken(void)
{
	uint64_t n = 0;

	for (; taken; n++) {
		struct deferred *deferred = taken;

		lock(&freeing);
		taken = deferred->next;
		release(deferred);
		unlock(&freeing);
	}
	return n;
}

static void take_all(void)
{
	lock(&rcu);
	while (!__atomic_load_n(&waiting, __ATOMIC_RELAXED))
		pthread_cond_wait(&work, &rcu.mutex);
	/* Acquire: pairs with the release of rcu_defer(). */
	taken = __atomic_exchange_n(&waiting, NULL, __ATOMIC_ACQUIRE);
	unlock(&rcu);
}

static void *run(void *unused)
{
	for (;;) {
		take_all();
		urcu_bp_synchronize_rcu();
		uint64_t n = release_taken();

		lock(&rcu);
		nr_freed += n;
		pthread_cond_broadcast(&progress);
		unlock(&rcu);
	}
	return unused;
}

/* With all signals blocked: they are for the program's own threads. */
static int start_thread(void)
{
	sigset_t all, before;
	pthread_t thread;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int error = fault_hit() ? EAGAIN : pthread_create(&thread, NULL, run, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!error)
		pthread_detach(thread);
	return -error;
}

int rcu_start(void)
{
	/* Relaxed: who reads an old value looks again under the lock. */
	if (__atomic_load_n(&running, __ATOMIC_RELAXED))
		return 0;
	lock(&rcu);
	int error = running ? 0 : start_thread();
	__atomic_store_n(&running, !error, __ATOMIC_RELAXED);
	unlock(&rcu);
	return error;
}

static void wake(void)
{
	lock(&rcu);
	pthread_cond_signal(&work);
	unlock(&rcu);
}

void rcu_defer(struct deferred *deferred, const void *object)
{
	struct deferred *top = __atomic_load_n(&waiting, __ATOMIC_RELAXED);

	deferred->object = object;
	__atomic_fetch_add(&nr_deferred, 1, __ATOMIC_RELAXED);
	do {
		deferred->next = top;
	} while (!__atomic_compare_exchange_n(&waiting, &top, deferred, true, __ATOMIC_RELEASE,
					      __ATOMIC_RELAXED));
	if (!top)
		wake();
}

void rcu_drain(void)
{
	uint64_t until = __atomic_load_n(&nr_deferred, __ATOMIC_RELAXED);

	lock(&rcu);
	bool behind = nr_freed < until;
	unlock(&rcu);
	/* The thread that a fork() left behind may be impossible to replace. */
	if (!behind || rcu_start() != 0)
		return;
	lock(&rcu);
	while (nr_freed < until)
		pthread_cond_wait(&progress, &rcu.mutex);
	unlock(&rcu);
}

void rcu_after_fork(void)
{
	struct deferred **end = &taken;

	pthread_cond_init(&work, NULL);
	pthread_cond_init(&progress, NULL);
	running = false;
	while (*end)
		end = &(*end)->next;
	*end = waiting;
	waiting = taken;
	taken = NULL;
	nr_freed = 0;
	nr_deferred = 0;
	for (const struct deferred *deferred = waiting; deferred; deferred = deferred->next)
		nr_deferred++;
}

void slab_kfree_rcu(void *head, const void *object)
{
	if (ZERO_OR_NULL_PTR(object))
		return;
	/* Without a thread it waits for a later call to start one. */
	rcu_start();
	rcu_defer(head, object);
}

void kfree_rcu_mightsleep(const void *object)
{
	urcu_bp_synchronize_rcu();
	kfree(object);
}

void kvfree_rcu_barrier(void)
{
	rcu_drain();
}
