/* SPDX-License-Identifier: MIT */
#ifndef OPTIONS_H
#define OPTIONS_H

/*
 * What the environment says. A value that means nothing is named in a message and counts for
 * nothing: a library does not end a program for that.
 *
 * SLAB_DEBUG: which caches are looked at more closely, in the syntax of Linux's
 * slab_debug. Blocks are separated by ';', each is letters, and maybe ',' and names that say which
 * caches it is for; '*' ends a prefix. No letters at all mean FZPU.
 *
 * Read once, with a message for each unknown letter: the environment of a running program is
 * no place to look for changes.
 */

#include <stdbool.h>
#include <stdint.h>

#include <slab/slab-flags.h>

/* @flags, which a cache asks for, and those that SLAB_DEBUG has for a cache of this name. */
slab_flags_t options_flags(const char *name, slab_flags_t flags);

/* The letter O: rather no red zones, poison and history than larger slabs. */
bool options_keep_small(void);

/* A switch in the environment, 1 or 0 or a word for it. */
struct options_switch {
	const char *name;
	bool otherwise; /* without it */
	int known;	/* zero at first */
};

/* Read when it is first asked for; two threads at once come to the same answer. */
bool options_is_on(struct options_switch *option);

/* SLAB_LEAKS: who allocates is kept for each object, and the end of the program lists what is left.
 */
bool options_leaks(void);

/* A whole number from @least to @most in the environment; @otherwise without one. */
uint32_t options_number(const char *name, uint32_t least, uint32_t most, uint32_t otherwise);

/* Read the digits at *@at and go behind them. False, and nothing is changed: no number to @most. */
bool options_read_number(const char **at, uint64_t most, uint64_t *number);

#endif
