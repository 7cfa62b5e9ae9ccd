/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

/* Bytes that are allocated now, as malloc() rounds them. */
static size_t taken;

static _Noreturn void die(const char *why)
{
	fprintf(stderr, "%s: %s\n", program_invocation_short_name, why);
	exit(EXIT_FAILURE);
}

/* Before the pages exist: what a process claims to hold must not cost that size. */
static void check_room(size_t n, size_t element)
{
	if (n > (MEMORY_MOST - taken) / element)
		die("gave up: the process claims more caches, slabs or objects than fit into " MEMORY_MOST_TEXT);
}

static void *counted(void *memory, size_t before)
{
	if (!memory)
		die("out of memory");
	taken += malloc_usable_size(memory) - before;
	return memory;
}

void *grown(void *array, size_t n, size_t element)
{
	if (n & (n - 1)) /* full at powers of two only */
		return array;
	size_t before = malloc_usable_size(array);
	size_t room = n ? 2 * n : 1;

	check_room(room, element);
	return counted(reallocarray(array, room, element), before);
}

void *zeros(size_t n, size_t element)
{
	check_room(n + 1, element);
	return counted(calloc(n ? n : 1, element), 0);
}

void release(void *memory)
{
	taken -= malloc_usable_size(memory);
	free(memory);
}
