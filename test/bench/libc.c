/* SPDX-License-Identifier: MIT */

/* glibc as it is; every other malloc() by LD_PRELOAD. */
#include <stdlib.h>

#include "by_size.h"

#define ALLOC()	     malloc(SIZE)
#define FREE(object) free(object)

#include "works.h"
