/* SPDX-License-Identifier: MIT */
#ifndef RCU_H
#define RCU_H

/*
 * Frees that wait until every reader that may still look has left its read-side critical section
 * (read-copy-update, by liburcu). They pile up on one stack; a thread of the runtime takes it
 * whole, waits for one grace period for all, and frees.
 *
 * The lock of what waits is the innermost of all: rcu_defer_slab() may be called with any other
 * held.
 */

#include <errno.h>
#include <stddef.h>

#include "lock.h"

/* Lies in the memory that waits. */
struct deferred {
	struct deferred *next;
	const void *object; /* NULL: this stands in a slab */
};

#ifdef SLAB_RCU

/* See to it that there is a thread. 0, -EOPNOTSUPP in a library without liburcu, -EAGAIN. */
int rcu_start(void);

/*
 * Free what @deferred lies in after a grace period: an object, or a slab. @free is the same in all
 * calls.
 */
void rcu_defer_object(struct deferred *deferred, const void *object,
		      void (*free)(const void *object));
void rcu_defer_slab(struct deferred *deferred, void (*free)(struct deferred *deferred));

/* Wait until all that was deferred before is free. Not in a read-side critical section. */
void rcu_drain(void);

/* Held while the thread frees something. Outside of every other lock. */
extern struct lock rcu_freeing_lock;
extern struct lock rcu_lock;

#else

static inline int rcu_start(void)
{
	return -EOPNOTSUPP;
}

static inline void rcu_defer_slab(struct deferred *deferred,
				  void (*free)(struct deferred *deferred))
{
	(void)deferred;
	(void)free;
}

static inline void rcu_drain(void)
{
}

#endif

#endif
