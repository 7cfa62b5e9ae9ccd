/* SPDX-License-Identifier: MIT */
#include "failslab.h"

#include <stdio.h>
#include <stdlib.h>

#include <slab/slab-debug.h>

#include "lock.h"
#include "report.h"

#define DEFAULT_SEED 1

/* Nothing else is locked inside. */
static struct lock failslab = LOCK_INIT;
static struct slab_failslab now;
static unsigned long count;
static bool known; /* what the environment says, or a call */

static bool sound(const struct slab_failslab *wanted, int fields)
{
	return fields >= 4 && wanted->probability <= 100 && wanted->times >= -1;
}

static void read_environment(void)
{
	const char *given = getenv("SLAB_FAILSLAB");
	struct slab_failslab wanted = { .seed = DEFAULT_SEED };
	unsigned long long seed = DEFAULT_SEED;

	if (!given)
		return;
	int fields = sscanf(given, "%lu,%u,%zu,%ld,%llu", &wanted.interval, &wanted.probability,
			    &wanted.space, &wanted.times, &seed);
	wanted.seed = seed;
	if (sound(&wanted, fields))
		now = wanted;
	else
		report("SLAB_FAILSLAB: '%s' is not interval,probability,space,times[,seed]", given);
}

/* splitmix64 (Steele, Lea and Flood 2014): any seed will do, and the same one gives the same. */
static unsigned int percent(void)
{
	uint64_t z = now.seed += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (unsigned int)((z ^ z >> 31) % 100);
}

/* In the order of Linux's should_fail(). */
static bool hit(size_t size)
{
	if (!now.probability || !now.times)
		return false;
	if (now.space > size) {
		now.space -= size;
		return false;
	}
	if (now.interval > 1 && ++count % now.interval)
		return false;
	if (now.probability <= percent())
		return false;
	now.times -= now.times > 0;
	return true;
}

bool failslab_hit(size_t size)
{
	lock(&failslab);
	if (!known)
		read_environment();
	known = true;
	bool result = hit(size);
	unlock(&failslab);
	return result;
}

void slab_failslab_set(const struct slab_failslab *wanted)
{
	lock(&failslab);
	now = *wanted;
	count = 0;
	known = true;
	unlock(&failslab);
}

void failslab_lock(void)
{
	lock(&failslab);
}

void failslab_unlock(void)
{
	unlock(&failslab);
}
