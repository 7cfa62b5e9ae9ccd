/* SPDX-License-Identifier: MIT */
/* The targets of one header, and the layouts of its types on each. */
#ifndef GEN_MANY_TARGETS_H
#define GEN_MANY_TARGETS_H

#include "request/request.h"
#include "write/writer.h"

/* Owns the layouts. */
struct header_targets {
	struct header_target *v;
	size_t n;
};

/*
 * From a source, for several targets. The numbers of a --target come from libclang alone, unless
 * one of the compilers of --cc is for it. A compiler for another target adds that one. *files gets
 * the real paths of all files that were read.
 */
bool many_targets_find(const struct request *r, struct header_targets *all, struct words *files,
		       struct diags *diags);
/*
 * From layouts that are there: all types on one target, all on the next, ... There may be just one
 * target. Takes the layouts.
 */
bool many_targets_split(const struct request *r, struct layouts *layouts,
			struct header_targets *all, struct diags *diags);
/* Of either, whether it succeeded or not. */
void header_targets_free(struct header_targets *all);

#endif
