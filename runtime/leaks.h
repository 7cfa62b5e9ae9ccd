/* SPDX-License-Identifier: MIT */
#ifndef LEAKS_H
#define LEAKS_H

/*
 * What is still allocated, by cache and by the stack that allocated it. With SLAB_LEAKS=1 in the
 * environment every cache keeps that stack for its objects, and the end of the program lists them;
 * slab_leaks_report() does so at any time.
 */

#include <stddef.h>

#include <slab/slab-flags.h>

#include "list.h"
#include "lock.h"
#include "stack.h"

/* One piece that is in no cache; lies in what describes it. */
struct leak {
	struct list node; /* .next is NULL: not noted */
	size_t bytes;
	struct track track;
};

/* If leaks are wanted, note a piece for the call that returns to @caller. No lock. */
void leaks_note(struct leak *leak, size_t bytes, const void *caller, gfp_t gfp);

/* It is about to be freed. */
void leaks_forget(struct leak *leak);

/* Call @fn for each piece that is noted, under the lock. */
void leaks_walk(void (*fn)(const struct leak *leak, void *data), void *data);

extern struct lock leaks_lock;

#endif
