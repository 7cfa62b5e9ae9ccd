/* SPDX-License-Identifier: MIT */
/* What is inside a record, as libclang has it. */
#ifndef GEN_CLANG_FIELDS_H
#define GEN_CLANG_FIELDS_H

#include "model/layout.h"
#include "read/clang_bases.h"

/* Has the record a tag of its own? */
bool record_has_tag(CXCursor record);
/* "struct node" for a record with a tag that C can declare by itself; NULL otherwise. */
char *record_tag(CXType type);
/*
 * All fields of a record, and all of theirs if wanted; *broken: not all have a place. Base classes
 * are fields without a name, as anonymous members are; so is a pointer to a table of virtual
 * functions.
 */
void record_add_fields(struct layout *l, CXType record, const struct bases *bases, bool all,
		       bool *broken);
/* The arrays of no length that the record ends with, or the last member of it. */
void record_add_flexible(struct layout *l, CXType record);

#endif
