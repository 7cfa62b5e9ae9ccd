/* SPDX-License-Identifier: MIT */
#ifndef LOCK_H
#define LOCK_H

/*
 * A lock for short sections. fork.c lists all locks in the order in which they are taken; it alone
 * holds those of several stores, in the order of the list of caches.
 */

#include <pthread.h>
#include <stdbool.h>

struct lock {
	pthread_mutex_t mutex;
};

#define LOCK_INIT                         \
	{                                 \
		PTHREAD_MUTEX_INITIALIZER \
	}

static inline void lock_init(struct lock *lock)
{
	pthread_mutex_init(&lock->mutex, NULL);
}

/* Before its memory is something else: tools that watch locks should know. */
static inline void lock_end(struct lock *lock)
{
	pthread_mutex_destroy(&lock->mutex);
}

static inline bool trylock(struct lock *lock)
{
	return pthread_mutex_trylock(&lock->mutex) == 0;
}

/*
 * Sections are shorter than a sleep and a wake-up, which take some microseconds: 100 tries with a
 * pause between them take about as long, so that waiting never costs more than twice what the
 * better of the two would.
 */
static inline void lock(struct lock *lock)
{
	for (int tries = 0; tries < 100; tries++) {
		if (trylock(lock))
			return;
#if defined(__x86_64__) || defined(__i386__)
		__builtin_ia32_pause();
#endif
	}
	pthread_mutex_lock(&lock->mutex);
}

static inline void unlock(struct lock *lock)
{
	pthread_mutex_unlock(&lock->mutex);
}

#endif
