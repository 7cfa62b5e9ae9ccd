/* SPDX-License-Identifier: MIT */
#include <slab/slab.h>

struct conn {
	char name[64];
};

static void conn_name(struct conn *conn, char fill)
{
	for (int i = 0; i <= 64; i++)
		conn->name[i] = fill;
}

int main(void)
{
	struct kmem_cache *conns = KMEM_CACHE(conn, 0);
	struct conn *conn = kmem_cache_alloc(conns, GFP_KERNEL);

	conn_name(conn, '-');
	kmem_cache_free(conns, conn);
	kmem_cache_destroy(conns);
	return 0;
}
