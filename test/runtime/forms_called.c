/* SPDX-License-Identifier: MIT */
#include "forms.h"

const struct forms called = {
	.name = "called",
	.alloc = (kmem_cache_alloc),
	.zalloc = (kmem_cache_zalloc),
	.free = (kmem_cache_free),
};
