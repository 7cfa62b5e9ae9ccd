/* SPDX-License-Identifier: MIT */
#include "fault.h"

/* Relaxed: a test counts in one thread; others only need to see a whole number. */
static long left = -1;

void fault_after(long n)
{
	__atomic_store_n(&left, n, __ATOMIC_RELAXED);
}

long fault_left(void)
{
	return __atomic_load_n(&left, __ATOMIC_RELAXED);
}

bool fault_hit(void)
{
	long now = fault_left();

	if (now < 0)
		return false;
	if (now == 0)
		return true;
	__atomic_store_n(&left, now - 1, __ATOMIC_RELAXED);
	return false;
}
