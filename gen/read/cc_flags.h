/* SPDX-License-Identifier: MIT */
/* The flags of a compile, for a run of its compiler that only looks. */
#ifndef GEN_CC_FLAGS_H
#define GEN_CC_FLAGS_H

#include "base/diag.h"
#include "compile/compile.h"

/*
 * Without what costs time and says nothing of layouts: warnings, and the optimiser, where code is
 * made. Sanitizers stay, as they define macros. dir is a scratch directory, for texts to include.
 */
bool cc_flags_add(const struct compile *c, const char *dir, bool makes_code, struct words *argv,
		  struct diags *diags);

#endif
