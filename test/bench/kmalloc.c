/* SPDX-License-Identifier: MIT */

/* kmalloc() of a constant size, inlined. */
#include <slab/slab-inline.h>

#include "by_size.h"

#define ALLOC()	     kmalloc(SIZE, GFP_KERNEL)
#define FREE(object) kfree(object)

#include "works.h"
