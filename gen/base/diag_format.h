/* SPDX-License-Identifier: MIT */
/* Diagnostics for programs to read. */
#ifndef GEN_DIAG_FORMAT_H
#define GEN_DIAG_FORMAT_H

#include "base/diag.h"

enum diag_format {
	DIAG_TEXT,   /* diag_print() on standard error, for people */
	DIAG_JSON,   /* one object: {"format": 1, "diagnostics": [...]} */
	DIAG_GITHUB, /* workflow commands, which GitHub shows beside the lines that they name */
};

bool diag_format_parse(const char *word, enum diag_format *format, struct diags *diags);
/* Settled; paths below `here` are shortened. Not for DIAG_TEXT. */
void diag_print_as(enum diag_format format, struct diags *d, FILE *out, const char *here);

#endif
