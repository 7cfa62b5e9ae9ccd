/* SPDX-License-Identifier: MIT */
#ifndef SLAB_COMPAT_LINUX_SLAB_STATIC_H
#define SLAB_COMPAT_LINUX_SLAB_STATIC_H

#include <linux/slab.h>

#include <slab/slab-static.h>

#endif
