/* SPDX-License-Identifier: MIT */
#ifndef MEMORY_H
#define MEMORY_H

/* Memory for tools, which end with a message when there is none. */

#include <stddef.h>

/* Room for one element more in an array of @n, whose room doubles when it is full. */
void *grown(void *array, size_t n, size_t element);

/* Zeros. */
void *zeros(size_t n, size_t element);

#endif
