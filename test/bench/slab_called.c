/* SPDX-License-Identifier: MIT */

/* Static caches, functions of the library. */
#include "slab.h"

#include "works.h"
