/* SPDX-License-Identifier: MIT */
#ifndef MEMPOOL_H
#define MEMPOOL_H

/* mempool.c: the lock of all pools' reserves, for fork(). No other lock is taken under it. */
void mempool_lock(void);
void mempool_unlock(void);
/* The threads that waited do not come along. */
void mempool_after_fork(void);

#endif
