/* SPDX-License-Identifier: MIT */
#ifndef COUNTER_H
#define COUNTER_H

/* What users see: a name. Holders include counter_opaque.h as well, and have the room. */
struct counter;

void counter_init(struct counter *counter);
long counter_next(struct counter *counter);

#endif
