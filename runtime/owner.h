/* SPDX-License-Identifier: MIT */
#ifndef OWNER_H
#define OWNER_H

/*
 * Shared objects that may be unloaded, and the caches that they hold. An object is told by the
 * place of its program headers, which is its own as long as it is loaded.
 *
 * Objects that were there when the library started are taken to stay.
 */

#include "lock.h"

/*
 * The object around an address, and its file's name; NULL if it is in none, or in one that stays.
 * Call it without a lock of the runtime: it takes one of the dynamic linker.
 */
const void *owner_of(const void *address, const char **file);

/* A fork while the linker's lock is held would leave it so in the child: not on our account. */
extern struct lock owner_lock;

#endif
