/* SPDX-License-Identifier: MIT */
/* What is inside a record, as libclang has it. */
#ifndef GEN_CLANG_FIELDS_H
#define GEN_CLANG_FIELDS_H

#include "model/layout.h"

#include <clang-c/Index.h>

/* Has the record a tag of its own? */
bool record_has_tag(CXCursor record);
/* "struct node" for a record with a tag that C can declare by itself; NULL otherwise. */
char *record_tag(CXType type);
/* All fields of a record, and all of theirs if wanted; *broken: not all have a place. */
void record_add_fields(struct layout *l, CXType record, bool all, bool *broken);
/* The arrays of no length that the record ends with, or the last member of it. */
void record_add_flexible(struct layout *l, CXType record);

#endif
