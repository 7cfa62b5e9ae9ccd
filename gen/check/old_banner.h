/* SPDX-License-Identifier: MIT */
/*
 * What the banner of a header says: how it was made, and for which target. It may come from
 * anybody, as in a pull request; trust.h decides what of it is trusted.
 */
#ifndef GEN_OLD_BANNER_H
#define GEN_OLD_BANNER_H

#include "base/diag.h"
#include "base/text.h"
#include "base/words.h"

struct old_banner {
	unsigned line;	      /* where the command is */
	struct words command; /* from "emit" on */
	char *target;	      /* "x86_64-linux-gnu"; NULL: not said */
	bool confirmed;	      /* by a compiler */
	struct words rungs;   /* of several targets instead: "m68k, confirmed by the compiler" */
};

/* False: the text has no banner, and diags says so of the file. The caller frees *c in either case.
 */
bool old_banner_read(struct old_banner *c, const char *text, const char *file, struct diags *diags);
/* Is it a public half, whose banner stands in its private half? */
bool old_banner_is_elsewhere(const char *text);
void old_banner_free(struct old_banner *c);

#endif
