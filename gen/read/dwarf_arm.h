/* SPDX-License-Identifier: MIT */
#ifndef GEN_DWARF_ARM_H
#define GEN_DWARF_ARM_H

#include "read/dwarf_facts.h"

#include <libelf.h>

/* The build attributes of the whole file that tell its ABI; nothing of a damaged list. */
void arm_attributes(Elf *elf, struct fact_object *o);

#endif
