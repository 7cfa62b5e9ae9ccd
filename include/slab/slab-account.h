/* SPDX-License-Identifier: MIT */
#ifndef SLAB_SLAB_ACCOUNT_H
#define SLAB_SLAB_ACCOUNT_H

/*
 * Accounting groups: a counter of bytes with a limit. What a thread allocates from SLAB_ACCOUNT
 * caches, and by kmalloc() with __GFP_ACCOUNT, is charged to the thread's current group, and
 * discharged there when it is freed, by any thread. An allocation that would exceed the limit
 * fails with ENOMEM. A charge is what the allocation occupies: the distance of a cache's objects,
 * or ksize(). Everything here is thread-safe.
 */

#include <stddef.h>

#include <slab/slab-flags.h>

#ifdef __cplusplus
extern "C" {
#endif

/** struct slab_group - an accounting group */
struct slab_group;

/** slab_group_create - a group with nothing charged; NULL with errno ENOMEM */
struct slab_group *slab_group_create(size_t limit);

/** slab_group_destroy - end a group; -EBUSY if it is charged or the current one of a thread */
int slab_group_destroy(struct slab_group *group);

/**
 * slab_group_set_current - charge what this thread allocates from now on to a group
 *
 * NULL: to none, as in a new thread. A thread must go back to NULL before it ends. Return: the
 * group that it was before.
 */
struct slab_group *slab_group_set_current(struct slab_group *group);

/** slab_group_charged - the bytes charged now */
size_t slab_group_charged(const struct slab_group *group);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif
