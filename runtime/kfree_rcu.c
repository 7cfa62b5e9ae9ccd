/* SPDX-License-Identifier: MIT */

/* The calls that free objects of kmalloc() and of caches after a grace period. */

#include <urcu/urcu-bp.h>

#include <slab/slab-rcu.h>
#include <slab/slab.h>

#include "rcu.h"

void slab_kfree_rcu(void *head, const void *object)
{
	if (ZERO_OR_NULL_PTR(object))
		return;
	/* Without a thread it waits for a later call to start one. */
	rcu_start();
	rcu_defer_object(head, object, kfree);
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
