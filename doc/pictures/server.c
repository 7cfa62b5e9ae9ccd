/* SPDX-License-Identifier: MIT */
/* A program to take pictures of: the caches of a server after a while, always the same. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <slab/slab-static.h>

struct connection {
	char state[320];
};

struct session {
	char state[1000];
};

struct request {
	char line[200];
};

struct packet {
	char bytes[1500];
};

struct timer {
	char state[56];
};

static DEFINE_KMEM_CACHE(connections, struct connection, SLAB_HWCACHE_ALIGN);
static DEFINE_KMEM_CACHE(sessions, struct session, 0);
static DEFINE_KMEM_CACHE(requests, struct request, 0);
static DEFINE_KMEM_CACHE(packets, struct packet, 0);
static DEFINE_KMEM_CACHE(timers, struct timer, 0);

/* Random numbers from the POSIX example: the same everywhere. */
static unsigned int next_random(void)
{
	static uint32_t state = 1;

	state = state * 1103515245u + 12345u;
	return state >> 16 & 0x7fff;
}

/* So many objects, of which some are freed: @kept in 100 of the first half, a tenth of them later.
 */
static void fill(struct kmem_cache_opaque *s, size_t n, unsigned int kept)
{
	void **objects = calloc(n, sizeof(*objects));

	for (size_t i = 0; objects && i < n; i++)
		objects[i] = kmem_cache_alloc(s, GFP_KERNEL);
	for (size_t i = 0; objects && i < n; i++)
		if (next_random() % 100 >= (i < n / 2 ? kept : kept / 10))
			kmem_cache_free(s, objects[i]);
	free(objects);
}

static void serve(void)
{
	fill(&connections, 3000, 96);
	fill(&sessions, 1800, 80);
	fill(&requests, 9000, 40);
	fill(&packets, 900, 60);
	/* Then memory is short: what is free in these goes back to their slabs. */
	kmem_cache_shrink(&sessions);
	kmem_cache_shrink(&connections);
	fill(&timers, 12000, 99);
	for (size_t i = 0; i < 700; i++)
		if (!kmalloc(20 + next_random() % 900, GFP_KERNEL))
			abort();
}

int main(void)
{
	char end;

	serve();
	printf("ready\n");
	fflush(stdout);
	return read(STDIN_FILENO, &end, 1) < 0;
}
