/* SPDX-License-Identifier: MIT */
#ifndef ACCOUNT_H
#define ACCOUNT_H

/* Charging the groups of <slab/slab-account.h>. No locks; fit for signal handlers. */

#include <stdbool.h>
#include <stddef.h>

struct slab_group;

/* Charge this thread's group, if it has one, and note it in @group. False: over its limit. */
bool account_charge(struct slab_group **group, size_t bytes);

/* Take the charge noted in @group back; nothing if there is none. */
void account_discharge(struct slab_group **group, size_t bytes);

#endif
