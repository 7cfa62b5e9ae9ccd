/* SPDX-License-Identifier: MIT */
#ifndef BY_SIZE_H
#define BY_SIZE_H

/* Contestants that allocate by size: one function for all, no bulk, nothing to prepare. */

#include "no_threads.h"

#define STORAGE
#define START(objects, threads) ((void)(objects), (void)(threads))
#define START_MANY()		((void)0)
#define ALLOC_BULK(n, objects)                   \
	do {                                     \
		for (int at = 0; at < (n); at++) \
			(objects)[at] = ALLOC(); \
	} while (0)
#define FREE_BULK(n, objects)                    \
	do {                                     \
		for (int at = 0; at < (n); at++) \
			FREE((objects)[at]);     \
	} while (0)
#define ALLOC_OF(kind)	      ((void)(kind), ALLOC())
#define FREE_OF(kind, object) ((void)(kind), FREE(object))

#endif
