/* SPDX-License-Identifier: MIT */
/*
 * One number for the fields of a layout: their names, offsets and sizes. It uses only what all
 * readers report alike, so it is the same on every machine.
 */
#ifndef GEN_FINGERPRINT_H
#define GEN_FINGERPRINT_H

#include "model/layout.h"

/* Of all fields, but not of their own, and of the elements of a flexible array where they are
 * counted; else NULL. */
uint64_t fingerprint_layout(const struct layout *l, const struct flexible_array *counted);
/* That of another layout added to a fingerprint, or to 0. */
uint64_t fingerprint_more(uint64_t print, const struct layout *l);
/* Of those alone, in this order. */
uint64_t fingerprint_fields(const struct layout *l, const struct words *names,
			    const struct words *more);

#endif
