/* SPDX-License-Identifier: MIT */
#ifndef MEMPOOL_H
#define MEMPOOL_H

#include "lock.h"

/* mempool.c: the lock of all pools' reserves, for fork(). No other lock is taken under it. */
extern struct lock mempool_lock;

#endif
