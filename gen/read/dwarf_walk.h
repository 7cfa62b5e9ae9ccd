/* SPDX-License-Identifier: MIT */
/* Engine one: which DIEs a request asks for. */
#ifndef GEN_DWARF_WALK_H
#define GEN_DWARF_WALK_H

#include "read/dwarf_copy.h"
#include "read/dwarf_facts.h"
#include "read/dwarf_look.h"

#include <libelf.h>

/* The work on one request. */
struct walk {
	const struct fact_request *request;
	struct facts *f;
	facts_take *take;
	void *arg;
	struct looks looks; /* of a list: all; else of the object at hand */
};

/* The DWARF of one file, which says nothing of what it belongs to. */
struct walk_part {
	Elf *elf;
	Dwarf *dwarf, *owner;
	Dwarf_Die *skeleton; /* or NULL */
	void (*describe)(void *elf, struct fact_object *o);
	const char *label;
	size_t input;
};

void walk_units(struct walk *w, const struct walk_part *part); /* errors are in w->f */
bool walk_is_skeleton(Dwarf_Die *root);
void walk_end(struct walk *w);

#endif
