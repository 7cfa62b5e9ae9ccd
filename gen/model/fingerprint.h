/* SPDX-License-Identifier: MIT */
/*
 * One number for what the fields of a layout look like: their names, where they are and how large.
 * It rests only on what all readers say alike, and is the same on every machine.
 */
#ifndef GEN_FINGERPRINT_H
#define GEN_FINGERPRINT_H

#include "model/layout.h"

/* Of all fields, but not of their own, and of the elements of a flexible array where they are
 * counted; else NULL. */
uint64_t fingerprint_layout(const struct layout *l, const struct flexible_array *counted);
/* Of those alone, in this order. */
uint64_t fingerprint_fields(const struct layout *l, const struct words *names,
			    const struct words *more);

#endif
