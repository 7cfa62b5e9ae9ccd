/* SPDX-License-Identifier: MIT */
/* What a compiler says of a source and a probe, as diagnostics of ours. */
#ifndef GEN_COMPLAINTS_H
#define GEN_COMPLAINTS_H

#include "base/diag.h"
#include "model/layout.h"

enum blame { BLAME_NOBODY, BLAME_PROBE, BLAME_SOURCE };

/*
 * Errors in the source, or, where there are none, about what the probe asks. Paths below dir, where
 * copies of stand-ins are, become theirs. Returns whom those that were added are about.
 */
enum blame complaints_report(const char *text, const char *dir, struct diags *diags);
/* Types that end with a flexible array member: a warning about their place in the probe. */
void complaints_flexible(const char *text, struct layouts *all);

#endif
