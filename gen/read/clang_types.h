/* SPDX-License-Identifier: MIT */
/* The types of a unit: those that were asked for, or all there are. */
#ifndef GEN_CLANG_TYPES_H
#define GEN_CLANG_TYPES_H

#include "read/clang_unit.h"

/* All or none of the types that were asked for; d says why none. */
void types_describe(const struct unit *u, const struct read_request *request,
		    struct layouts *layouts, struct diags *d);
void types_list(const struct unit *u, struct layouts *layouts);

#endif
