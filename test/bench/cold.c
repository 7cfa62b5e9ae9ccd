/* SPDX-License-Identifier: MIT */
#include "cold.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return (left > right) - (left < right);
}

double middle_mean(uint64_t *values, long n)
{
	double sum = 0;
	long first = n / 4, last = n - n / 4;

	qsort(values, (size_t)n, sizeof(*values), compare);
	for (long i = first; i < last; i++)
		sum += (double)values[i];
	return sum / (double)(last - first);
}

void cold_init(struct cold *cold, size_t bytes, long samples)
{
	char *walked = malloc(bytes + 1);

	cold->taken = malloc((size_t)samples * sizeof(*cold->taken));
	if (!walked || !cold->taken)
		abort();
	memset(walked, 1, bytes + 1);
	cold->walked = walked;
	cold->bytes = bytes;
	cold->samples = samples;
	cold->from_tick = ticks();
	cold->from_ns = now_ns();
	for (long i = 0; i < samples; i++) {
		cold_walk(cold);
		uint64_t from = ticks();
		cold->taken[i] = ticks() - from;
	}
	cold->overhead = middle_mean(cold->taken, samples);
}

double cold_result(struct cold *cold)
{
	double net = middle_mean(cold->taken, cold->samples) - cold->overhead;
	double each_tick = (now_ns() - cold->from_ns) / (double)(ticks() - cold->from_tick);

	free(cold->taken);
	free((char *)cold->walked);
	return net > 0 ? net * each_tick : 0;
}
