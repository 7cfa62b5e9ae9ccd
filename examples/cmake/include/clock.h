/* SPDX-License-Identifier: CC0-1.0 */
#ifndef CLOCK_H
#define CLOCK_H
struct clock;

void clock_tick(struct clock *clock);
unsigned long clock_now(const struct clock *clock);
#endif
