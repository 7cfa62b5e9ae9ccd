/* SPDX-License-Identifier: MIT */
#ifndef WIPE_H
#define WIPE_H

/*
 * init_on_alloc=1 and init_on_free=1 in the environment, named as Linux's boot parameters: memory
 * is filled with zeros when it is handed out, so that nothing of the past is read from it, or when
 * it is freed, so that nothing stays in it. Caches with a ctor, of RCU-typed objects and with debug
 * flags keep theirs. Such caches have no sheaves: each object passes its slab, where this is done.
 */

#include <stdbool.h>

bool wipe_on_alloc(void);
bool wipe_on_free(void);

#endif
