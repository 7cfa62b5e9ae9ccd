/* SPDX-License-Identifier: MIT */

/* A shared object that holds caches and may be unloaded under them. */

#include "plugin.h"

#include <slab/slab-static.h>

struct plug {
	long key;
	char text[64 - sizeof(long)];
};

static DEFINE_KMEM_CACHE(plugin_defined, struct plug, 0);
static DEFINE_KMEM_CACHE(plugin_early, struct plug, 0);
static struct kmem_cache_opaque shadow;
static void *made_early;
static bool tidy;

static struct kmem_cache *cache(int which)
{
	return to_kmem_cache(which == PLUGIN_DEFINED ? &plugin_defined : &shadow);
}

static int set_up(void)
{
	return KMEM_CACHE_SETUP(&shadow, plug, 0);
}

static struct kmem_cache *create(void)
{
	struct kmem_cache_args args = { .owner = &shadow };

	return kmem_cache_create("plugin_created", sizeof(struct plug), &args, 0);
}

__attribute__((constructor)) static void begin(void)
{
	made_early = kmem_cache_zalloc(&plugin_early, GFP_KERNEL);
}

static const void *early(void)
{
	return made_early;
}

__attribute__((destructor)) static void end(void)
{
	kmem_cache_free(&plugin_early, made_early);
	kmem_cache_destroy(&plugin_early);
	if (!tidy)
		return;
	kmem_cache_destroy(&plugin_defined);
	kmem_cache_destroy(&shadow);
}

struct plugin plugin = { cache, set_up, create, early, &tidy };
