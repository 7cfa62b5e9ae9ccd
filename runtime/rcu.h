/* SPDX-License-Identifier: MIT */
#ifndef RCU_H
#define RCU_H

/*
 * Frees that wait until every reader that may still look has left its read-side critical section
 * (read-copy-update, by liburcu). They pile up on one stack; a thread of the runtime takes it
 * whole, waits for one grace period for all, and frees.
 *
 * The lock of what waits is the innermost of all: rcu_defer() may be called with any other held.
 */

#include <errno.h>
#include <stddef.h>

struct slab;

/* Lies in the memory that waits. */
struct deferred {
	struct deferred *next;
	const void *object; /* for kfree(); NULL: this stands in a slab */
};

#ifdef SLAB_RCU

/* See to it that there is a thread. 0, -EOPNOTSUPP in a library without liburcu, -EAGAIN. */
int rcu_start(void);

/* Free what @deferred lies in after a grace period: @object, or if NULL the slab. */
void rcu_defer(struct deferred *deferred, const void *object);

/* Wait until all that was deferred before is free. Not in a read-side critical section. */
void rcu_drain(void);

/* Its thread frees nothing in between. Outside of every other lock. */
void rcu_pause(void);
void rcu_resume(void);

void rcu_lock(void);
void rcu_unlock(void);
/* The thread does not come along; what it had not freed is taken up again. */
void rcu_after_fork(void);

#else

static inline int rcu_start(void)
{
	return -EOPNOTSUPP;
}

static inline void rcu_defer(struct deferred *deferred, const void *object)
{
	(void)deferred;
	(void)object;
}

static inline void rcu_drain(void)
{
}

static inline void rcu_pause(void)
{
}

static inline void rcu_resume(void)
{
}

static inline void rcu_lock(void)
{
}

static inline void rcu_unlock(void)
{
}

static inline void rcu_after_fork(void)
{
}

#endif

#endif
