/* SPDX-License-Identifier: CC0-1.0 */
#include "meter.h"

#include <stdio.h>

#include "clock.h"
#include "clock_opaque.h"
#include "meter_opaque.h"

struct METER_PRIVATE meter {
	struct clock_opaque clock; /* how clocks look inside is not our business */
	int n;
	long samples[METER_SAMPLES];
};
METER_OPAQUE_CHECK();

void meter_init(struct meter *meter)
{
	clock_opaque_zero(&meter->clock);
	meter->n = 0;
}

void meter_add(struct meter *meter, long sample)
{
	clock_tick(to_clock(&meter->clock));
	meter->samples[meter->n++ % METER_SAMPLES] = sample;
}

long meter_report(const struct meter *meter)
{
	int n = meter->n < METER_SAMPLES ? meter->n : METER_SAMPLES;
	long sum = 0;

	for (int i = 0; i < n; i++)
		sum += meter->samples[i];
	printf("%s: %lu ticks, mean %ld\n", METER_NAME, clock_now(to_clock_const(&meter->clock)),
	       n ? sum / n : 0);
	return n ? sum / n : 0;
}
