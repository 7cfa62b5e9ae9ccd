/* SPDX-License-Identifier: MIT */
/* The types of DIEs in C's words. */
#ifndef GEN_DWARF_SPELL_H
#define GEN_DWARF_SPELL_H

#include "model/layout.h"
#include "read/dwarf_types.h"

/* As its owner wrote it, "int (*)(int, char)". NULL is void. The caller frees it. */
char *spell_type(struct types *t, const struct fact_die *die);
/* "struct node" for a record with a tag that C can declare by itself; else NULL. */
char *spell_tag(const struct fact_die *die);
/* holder_type, holder_suffix and holder_tags, where there are such words. */
void spell_for_holder(struct types *t, struct fact_die *die, struct field *field);

#endif
