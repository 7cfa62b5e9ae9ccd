/* SPDX-License-Identifier: MIT */
#ifndef OPTIONS_H
#define OPTIONS_H

/*
 * SLAB_DEBUG in the environment: which caches are looked at more closely, in the syntax of Linux's
 * slab_debug. Blocks are separated by ';', each is letters, and maybe ',' and names that say which
 * caches it is for; '*' ends a prefix. No letters at all mean FZPU.
 *
 * Read once, with a message for each letter that is none: the environment of a running program is
 * no place to look for changes.
 */

#include <stdbool.h>

#include <slab/slab-flags.h>

/* @flags, which a cache asks for, and those that SLAB_DEBUG has for a cache of this name. */
slab_flags_t options_flags(const char *name, slab_flags_t flags);

/* The letter O: rather no red zones, poison and history than larger slabs. */
bool options_keep_small(void);

#endif
