/* SPDX-License-Identifier: CC0-1.0 */
/* Has room for a meter, and sees nothing of it. */
#include "meter.h"
#include "meter_opaque.h"

static struct meter_opaque storage;

int main(void)
{
	struct meter *meter = to_meter(&storage);

	meter_init(meter);
	for (long sample = 1; sample <= 5; sample++)
		meter_add(meter, sample);
	return meter_report(meter) == 3 ? 0 : 1;
}
