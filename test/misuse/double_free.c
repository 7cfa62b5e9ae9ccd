/* SPDX-License-Identifier: MIT */
#include <slab/slab.h>

struct conn {
	char name[64];
};

static void conn_close(struct kmem_cache *conns, struct conn *conn)
{
	kmem_cache_free(conns, conn);
}

int main(void)
{
	struct kmem_cache *conns = KMEM_CACHE(conn, 0);
	struct conn *conn = kmem_cache_alloc(conns, GFP_KERNEL);

	conn_close(conns, conn);
	conn_close(conns, conn);
	kmem_cache_destroy(conns);
	return 0;
}
