/* SPDX-License-Identifier: MIT */
#ifndef MEMORY_H
#define MEMORY_H

/*
 * Memory for tools. What they keep of a process is bounded, since a hostile one may claim to hold
 * any amount: where there is no more, the tool ends with a message and status 1.
 */

#include <stddef.h>

#define MEMORY_MOST	 ((size_t)128 << 20) /* bytes */
#define MEMORY_MOST_TEXT "128 MiB"

/* Room for one element more in an array of @n, whose room doubles when it is full. */
void *grown(void *array, size_t n, size_t element);

/* Zeros. */
void *zeros(size_t n, size_t element);

/* Give back what grown() or zeros() gave; NULL is allowed. */
void release(void *memory);

#endif
