/* SPDX-License-Identifier: CC0-1.0 */
#include "clock.h"

#include "clock_opaque.h"

struct CLOCK_PRIVATE clock {
	unsigned long ticks;
	char stopped;
};
CLOCK_OPAQUE_CHECK();

void clock_tick(struct clock *clock)
{
	clock->ticks += !clock->stopped;
}

unsigned long clock_now(const struct clock *clock)
{
	return clock->ticks;
}
