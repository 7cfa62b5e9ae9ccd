/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "counter.h"
#include "counter_opaque.h"

/* A private struct in static storage, of the right size, with no allocation and no number by hand.
 */
static struct counter_opaque tickets;

int main(void)
{
	counter_init(to_counter(&tickets));
	counter_next(to_counter(&tickets));
	printf("ticket %ld, from a struct counter of %d bytes\n",
	       counter_next(to_counter(&tickets)), COUNTER_SIZE);
	return 0;
}
