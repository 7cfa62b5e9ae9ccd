/* SPDX-License-Identifier: MIT */
#ifndef COLD_H
#define COLD_H

/*
 * Timing of something short that happens after the program has used its caches for something else:
 * one sample each time, the mean of the middle half of them, less what the taking of time costs. A
 * median would be as coarse as the clock, which on some processors moves by 10 ns at a time.
 *
 *	cold_init(&cold, bytes, samples);
 *	for (long i = 0; i < samples; i++) {
 *		cold_walk(&cold);
 *		uint64_t from = ticks();
 *		... what is timed ...
 *		cold.taken[i] = ticks() - from;
 *	}
 *	nanoseconds = cold_result(&cold);
 */

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#define LINE 64 /* bytes of a cache line */

struct cold {
	volatile char *walked; /* what the program reads between two samples */
	size_t bytes;	       /* of it; may be 0 */
	long samples;
	uint64_t *taken;    /* ticks of each sample */
	double overhead;    /* ticks that an empty sample takes */
	uint64_t from_tick; /* both clocks at the start, to hold one against the other */
	double from_ns;
};

static inline double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* A fine clock; nothing moves over it in either direction. */
static inline uint64_t ticks(void)
{
#ifdef __x86_64__
	uint32_t low, high;

	__asm__ volatile("lfence\n\trdtsc\n\tlfence" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
#else
	return (uint64_t)now_ns();
#endif
}

static inline void cold_walk(const struct cold *cold)
{
	for (size_t at = 0; at < cold->bytes; at += LINE)
		(void)cold->walked[at];
}

/* Aborts when there is no memory. */
void cold_init(struct cold *cold, size_t bytes, long samples);

/* The samples' result in nanoseconds; @cold is gone after it. */
double cold_result(struct cold *cold);

/* The mean of the middle half of so many numbers, which get sorted. */
double middle_mean(uint64_t *values, long n);

#endif
