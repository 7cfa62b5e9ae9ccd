/* SPDX-License-Identifier: MIT */
#include <slab/slab.h>

struct conn {
	char name[64];
};

static struct conn *conn_open(struct kmem_cache *conns)
{
	return kmem_cache_alloc(conns, GFP_KERNEL);
}

int main(void)
{
	struct kmem_cache *conns = KMEM_CACHE(conn, 0);
	struct conn *first = conn_open(conns);

	conn_open(conns);
	kmem_cache_free(conns, first);
	return kmem_cache_destroy(conns) ? 1 : 0;
}
