/* SPDX-License-Identifier: MIT */
#include <slab/slab-static.h>

struct conn {
	char name[64];
};

static struct kmem_cache_opaque conns;

static int conns_start(void)
{
	return KMEM_CACHE_SETUP(to_kmem_cache(&conns), conn, 0);
}

int main(void)
{
	int first = conns_start();
	int second = conns_start();

	kmem_cache_destroy(to_kmem_cache(&conns));
	return first || !second;
}
