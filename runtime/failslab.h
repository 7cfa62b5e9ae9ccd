/* SPDX-License-Identifier: MIT */
#ifndef FAILSLAB_H
#define FAILSLAB_H

/* Failures on purpose, for caches with SLAB_FAILSLAB: see <slab/slab-debug.h>. Thread-safe. */

#include <stdbool.h>
#include <stddef.h>

#include "lock.h"

/* Should an allocation of @size bytes fail? */
bool failslab_hit(size_t size);

extern struct lock failslab_lock;

#endif
