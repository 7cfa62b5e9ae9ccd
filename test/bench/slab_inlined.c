/* SPDX-License-Identifier: MIT */

/* Static caches, the fast path inlined. */
#include "slab.h"

#include <slab/slab-inline.h>

#include "works.h"
