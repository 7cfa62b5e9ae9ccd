/* SPDX-License-Identifier: MIT */
/*
 * SHOW(f, x) prints "f value" of f(x). It calls f in a loop, because gcc leaves the accessors of a
 * function that runs once uninlined, and what is not inlined cannot go wrong.
 */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>

#ifdef __clang__
#define CASE __attribute__((noinline)) long
#else
#define CASE __attribute__((noinline, noclone)) long
#endif

#define SHOW(name, ...)                                      \
	do {                                                 \
		long got = 0;                                \
		for (int round = 0; round < rounds; round++) \
			got = name(__VA_ARGS__);             \
		printf("%s %ld\n", #name, got);              \
	} while (0)

#endif
