/* SPDX-License-Identifier: MIT */
/* From a request to layouts, for commands that show them: no header is made, no shadow is held. */
#ifndef GEN_GATHER_H
#define GEN_GATHER_H

#include "request/request.h"

/*
 * All types that the request names, of its source, its object files or its file of layouts; all
 * there are in the latter, where it names none. False: diags says why.
 */
bool gather(const struct request *r, struct layouts *all, struct diags *diags);

/* The types of a request's object files, and what was read for them; nested as readers have it. */
bool gather_objects(const struct request *r, bool nested, struct layouts *layouts,
		    struct words *files, struct diags *diags);
/* An error: two ways to compile one source differ in a type. Returns false. */
bool report_two_ways(const struct layouts *a, const struct layouts *b, struct diags *diags);

#endif
