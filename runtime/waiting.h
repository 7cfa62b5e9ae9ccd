/* SPDX-License-Identifier: MIT */
#ifndef WAITING_H
#define WAITING_H

/*
 * What a signal handler could not free at once: it waits on a stack that takes no lock to add to,
 * and the next slow path frees it.
 */

#include "lock.h"

/* Held while what waits is freed, so that a fork() finds each object on the stack, or free. */
extern struct lock waiting_lock;

/* Let an object wait, with a link in its first word; @free, the same in all calls, frees it. */
void waiting_add(void *object, void (*free)(const void *object));

/* Free what waits, unless another thread does. Hold no lock. */
void waiting_free_some(void);

/* Free what waits; whatever was added before is free then. Hold no lock. */
void waiting_free_all(void);

#endif
