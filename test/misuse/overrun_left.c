/* SPDX-License-Identifier: MIT */
#include <slab/slab.h>

struct conn {
	char name[64];
};

static void conn_name(struct conn *conn, char fill)
{
	for (int i = 63; i >= -1; i--)
		conn->name[i] = fill;
}

int main(void)
{
	struct kmem_cache *conns = KMEM_CACHE(conn, 0);
	struct conn *first = kmem_cache_alloc(conns, GFP_KERNEL);
	struct conn *second = kmem_cache_alloc(conns, GFP_KERNEL);

	conn_name(second, '-');
	kmem_cache_free(conns, second);
	kmem_cache_free(conns, first);
	kmem_cache_destroy(conns);
	return 0;
}
