/* SPDX-License-Identifier: MIT */
#ifndef FORK_H
#define FORK_H

/*
 * fork(): every lock is held over it, so that the child finds all structs whole. The child then
 * takes back what the threads that it does not have held at hand. An object that such a thread was
 * allocating or freeing at that very moment may stay allocated in the child.
 */

/* Hold all locks over fork() from now on. Idempotent. */
void fork_register(void);

/* What is done in the child, in this order: the threads last, when the locks are free again. */
enum fork_child {
	FORK_STACK,
	FORK_RCU,
	FORK_MEMPOOL,
	FORK_THREADS,
	FORK_CALLS,
};

/* Call @fn in the child from now on. Idempotent, without a lock. */
void fork_in_child(enum fork_child when, void (*fn)(void));

#endif
