/* SPDX-License-Identifier: MIT */
/* A list of all types, made from facts that come in pieces. */
#ifndef GEN_DWARF_LIST_H
#define GEN_DWARF_LIST_H

#include "base/diag.h"
#include "model/layout.h"
#include "read/dwarf_facts.h"

struct dwarf_list {
	struct layouts *layouts;
	struct diags *diags;
	void *seen; /* a tree of keys: of names and what can be said of them quickly, of shapes */
	unsigned foreign; /* a language whose types are left out; 0: none */
	char *foreign_label;
};

facts_take list_take;			/* its argument is the list */
void list_end(struct dwarf_list *list); /* sorts the layouts, and says what was left out */

#endif
