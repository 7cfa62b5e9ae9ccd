/* SPDX-License-Identifier: MIT */
/* Which of the compilers that a user names are those of a header. */
#ifndef GEN_CHOOSE_COMPILERS_H
#define GEN_CHOOSE_COMPILERS_H

#include "check/claim.h"
#include "request/request.h"

/*
 * Give the request, which is settled and has none yet, the compilers of its target, or of those of
 * its targets that a compiler confirmed. False: diags says which one is missing.
 */
bool choose_compilers(struct request *r, const struct claim *claim, const struct words *compilers,
		      struct diags *diags);

#endif
