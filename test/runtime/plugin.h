/* SPDX-License-Identifier: MIT */
#ifndef PLUGIN_H
#define PLUGIN_H

/* What test_unload.c finds in plugin.c by dlsym(). */

#include <stdbool.h>
#include <stddef.h>

#include <slab/slab.h>

enum { PLUGIN_DEFINED, PLUGIN_SET_UP, PLUGIN_CACHES };

struct plugin {
	struct kmem_cache *(*cache)(int which);
	int (*set_up)(void);
	struct kmem_cache *(*create)(void);
	const void *(*early)(void); /* what a constructor allocated, and the destructor frees */
	bool *tidy;		    /* the destructor ends the caches */
};

#endif
