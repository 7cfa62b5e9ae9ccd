/* SPDX-License-Identifier: MIT */
#include <slab/slab.h>

struct conn {
	char name[64];
};

static int conn_is(const struct conn *conn, char initial)
{
	return conn->name[0] == initial;
}

int main(void)
{
	struct kmem_cache *conns = KMEM_CACHE(conn, 0);
	struct conn *conn = kmem_cache_alloc(conns, GFP_KERNEL);

	conn->name[0] = 'x';
	kmem_cache_free(conns, conn);
	int same = conn_is(conn, 'x');
	kmem_cache_destroy(conns);
	return same ? 0 : 1;
}
