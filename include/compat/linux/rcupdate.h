/* SPDX-License-Identifier: MIT */
#ifndef SLAB_COMPAT_LINUX_RCUPDATE_H
#define SLAB_COMPAT_LINUX_RCUPDATE_H

/*
 * Read-copy-update by liburcu's flavour "bp", which has most names and meanings of the kernel's:
 * rcu_read_lock(), rcu_dereference(), rcu_assign_pointer(), synchronize_rcu(), call_rcu(),
 * rcu_barrier(), struct rcu_head. The rest is here. Link with liburcu-bp.
 */

#include <urcu-bp.h>

#include <linux/types.h>

#include <slab/slab-rcu.h>

#define callback_head rcu_head

/* Whether a lock is held is not checked. */
#define rcu_read_lock_held()		   1
#define rcu_dereference_raw(p)		   rcu_dereference(p)
#define rcu_dereference_check(p, held)	   rcu_dereference(p)
#define rcu_dereference_protected(p, held) (p)
#define rcu_access_pointer(p)		   CMM_LOAD_SHARED(p)
#define RCU_INITIALIZER(v)		   (v)
#define RCU_INIT_POINTER(p, v)		   CMM_STORE_SHARED(p, v)

/** rcu_replace_pointer - put @v in place of @p and return what was there; the updater's lock held
 */
#define rcu_replace_pointer(p, v, held)            \
	__extension__({                            \
		__typeof__(p) rcu_replaced_ = (p); \
                                                   \
		rcu_assign_pointer(p, v);          \
		rcu_replaced_;                     \
	})

#endif
