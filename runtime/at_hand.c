/* SPDX-License-Identifier: MIT */
#include "at_hand.h"

#include <slab/slab.h>

#include "options.h"

/*
 * One slot gets at most a 16th of what is left of the budget, and less for each thread that there
 * is besides. So a few threads get what they ask for; with 64 threads a slot gets some kilobytes,
 * which it fills again and again, rather than memory that nobody has touched yet.
 */
#define PARTS		16
#define PARTS_OF_THREAD 64

/* All relaxed: numbers that order nothing else. */
static size_t used;
static size_t threads;
static size_t budget;
static bool is_known;

static size_t budget_now(void)
{
	if (!__atomic_load_n(&is_known, __ATOMIC_ACQUIRE)) {
		size_t none = 0;
		size_t given = options_number("SLAB_AT_HAND", 0, UINT32_MAX, HAND_DEFAULT);

		/* Another thread, or slab_at_hand_set(), may have been faster. */
		__atomic_compare_exchange_n(&budget, &none, given, false, __ATOMIC_RELAXED,
					    __ATOMIC_RELAXED);
		__atomic_store_n(&is_known, true, __ATOMIC_RELEASE);
	}
	return __atomic_load_n(&budget, __ATOMIC_RELAXED);
}

void slab_at_hand_set(size_t bytes)
{
	__atomic_store_n(&budget, bytes, __ATOMIC_RELAXED);
	__atomic_store_n(&is_known, true, __ATOMIC_RELEASE);
}

size_t slab_at_hand(void)
{
	return __atomic_load_n(&used, __ATOMIC_RELAXED);
}

/* What is left to a slot that holds @now of all @taken bytes. */
static size_t left_to(size_t now, size_t taken)
{
	size_t whole = budget_now();
	size_t others = taken - now;

	return whole > others ? whole - others : 0;
}

size_t at_hand_part(size_t now)
{
	size_t n = __atomic_load_n(&threads, __ATOMIC_RELAXED);

	return left_to(now, slab_at_hand()) / (PARTS + PARTS_OF_THREAD * (n > 1 ? n - 1 : 0));
}

bool at_hand_claim(size_t now, size_t wanted)
{
	size_t before = slab_at_hand();

	do
		if (wanted > now && wanted > left_to(now, before))
			return false;
	while (!__atomic_compare_exchange_n(&used, &before, before - now + wanted, true,
					    __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	return true;
}

void at_hand_change(size_t now, size_t then)
{
	__atomic_fetch_add(&used, then - now, __ATOMIC_RELAXED);
}

void at_hand_threads(int change)
{
	__atomic_fetch_add(&threads, (size_t)change, __ATOMIC_RELAXED);
}
