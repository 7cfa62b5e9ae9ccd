/* SPDX-License-Identifier: MIT */
/* Which of the compilers that a user names are those of a header. */
#ifndef GEN_MATCH_COMPILERS_H
#define GEN_MATCH_COMPILERS_H

#include "check/old_banner.h"
#include "request/request.h"

/*
 * Give the request, which is settled and has none yet, the compilers of its target, or of those of
 * its targets that a compiler confirmed. False: diags says which one is missing.
 */
bool match_compilers(struct request *r, const struct old_banner *banner,
		     const struct words *compilers, struct diags *diags);

#endif
