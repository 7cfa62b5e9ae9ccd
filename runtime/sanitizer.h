/* SPDX-License-Identifier: MIT */
#ifndef SANITIZER_H
#define SANITIZER_H

/*
 * What AddressSanitizer, LeakSanitizer and Valgrind's Memcheck should know, where a program runs
 * under one of them: which memory is an object and which is not, so that each use beside or after
 * one is reported by the tool, with its stacks.
 *
 * Found out at run time: the library need not be built for it. Then objects have a gap behind them,
 * caches have no sheaves, and what was freed is used again as late as a slab allows.
 * SLAB_SANITIZER=0 in the environment leaves all as it is without. Needs no lock.
 */

#include <stdbool.h>
#include <stddef.h>

/* Does a tool listen? */
bool sanitizer_on(void);

/* Bytes behind each object that belong to none; 0 without a tool. */
size_t sanitizer_gap(void);

/* Memory that nobody may use: pages that are free, or in a slab. */
void sanitizer_forbid(const void *start, size_t bytes);

/* @bytes that were forbidden are an object; @filled: what stands in it means something. */
void sanitizer_object(const void *object, size_t bytes, bool filled);

/* That object is none any more. */
void sanitizer_free(const void *object, size_t bytes);

/* Of an object only the first @size of its @bytes may be used; or all of them again. */
void sanitizer_trim(const void *object, size_t size, size_t bytes);
void sanitizer_whole(const void *object, size_t bytes);

/* Memory like any other again. */
void sanitizer_allow(const void *start, size_t bytes);

/* Memory in which pointers to pieces of malloc() may stand, which are no leaks then. */
void sanitizer_root(const void *start, size_t bytes);
void sanitizer_no_root(const void *start, size_t bytes);

#endif
