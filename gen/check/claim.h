/* SPDX-License-Identifier: MIT */
/*
 * What a header's banner says of itself: how it was made, and for which target. It is somebody's
 * word, perhaps a stranger's in a pull request; trust.h has what may be believed of it.
 */
#ifndef GEN_CLAIM_H
#define GEN_CLAIM_H

#include "base/diag.h"
#include "base/text.h"
#include "base/words.h"

struct claim {
	unsigned line;	      /* where the command is */
	struct words command; /* from "emit" on */
	char *target;	      /* "x86_64-linux-gnu"; NULL: not said */
	bool confirmed;	      /* by a compiler */
	struct words rungs;   /* of several targets instead: "m68k, confirmed by the compiler" */
};

/* False: the text has no banner, and diags says so of the file. *c is to be freed in either case.
 */
bool claim_read(struct claim *c, const char *text, const char *file, struct diags *diags);
/* Is it a header whose banner stands in its private half? */
bool claim_is_public_half(const char *text);
void claim_free(struct claim *c);

#endif
