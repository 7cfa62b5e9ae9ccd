/* SPDX-License-Identifier: CC0-1.0 */
#include "sum.h"

#include "sum_private.h"

/* May grow to 64 bytes and 16 of alignment: what users hold is that large already. */
struct SUM_PRIVATE sum {
	unsigned long low, high;
	unsigned char last;
};
SUM_OPAQUE_CHECK();

void sum_start(sum_state *state)
{
	struct sum *sum = to_sum(state);

	sum->low = 1;
	sum->high = 0;
	sum->last = 0;
}

void sum_add(sum_state *state, const char *text)
{
	struct sum *sum = to_sum(state);

	for (; *text; text++) {
		sum->last = (unsigned char)*text;
		sum->low = (sum->low + sum->last) % 65521;
		sum->high = (sum->high + sum->low) % 65521;
	}
}

unsigned long sum_of(const sum_state *state)
{
	const struct sum *sum = to_sum_const(state);

	return sum->high << 16 | sum->low;
}
