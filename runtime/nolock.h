/* SPDX-License-Identifier: MIT */
#ifndef NOLOCK_H
#define NOLOCK_H

/*
 * Free what kfree_nolock() could not free at once. No lock held, and not from within freeing: it
 * waits for another thread that is at it.
 */
void nolock_drain(void);

/* For slow paths: mostly one load; what another thread is about to free is left to it. */
void nolock_drain_some(void);

void nolock_lock(void);
void nolock_unlock(void);

#endif
