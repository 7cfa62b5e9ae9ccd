/* SPDX-License-Identifier: MIT */
#include "random.h"

#include <pthread.h>

#include "harden.h"
#include "options.h"
#include "os.h"

static uint64_t seed;

bool random_order(void)
{
	static struct options_switch option = { "SLAB_FREELIST_RANDOM", HARDENED, 0 };

	return options_is_on(&option);
}

static void draw_seed(void)
{
	seed = os_random();
}

static void draw_once(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, draw_seed);
}

/* As early as fork_register(): a first allocation may be one that makes no call. */
__attribute__((constructor(101))) static void draw_early(void)
{
	if (random_order())
		draw_once();
}

uint64_t random_start(void)
{
	draw_once();
	/* splitmix64 (Steele, Lea and Flood 2014). Relaxed: each caller gets another number. */
	uint64_t z = __atomic_add_fetch(&seed, UINT64_C(0x9e3779b97f4a7c15), __ATOMIC_RELAXED);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	z ^= z >> 31;
	return z ? z : 1;
}
