/* SPDX-License-Identifier: MIT */
#ifndef META_H
#define META_H

/*
 * Memory for the runtime's own structs: descriptors, sheaves, names. Pieces are powers of two from
 * 64 bytes and three halves of these, aligned to 64, cut from chunks that are never given back, so
 * that a piece always stays memory of its class. Thread-safe.
 */

#include <stdbool.h>
#include <stddef.h>

#include <slab/slab-flags.h>

#include "lock.h"

#define META_MAX ((size_t)64 << 10)

/* @size bytes of zeros, at most META_MAX, or NULL. Without __GFP_DIRECT_RECLAIM no system call. */
void *meta_alloc(size_t size, gfp_t gfp);

/* @size is what meta_alloc() was asked for; NULL does nothing. */
void meta_free(void *piece, size_t size);

/* The class size that stands behind a request. */
size_t meta_roundup(size_t size);

/* Bytes of all pieces that are not free. */
size_t meta_in_use(void);

extern struct lock meta_lock;

#endif
