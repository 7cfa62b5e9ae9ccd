/* SPDX-License-Identifier: MIT */
#ifndef SLAB_SLAB_RCU_H
#define SLAB_SLAB_RCU_H

/*
 * Frees that wait for readers (read-copy-update). A library built with liburcu has these, and
 * SLAB_TYPESAFE_BY_RCU; one built without lacks the symbols. Readers use liburcu's flavour "bp",
 * which asks no thread to register: <urcu/urcu-bp.h>, with its names mapped or not.
 *
 * Frees that wait are done by a thread of the library, which starts with the first. A program that
 * forks and goes on to use read-copy-update in the child must tell liburcu, as liburcu says.
 */

#include <slab/kmalloc.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The worker behind kfree_rcu(). */
void slab_kfree_rcu(void *head, const void *object);

/**
 * kfree_rcu_mightsleep - wait for a grace period, then kfree()
 *
 * Not within a read-side critical section: it would wait for itself.
 */
void kfree_rcu_mightsleep(const void *object);

/**
 * kvfree_rcu_barrier - wait until all that kfree_rcu() was given before is free
 *
 * Not within a read-side critical section. kmem_cache_destroy() does it by itself.
 */
void kvfree_rcu_barrier(void);

#ifdef __cplusplus
} /* extern "C" */
#endif

#ifdef __cplusplus
#define SLAB_STATIC_ASSERT static_assert
#else
#define SLAB_STATIC_ASSERT _Static_assert
#endif

/**
 * kfree_rcu - free an object of kmalloc() or any cache as soon as no reader may look at it
 * @p: a pointer to a struct, or NULL, which does nothing
 * @field: a struct rcu_head in it, or any other two words; readers may look at all but that
 *
 * Returns at once, and cannot fail. Fit for every thread, read-side critical sections included.
 */
#define kfree_rcu(p, field)                                                              \
	do {                                                                             \
		__typeof__(p) slab_rcu_ = (p);                                           \
                                                                                         \
		SLAB_STATIC_ASSERT(sizeof(slab_rcu_->field) >= 2 * sizeof(void *),       \
				   "kfree_rcu() needs a field of two words");            \
		slab_kfree_rcu(slab_rcu_ ? (void *)&slab_rcu_->field : NULL, slab_rcu_); \
	} while (0)

/** kvfree_rcu - kfree_rcu() */
#define kvfree_rcu(p, field) kfree_rcu(p, field)

/** kvfree_rcu_mightsleep - kfree_rcu_mightsleep() */
#define kvfree_rcu_mightsleep(p) kfree_rcu_mightsleep(p)

/** kvfree_rcu_barrier_on_cache - kvfree_rcu_barrier(): waits for the objects of all caches */
#define kvfree_rcu_barrier_on_cache(s) ((void)(s), kvfree_rcu_barrier())

#endif
