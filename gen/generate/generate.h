/* SPDX-License-Identifier: MIT */
/* From a request to the texts of its headers, in memory. */
#ifndef GEN_GENERATE_H
#define GEN_GENERATE_H

#include "base/words.h"
#include "request/request.h"

struct generated {
	struct layouts layouts;			 /* of all targets, one after the other */
	char *text, *forward_text, *layout_text; /* the latter two NULL where not asked for */
	struct words files;			 /* all that were read, by real paths */
};

/* False: diags says why. The caller releases *g in either case. */
bool generate(const struct request *r, struct generated *g, struct diags *diags);
void generated_release(struct generated *g);

#endif
