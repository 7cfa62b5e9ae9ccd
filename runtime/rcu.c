/* SPDX-License-Identifier: MIT */
#include "rcu.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <urcu/urcu-bp.h>

#include "fault.h"
#include "fork.h"
#include "lock.h"
#include "os.h"

/* What waits for a grace period to begin, the last one first. */
static struct deferred *waiting;
/* What the thread has taken, until it is freed one by one. */
static struct deferred *taken;
static uint64_t nr_deferred; /* ever; each counts before it is on the stack */
/* How an object is freed, and how a slab. */
static void (*free_object)(const void *object);
static void (*free_slab)(struct deferred *deferred);

/*
 * Held from when an object leaves what is taken until it is free, so that a fork() finds it in one
 * place or the other. Outside of all locks that freeing takes.
 */
struct lock rcu_freeing_lock = LOCK_INIT;

struct lock rcu_lock = LOCK_INIT;
static pthread_cond_t work = PTHREAD_COND_INITIALIZER;
static pthread_cond_t progress = PTHREAD_COND_INITIALIZER;
/* Under the lock. */
static bool running;
static uint64_t nr_freed;

static void release(struct deferred *deferred)
{
	if (deferred->object)
		__atomic_load_n(&free_object, __ATOMIC_RELAXED)(deferred->object);
	else
		__atomic_load_n(&free_slab, __ATOMIC_RELAXED)(deferred);
}

/* A fork() may come between any two objects: what it finds in taken has not been freed. */
static uint64_t release_taken(void)
{
	uint64_t n = 0;

	for (; taken; n++) {
		struct deferred *deferred = taken;

		lock(&rcu_freeing_lock);
		taken = deferred->next;
		release(deferred);
		unlock(&rcu_freeing_lock);
	}
	return n;
}

static void take_all(void)
{
	lock(&rcu_lock);
	while (!__atomic_load_n(&waiting, __ATOMIC_RELAXED))
		pthread_cond_wait(&work, &rcu_lock.mutex);
	/* Acquire: pairs with the release of defer(). */
	taken = __atomic_exchange_n(&waiting, NULL, __ATOMIC_ACQUIRE);
	unlock(&rcu_lock);
}

static void *run(void *unused)
{
	for (;;) {
		take_all();
		urcu_bp_synchronize_rcu();
		uint64_t n = release_taken();

		lock(&rcu_lock);
		nr_freed += n;
		pthread_cond_broadcast(&progress);
		unlock(&rcu_lock);
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

/* The thread does not come along; what it had not freed is taken up again. */
static void after_fork(void)
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

int rcu_start(void)
{
	/* Relaxed: who reads an old value looks again under the lock. */
	if (__atomic_load_n(&running, __ATOMIC_RELAXED))
		return 0;
	fork_in_child(FORK_RCU, after_fork);
	lock(&rcu_lock);
	int error = running ? 0 : start_thread();
	__atomic_store_n(&running, !error, __ATOMIC_RELAXED);
	unlock(&rcu_lock);
	return error;
}

static void wake(void)
{
	lock(&rcu_lock);
	pthread_cond_signal(&work);
	unlock(&rcu_lock);
}

static void defer(struct deferred *deferred, const void *object)
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

/* Relaxed in both: always the same value, and seen by whoever sees what waits. */
void rcu_defer_object(struct deferred *deferred, const void *object,
		      void (*free)(const void *object))
{
	__atomic_store_n(&free_object, free, __ATOMIC_RELAXED);
	defer(deferred, object);
}

void rcu_defer_slab(struct deferred *deferred, void (*free)(struct deferred *deferred))
{
	__atomic_store_n(&free_slab, free, __ATOMIC_RELAXED);
	defer(deferred, NULL);
}

void rcu_drain(void)
{
	uint64_t until = __atomic_load_n(&nr_deferred, __ATOMIC_RELAXED);

	lock(&rcu_lock);
	bool behind = nr_freed < until;
	unlock(&rcu_lock);
	/* The thread that a fork() left behind may be impossible to replace. */
	if (!behind || rcu_start() != 0)
		return;
	/* Its callers are halfway through what they do, and it does not last. */
	int held = os_hold_cancellation();
	lock(&rcu_lock);
	while (nr_freed < until)
		pthread_cond_wait(&progress, &rcu_lock.mutex);
	unlock(&rcu_lock);
	os_release_cancellation(held);
}
