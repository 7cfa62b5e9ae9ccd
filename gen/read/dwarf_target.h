/* SPDX-License-Identifier: MIT */
#ifndef GEN_DWARF_TARGET_H
#define GEN_DWARF_TARGET_H

#include "read/dwarf_facts.h"

char *target_triple(const struct fact_object *object); /* as Debian writes it; the caller frees */

#endif
