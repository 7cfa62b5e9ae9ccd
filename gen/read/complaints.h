/* SPDX-License-Identifier: MIT */
/* What a compiler says of a source and a probe, as diagnostics of ours. */
#ifndef GEN_COMPLAINTS_H
#define GEN_COMPLAINTS_H

#include "base/diag.h"
#include "model/layout.h"

/* Of errors: what a probe asks for is not there; the probe is wrong otherwise; the source is. */
enum blame { BLAME_NOBODY, BLAME_PROBE, BLAME_QUESTION, BLAME_SOURCE };

/*
 * Errors in the source, or, where there are none, about what the probe asks. Paths below dir, where
 * copies of stand-ins are, become theirs. Returns whom those that were added are about.
 */
enum blame complaints_report(const char *text, const char *dir, struct diags *diags);
/* Types that end with a flexible array member: a warning about their place in the probe. */
void complaints_flexible(const char *text, struct layouts *all);

/* One line: "FILE:LINE[:COLUMN]: warning: TEXT". */
struct complaint {
	char *file;
	unsigned line, column;
	const char *text; /* inside the line */
};

typedef void complaint_function(const struct complaint *c, void *context);

/* Each warning, in order. */
void complaints_warnings(const char *text, complaint_function *function, void *context);
bool complaint_is_about_question(const struct complaint *c);

#endif
