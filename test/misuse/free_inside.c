/* SPDX-License-Identifier: MIT */
#include <slab/slab.h>

struct conn {
	char name[64];
};

static void name_free(struct kmem_cache *conns, struct conn *conn)
{
	kmem_cache_free(conns, conn->name + 8);
}

int main(void)
{
	struct kmem_cache *conns = KMEM_CACHE(conn, 0);
	struct conn *conn = kmem_cache_alloc(conns, GFP_KERNEL);

	name_free(conns, conn);
	kmem_cache_free(conns, conn);
	kmem_cache_destroy(conns);
	return 0;
}
