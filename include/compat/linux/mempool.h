/* SPDX-License-Identifier: MIT */
#ifndef SLAB_COMPAT_LINUX_MEMPOOL_H
#define SLAB_COMPAT_LINUX_MEMPOOL_H

#include <linux/slab.h>

#include <slab/mempool.h>

#endif
