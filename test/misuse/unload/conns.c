/* SPDX-License-Identifier: MIT */
#include <slab/slab-static.h>

struct conn {
	char name[64];
};

static DEFINE_KMEM_CACHE(conns, struct conn, 0);

void conns_start(void);
void conns_start(void)
{
	struct conn *conn = kmem_cache_alloc(&conns, GFP_KERNEL);

	conn->name[0] = 'a';
}
