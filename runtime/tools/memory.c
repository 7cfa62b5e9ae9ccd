/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include <stdio.h>
#include <stdlib.h>

static void *there(void *memory)
{
	if (!memory) {
		fputs("out of memory\n", stderr);
		exit(1);
	}
	return memory;
}

void *grown(void *array, size_t n, size_t element)
{
	if (n & (n - 1)) /* full at powers of two only */
		return array;
	return there(reallocarray(array, n ? 2 * n : 1, element));
}

void *zeros(size_t n, size_t element)
{
	return there(calloc(n ? n : 1, element));
}
