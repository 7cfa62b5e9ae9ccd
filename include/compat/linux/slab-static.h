/* SPDX-License-Identifier: MIT */
#ifndef SLAB_COMPAT_LINUX_SLAB_STATIC_H
#define SLAB_COMPAT_LINUX_SLAB_STATIC_H

#include <linux/slab.h>

#include <linux/err.h>
#include <slab/slab-static.h>

/*
 * As the kernel's own build has it. So code that takes the result of KMEM_CACHE_SETUP() for a
 * pointer to the cache does not compile: it is 0 or a negative errno.
 */
#ifndef __cplusplus
#pragma GCC diagnostic error "-Wint-conversion"
#endif

#endif
