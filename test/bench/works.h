/* SPDX-License-Identifier: MIT */

/*
 * All works of one contestant, for each size. Before this header the contestant defines, by names
 * that NAME() makes different for each size:
 *
 *	STORAGE				declarations for objects of SIZE bytes
 *	START(objects, threads)		make room for so many
 *	ALLOC(), FREE(object)		one object of SIZE bytes
 *	ALLOC_BULK(n, objects)		n of them
 *	FREE_BULK(n, objects)
 *	ALLOC_OF(kind), FREE_OF(kind, object)	the same from one of MANY caches
 *	START_MANY()			make these
 *
 * and the functions thread_enter() and thread_leave().
 */

#define NAME(name)	       NAME_(name, SIZE)
#define NAME_(name, size)      NAME_PASTE(name, size)
#define NAME_PASTE(name, size) name##_##size

#define WORKS(size)                              \
	{                                        \
		size, start_##size, works_##size \
	}

#define SIZE 16
#include "works_of_size.h"
#undef SIZE
#define SIZE 64
#include "works_of_size.h"
#undef SIZE
#define SIZE 256
#include "works_of_size.h"
#undef SIZE
#define SIZE 1024
#include "works_of_size.h"
#undef SIZE
#define SIZE 4096
#include "works_of_size.h"
#undef SIZE

const struct works works_by_size[] = { WORKS(16),   WORKS(64),	 WORKS(256),
				       WORKS(1024), WORKS(4096), { .size = 0 } };
