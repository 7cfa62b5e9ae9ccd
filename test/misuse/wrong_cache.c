/* SPDX-License-Identifier: MIT */
#include <slab/slab.h>

struct conn {
	char name[64];
};

struct peer {
	char address[96];
};

static void conn_close(struct kmem_cache *conns, void *conn)
{
	kmem_cache_free(conns, conn);
}

int main(void)
{
	struct kmem_cache *conns = KMEM_CACHE(conn, 0);
	struct kmem_cache *peers = KMEM_CACHE(peer, 0);
	struct peer *peer = kmem_cache_alloc(peers, GFP_KERNEL);

	conn_close(conns, peer);
	kmem_cache_free(peers, peer);
	kmem_cache_destroy(peers);
	kmem_cache_destroy(conns);
	return 0;
}
