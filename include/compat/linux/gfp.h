/* SPDX-License-Identifier: MIT */
#ifndef SLAB_COMPAT_LINUX_GFP_H
#define SLAB_COMPAT_LINUX_GFP_H

#include <linux/types.h>

#include <slab/slab-flags.h>

#endif
