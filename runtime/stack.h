/* SPDX-License-Identifier: MIT */
#ifndef STACK_H
#define STACK_H

/*
 * Stacks of calls, each stored once and for good, so that two are the same if their pointers are.
 * What somebody did to an object is a track: in which stack, which thread, and when.
 *
 * Thread-safe, without a lock. Not for signal handlers.
 */

#include <stdint.h>

#include <slab/slab-flags.h>

/* Calls that are kept of a stack, the innermost ones. */
#define STACK_FRAMES 16

struct stack {
	const struct stack *next; /* of the same hash */
	uint64_t hash;
	uint32_t nr;	/* of calls, at least one */
	void *frames[]; /* the addresses that calls return to, innermost first */
};

struct track {
	const struct stack *stack; /* NULL: none was kept */
	uint64_t ms;		   /* of os_now_ms(); 0: this never happened */
	uint32_t thread;	   /* the system's number of it; 0: not known */
};

/*
 * The calls that led here, from the one that returns to @caller on; that one alone where the stack
 * cannot be unwound as far. NULL: no memory. Hold no lock: the first call loads the unwinder.
 * Without __GFP_DIRECT_RECLAIM there is no system call.
 */
const struct stack *stack_capture(const void *caller, gfp_t gfp);

/* Now, in this thread, by @stack. */
struct track track_now(const struct stack *stack, gfp_t gfp);

#endif
