/* SPDX-License-Identifier: MIT */

/* A plugin with a slab library of its own inside, for programs that know nothing of it. */

#include <slab/slab-static.h>

struct plug {
	char text[64];
};

static DEFINE_KMEM_CACHE(plugin_inside, struct plug, 0);

/* True: memory could be had. */
bool plugin_use(void)
{
	void *object = kmem_cache_alloc(&plugin_inside, GFP_KERNEL);
	void *piece = kmalloc(100, GFP_KERNEL);
	bool good = object && piece;

	kfree(piece);
	if (object)
		kmem_cache_free(&plugin_inside, object);
	return good;
}

/* Linked with the shared library this runs at each dlclose(); with it inside, at the end of the
 * program. */
__attribute__((destructor)) static void end(void)
{
	kmem_cache_destroy(&plugin_inside);
}
