/* SPDX-License-Identifier: MIT */

/*
 * Loops whose instructions are counted: loops WORK ROUNDS. Compiled once with the called forms,
 * once with <slab/slab-inline.h> in front. Every round of every work has the same loop and the same
 * write around it, which `nothing` has alone.
 */

#include <stdlib.h>
#include <string.h>

#include <slab/slab-static.h>

#define OBJECT 64
#define BATCH  1000

struct item {
	char bytes[OBJECT];
};

static DEFINE_KMEM_CACHE(items, struct item, 0);
static void *batch[BATCH];

static inline void touch(void *object)
{
	*(volatile char *)object = 1;
}

static void nothing(long rounds)
{
	static struct item fixed;

	for (long i = 0; i < rounds; i++)
		touch(&fixed);
}

static void pair(long rounds)
{
	for (long i = 0; i < rounds; i++) {
		void *object = kmem_cache_alloc(&items, GFP_KERNEL);
		touch(object);
		kmem_cache_free(&items, object);
	}
}

static void pair_kmalloc(long rounds)
{
	for (long i = 0; i < rounds; i++) {
		void *object = kmalloc(OBJECT, GFP_KERNEL);
		touch(object);
		kfree(object);
	}
}

/* A round is an object here. */
static void bulk(long rounds)
{
	for (long i = 0; i < rounds; i += BATCH) {
		if (!kmem_cache_alloc_bulk(&items, GFP_KERNEL, BATCH, batch))
			abort();
		kmem_cache_free_bulk(&items, BATCH, batch);
	}
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(long rounds);
	} works[] = {
		{ "nothing", nothing },
		{ "pair", pair },
		{ "kmalloc", pair_kmalloc },
		{ "bulk", bulk },
	};

	for (size_t i = 0; argc == 3 && i < sizeof(works) / sizeof(works[0]); i++)
		if (strcmp(works[i].name, argv[1]) == 0) {
			works[i].run(atol(argv[2]));
			return 0;
		}
	return 2;
}
