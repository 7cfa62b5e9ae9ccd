/* SPDX-License-Identifier: MIT */
/* A named type as a layout. */
#ifndef GEN_DWARF_DESCRIBE_H
#define GEN_DWARF_DESCRIBE_H

#include "model/layout.h"
#include "read/dwarf_types.h"

enum describe_fields {
	FIELDS_NONE,
	FIELDS_OWN,
	FIELDS_NESTED /* and the members of members, as far as they are not too many */
};

/* The layout is empty where t->wrong says why. */
void describe(struct types *t, struct fact_die *die, enum describe_fields fields, struct layout *l);
/* What two definitions of one type have in common, whoever compiled them. The caller frees it. */
char *shape_of(struct types *t, struct fact_die *die);

#endif
