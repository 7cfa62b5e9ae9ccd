/* SPDX-License-Identifier: MIT */
/*
 * Strict aliasing: may_alias on the shadow mends copies through pointers to shadows; all others are
 * right only if the private type has it too, or the compiler does not use the rule.
 */
#ifndef GEN_ALIASING_H
#define GEN_ALIASING_H

#include "compile/compile.h"
#include "request/request.h"

/* Warn where the owner has neither; with -flto it is an error. */
void aliasing_check(const struct request *r, const struct compile *compile,
		    const struct layouts *layouts, struct diags *diags);

#endif
