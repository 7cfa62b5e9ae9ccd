/* SPDX-License-Identifier: MIT */
#ifndef CALLS_H
#define CALLS_H

/*
 * The attributes alloc_calls and free_calls of a cache with SLAB_STORE_USER, in the words of Linux:
 * a line for each call that allocated objects which are still allocated, or freed them in their
 * life before that, with their number, how long ago that was in milliseconds, and the threads.
 *
 *	     12 parse_line+0x1a/0x30 age=0/15/230 pid=4711-4713
 *
 * Processors and nodes, which Linux goes on with, are not noted here.
 */

#include <stdbool.h>
#include <stddef.h>

struct slab_barn;

/*
 * Write the text to @buf and return its length. -ENOSYS: the cache keeps no such calls; -ENOSPC:
 * @size is too small; -ENOMEM. No lock.
 */
int calls_show(struct slab_barn *barn, bool freed, char *buf, size_t size);

#endif
