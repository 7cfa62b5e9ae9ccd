/* SPDX-License-Identifier: MIT */
#ifndef STATS_H
#define STATS_H

/* Counts of a cache's objects. Call these without a lock, or with that of the caches alone. */

#include <stddef.h>

/* What tables made for Linux take a page to be, in bytes. */
#define SLABINFO_PAGE 4096

struct slab_barn;

/* Free objects that no slab counts as free: at hand in threads, and in the barn. */
size_t count_at_hand(struct slab_barn *barn);

/* Objects that callers hold. Threads that go on meanwhile may make it too small. */
size_t count_active(struct slab_barn *barn);

#endif
