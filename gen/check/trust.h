/* SPDX-License-Identifier: MIT */
/*
 * What of a header's banner is trusted. The header may come with a pull request from anybody.
 * Checking it must not run, load or write anything that it names, and must not read files outside
 * the project. So only what is known to be harmless passes; everything else is refused by name.
 */
#ifndef GEN_TRUST_H
#define GEN_TRUST_H

#include "base/diag.h"
#include "base/text.h"
#include "base/words.h"

/* The real path of what the header calls so, if that is in the project; else NULL. */
char *trust_path(const char *root, const char *path, struct diags *diags);
/* As above, for what a header may have written: nothing hidden, such as .git. */
char *trust_output(const char *root, const char *path, struct diags *diags);
/* Each compile flag is harmless, or one of those that the user gives too. */
bool trust_flags(const char *root, const struct words *flags, const struct words *given,
		 struct diags *diags);
/* A target triple: letters, digits and little else. */
bool trust_triple(const char *triple, struct diags *diags);

#endif
