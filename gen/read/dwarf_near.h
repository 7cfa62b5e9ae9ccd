/* SPDX-License-Identifier: MIT */
#ifndef GEN_DWARF_NEAR_H
#define GEN_DWARF_NEAR_H

#include "model/layout.h"
#include "read/dwarf_facts.h"

/* "'struct conm', 'conn_t'": at most three names that are nearest to one; NULL where none is near.
 * The caller frees it. */
char *near_names(const struct facts *f, const struct type_name *wanted);

#endif
