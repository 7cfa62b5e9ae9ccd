/* SPDX-License-Identifier: MIT */
#include "counter.h"

#include "counter_opaque.h"

/* Private: nobody else sees the fields, and a change here changes counter_opaque.h by itself. */
struct COUNTER_PRIVATE counter {
	long next;
	char name[20];
};

COUNTER_OPAQUE_CHECK();

void counter_init(struct counter *counter)
{
	counter->next = 1;
}

long counter_next(struct counter *counter)
{
	return counter->next++;
}
