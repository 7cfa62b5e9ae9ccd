/* SPDX-License-Identifier: MIT */
/* One header for several targets. */
#ifndef GEN_LADDER_H
#define GEN_LADDER_H

#include "generate/generate.h"

/*
 * From a source. Each --target is libclang's word alone, unless one of the compilers of --cc turns
 * out to be for it; a compiler for none of them adds its own.
 */
bool ladder_from_source(const struct request *r, struct generated *g, struct diags *diags);

/* From layouts that are there: all types on one target, all on the next, ... There may be just one.
 */
bool ladder_from_layouts(const struct request *r, const char *command, const struct layouts *all,
			 struct generated *g, struct diags *diags);

#endif
