/* SPDX-License-Identifier: MIT */
/* Files that are written all together or not at all, and only where their bytes change. */
#ifndef GEN_OUTPUT_H
#define GEN_OUTPUT_H

#include "base/diag.h"
#include "base/text.h"

struct output {
	const char *path; /* "-": standard output */
	const char *text;
	bool always;	 /* write it even if its bytes are the same */
	char *temporary; /* set while it is on its way */
};

bool output_write(struct output *outputs, size_t n, struct diags *diags);

#endif
