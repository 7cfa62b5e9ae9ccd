/* SPDX-License-Identifier: MIT */
#ifndef SLAB_COMPAT_LINUX_SLAB_H
#define SLAB_COMPAT_LINUX_SLAB_H

#include <linux/gfp.h>
#include <linux/types.h>

#include <slab/cleanup.h>
#include <slab/slab.h>

/* Alignment that every kmalloc() has. */
#define ARCH_KMALLOC_MINALIGN KMALLOC_MIN_SIZE
#define ARCH_SLAB_MINALIGN    sizeof(void *)

struct list_lru;

/* Lists of least recently used objects are the kernel's; allocation takes no note of them. */
#define kmem_cache_alloc_lru(s, lru, gfp) ((void)(lru), kmem_cache_alloc(s, gfp))

#endif
