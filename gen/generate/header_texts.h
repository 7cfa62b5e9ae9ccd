/* SPDX-License-Identifier: MIT */
/* From what is known of types, on one target or many, to the texts that a request asks for. */
#ifndef GEN_HEADER_TEXTS_H
#define GEN_HEADER_TEXTS_H

#include "request/request.h"
#include "write/writer.h"

struct header_plan {
	const struct request *request;
	const char *command;		     /* for the banner */
	const struct header_target *targets; /* their triples may be missing */
	size_t n_targets;
	bool neutral; /* the check macros check nothing */
};

/* Can all that is asked for be written? If not, diags says why. */
bool header_texts_check(const struct header_plan *plan, struct diags *diags);
/* The texts replace those that are there; the forward one is NULL where none is asked for. */
void header_texts_make(const struct header_plan *plan, char **text, char **forward_text);

#endif
