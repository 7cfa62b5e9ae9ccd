/* SPDX-License-Identifier: CC0-1.0 */
#ifndef METER_H
#define METER_H
struct meter;

void meter_init(struct meter *meter);
void meter_add(struct meter *meter, long sample);
/* Prints what the meter saw. The mean of its samples. */
long meter_report(const struct meter *meter);
#endif
