/* SPDX-License-Identifier: MIT */
#ifndef ON_SLUB_SLAB_SLAB_H
#define ON_SLUB_SLAB_SLAB_H

/* The programs of test/misuse as a module of the kernel: module.c calls its main(). */

#include <linux/slab.h>

#define main misuse
int misuse(void);

/* Returns nothing there. */
#define kmem_cache_destroy(s) (kmem_cache_destroy(s), 0)

#endif
