/* SPDX-License-Identifier: MIT */
/* What a header says and what it should say, held against each other. */
#ifndef GEN_DRIFT_H
#define GEN_DRIFT_H

#include "request/request.h"

struct drift {
	const char *file;	  /* real path, for diagnostics */
	const char *before, *now; /* its text, and what gen-opaque writes */
	const struct request *request;
	const struct layouts *old_layouts; /* as they were, of all types of which that is known */
	const struct layouts *layouts;	   /* as they are now, in the order of the request, on
					      one target after the other */
	bool explained;			   /* what became of the fields has been said */
};

/* True: the two texts are the same. False: diags says what is not, at the header's lines. */
bool drift_check(struct drift *d, struct diags *diags);
/* The same of the file with the layouts, whose text is `before`. */
bool drift_check_layouts(struct drift *d, struct diags *diags);

#endif
