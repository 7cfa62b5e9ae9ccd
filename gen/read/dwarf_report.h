/* SPDX-License-Identifier: MIT */
/* What stands in the way of an answer, in words; and the layouts of what may have several makers.
 */
#ifndef GEN_DWARF_REPORT_H
#define GEN_DWARF_REPORT_H

#include "base/diag.h"
#include "read/dwarf_search.h"

void report_stopped(struct diags *diags, const struct facts *f);
/* What DIEs of an object say cannot be. */
void report_nonsense(struct diags *diags, const struct fact_object *in, const char *text);
void report_two(struct diags *diags, const struct search *s);
void report_declared(struct diags *diags, const struct fact_die *die);
void report_missing(struct diags *diags, const struct type_name *wanted, const struct words *inputs,
		    const struct facts *names, const struct facts *f);
void report_no_types(struct diags *diags, const struct facts *f, const struct words *inputs);
void report_target(struct diag *d, const char *target);

/*
 * The layout of a type; where several compilers may have made it, with bounds that hold for all.
 * False: diags says why there is none.
 */
bool describe_for_all(struct diags *diags, struct fact_die *die,
		      const struct completion *completions, size_t n_completions,
		      enum describe_fields fields, struct layout *l);

#endif
