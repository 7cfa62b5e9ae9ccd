/* SPDX-License-Identifier: MIT */
#include "account.h"

#include <errno.h>

#include <slab/slab-account.h>

#include "meta.h"

struct slab_group {
	size_t limit;
	size_t charged;
	size_t users; /* threads whose current one it is */
};

static __thread struct slab_group *current;

struct slab_group *slab_group_create(size_t limit)
{
	struct slab_group *group = meta_alloc(sizeof(*group), GFP_KERNEL);

	if (group)
		group->limit = limit;
	else
		errno = ENOMEM;
	return group;
}

int slab_group_destroy(struct slab_group *group)
{
	if (!group)
		return 0;
	/* Acquire: pairs with the release of the last discharge, the group's last use. */
	if (__atomic_load_n(&group->charged, __ATOMIC_ACQUIRE) ||
	    __atomic_load_n(&group->users, __ATOMIC_ACQUIRE))
		return -EBUSY;
	meta_free(group, sizeof(*group));
	return 0;
}

struct slab_group *slab_group_set_current(struct slab_group *group)
{
	struct slab_group *before = current;

	if (group)
		__atomic_add_fetch(&group->users, 1, __ATOMIC_RELAXED);
	current = group;
	if (before)
		__atomic_sub_fetch(&before->users, 1, __ATOMIC_RELEASE);
	return before;
}

size_t slab_group_charged(const struct slab_group *group)
{
	return __atomic_load_n(&group->charged, __ATOMIC_RELAXED);
}

/* Never above the limit, not even for a moment: another thread's allocation would fail for it. */
bool account_charge(struct slab_group **noted, size_t bytes)
{
	struct slab_group *group = current;

	if (!group)
		return true;
	size_t charged = slab_group_charged(group);
	do {
		if (charged > group->limit || bytes > group->limit - charged)
			return false;
	} while (!__atomic_compare_exchange_n(&group->charged, &charged, charged + bytes, true,
					      __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	*noted = group;
	return true;
}

void account_discharge(struct slab_group **noted, size_t bytes)
{
	struct slab_group *group = *noted;

	if (!group)
		return;
	*noted = NULL;
	__atomic_sub_fetch(&group->charged, bytes, __ATOMIC_RELEASE);
}
