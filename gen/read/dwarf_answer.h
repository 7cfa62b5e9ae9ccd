/* SPDX-License-Identifier: MIT */
/*
 * The mind above both engines: from the facts of types to layouts, or to what stands in the way.
 *
 * dwarf_names	what a DIE is called, and which DIEs a name means
 * dwarf_types	sizes and members; dwarf_bounds: alignments; dwarf_abi: what compilers do about them
 * dwarf_spell	types in C's words
 * dwarf_describe	one layout
 * dwarf_search	all DIEs of the names that are asked for
 * dwarf_answer	all layouts of a question
 */
#ifndef GEN_DWARF_ANSWER_H
#define GEN_DWARF_ANSWER_H

#include "base/diag.h"
#include "model/layout.h"
#include "read/dwarf_facts.h"

struct dwarf_question {
	const struct type_name *types;
	size_t n_types; /* 0: all that there are, without their fields */
	const struct words *inputs, *debug_dirs;
	bool nested;
	double seconds;
	unsigned mebibytes;
};

/* Layouts of all types, or none and an error. */
struct dwarf_answer {
	struct layouts layouts;
	struct diags diags;
	struct words files;
	bool unable; /* the engine cannot read this; another may */
};

void dwarf_answer(const struct dwarf_question *q, fact_engine *engine, struct dwarf_answer *a);
void dwarf_answer_free(struct dwarf_answer *a);

#endif
