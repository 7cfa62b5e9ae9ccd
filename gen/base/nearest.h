/* SPDX-License-Identifier: MIT */
/* For a name that is not there: those that are and look most like it. */
#ifndef GEN_NEAREST_H
#define GEN_NEAREST_H

#include "base/diag.h"
#include "base/text.h"
#include "base/words.h"

/*
 * Add up to max of the names to *found, the nearest ones only, sorted; none where all are far off.
 * "struct" and "union" do not count, so that a forgotten one comes first; nor do C++'s scopes where
 * nothing of them is said.
 */
void nearest_names(const char *wanted, const struct words *names, size_t max, struct words *found);

/* Report them as a note; if there are none, this advice, unless it is NULL. */
void nearest_note(const char *wanted, const struct words *names, const char *advice,
		  struct diags *diags);

#endif
