/* SPDX-License-Identifier: MIT */
#ifndef SLAB_COMPAT_LINUX_CLEANUP_H
#define SLAB_COMPAT_LINUX_CLEANUP_H

#include <slab/cleanup.h>

#endif
