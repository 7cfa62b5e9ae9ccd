/* SPDX-License-Identifier: MIT */
#include "failslab.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <slab/slab-debug.h>

#include "lock.h"
#include "options.h"
#include "report.h"

#define DEFAULT_SEED 1

/* Nothing else is locked inside. */
struct lock failslab_lock = LOCK_INIT;
static struct slab_failslab now;
static unsigned long count;
static bool known; /* what the environment says, or a call */

/* One of the numbers, and the comma in front of it. */
static bool next_number(const char **at, uint64_t most, uint64_t *number)
{
	if (**at != ',')
		return false;
	++*at;
	return options_read_number(at, most, number);
}

static bool next_times(const char **at, long *times)
{
	uint64_t number = 0;

	if (strncmp(*at, ",-1", 3) == 0) {
		*at += 3;
		*times = -1;
		return true;
	}
	if (!next_number(at, LONG_MAX, &number))
		return false;
	*times = (long)number;
	return true;
}

static bool read_wanted(const char *at, struct slab_failslab *wanted)
{
	uint64_t interval = 0;
	uint64_t probability = 0;
	uint64_t space = 0;
	uint64_t seed = DEFAULT_SEED;
	bool sound = options_read_number(&at, ULONG_MAX, &interval) &&
		     next_number(&at, 100, &probability) && next_number(&at, SIZE_MAX, &space) &&
		     next_times(&at, &wanted->times) &&
		     (!*at || next_number(&at, UINT64_MAX, &seed)) && !*at;

	wanted->interval = (unsigned long)interval;
	wanted->probability = (unsigned int)probability;
	wanted->space = (size_t)space;
	wanted->seed = seed;
	return sound;
}

static void read_environment(void)
{
	const char *given = getenv("SLAB_FAILSLAB");
	struct slab_failslab wanted = { 0 };

	if (!given)
		return;
	if (read_wanted(given, &wanted))
		now = wanted;
	else
		report("SLAB_FAILSLAB: '%s' is not interval,probability,space,times[,seed]: ignored",
		       given);
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
	lock(&failslab_lock);
	if (!known)
		read_environment();
	known = true;
	bool result = hit(size);
	unlock(&failslab_lock);
	return result;
}

void slab_failslab_set(const struct slab_failslab *wanted)
{
	lock(&failslab_lock);
	now = *wanted;
	count = 0;
	known = true;
	unlock(&failslab_lock);
}
