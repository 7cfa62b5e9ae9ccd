/* SPDX-License-Identifier: MIT */
#ifndef SLAB_COMPAT_LINUX_GFP_TYPES_H
#define SLAB_COMPAT_LINUX_GFP_TYPES_H

#include <slab/slab-flags.h>

#endif
