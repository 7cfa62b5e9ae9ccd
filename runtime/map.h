/* SPDX-License-Identifier: MIT */
#ifndef MAP_H
#define MAP_H

/*
 * The writer's side of <slab/slab-map.h>.
 *
 * A slab has an entry for each of its units, since an object may begin in any of them. A large
 * piece is freed by its first address alone, so it has an entry for its first unit, and few more,
 * by which an address inside is found: the marks. From its first unit on they stand at multiples
 * of 32 units, from the first multiple of 1,024 on at these, then at multiples of 32,768, and so
 * on: at most 31 for each power of 32, however long the piece is.
 *
 *	| first ........ | 32 | 32 | ... | 1,024 ........ | 1,024 ........ | ...
 *
 * Leaves are never freed. Entries of a run are written by whoever has the run; for large pieces the
 * caller holds the lock of the pages as well.
 */

#include <stdbool.h>
#include <stddef.h>

#include <slab/slab-flags.h>

struct span;

/* Make the leaves for entries of @bytes from @base; false: no memory, or no such addresses. */
bool map_make_leaves(const char *base, size_t bytes, bool large, gfp_t gfp);

/* Enter a run whose leaves are there, or take it out. */
void map_enter(struct span *span);
void map_forget(const struct span *span);

/* The run around an address for which span_of() finds none, if that is a large piece; or NULL. */
struct span *map_find_large(const void *address);

/* Bytes of all leaves. */
size_t map_bytes(void);

#endif
