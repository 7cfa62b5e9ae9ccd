/* SPDX-License-Identifier: MIT */
#ifndef FAULT_H
#define FAULT_H

/*
 * The one seam through which tests make the runtime's own requests fail. Each one for metadata, a
 * span, a mapping, a thread or a place in a thread passes fault_hit() first.
 */

#include <stdbool.h>

/* Let @n more allocations succeed and every later one fail; negative: none fails. Tests only. */
void fault_after(long n);

/* How many more succeed. */
long fault_left(void);

/* True when this allocation is to fail. */
bool fault_hit(void);

#endif
