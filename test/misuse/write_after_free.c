/* SPDX-License-Identifier: MIT */
#include <slab/slab.h>

struct conn {
	char name[64];
};

static void conn_rename(struct conn *conn, char initial)
{
	conn->name[8] = initial;
}

int main(void)
{
	struct kmem_cache *conns = KMEM_CACHE(conn, 0);
	struct conn *conn = kmem_cache_alloc(conns, GFP_KERNEL);

	kmem_cache_free(conns, conn);
	conn_rename(conn, 'x');
	kmem_cache_free(conns, kmem_cache_alloc(conns, GFP_KERNEL));
	kmem_cache_destroy(conns);
	return 0;
}
