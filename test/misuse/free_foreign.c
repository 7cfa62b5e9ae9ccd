/* SPDX-License-Identifier: MIT */
#include <slab/slab.h>

struct conn {
	char name[64];
};

static struct conn first;

static void conn_close(struct kmem_cache *conns, struct conn *conn)
{
	kmem_cache_free(conns, conn);
}

int main(void)
{
	struct kmem_cache *conns = KMEM_CACHE(conn, 0);

	conn_close(conns, &first);
	kmem_cache_destroy(conns);
	return 0;
}
