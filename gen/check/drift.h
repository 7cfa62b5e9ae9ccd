/* SPDX-License-Identifier: MIT */
/* Compares what a header says with what it should say. */
#ifndef GEN_DRIFT_H
#define GEN_DRIFT_H

#include "request/request.h"

struct drift {
	const char *file;	  /* real path, for diagnostics */
	const char *before, *now; /* its text, and what gen-opaque writes */
	const struct request *request;
	const struct layouts *old_layouts; /* the old ones, as far as they are known */
	const struct layouts *layouts;	   /* as they are now, in the order of the request, on
					      one target after the other */
	bool explained;			   /* the changes of the fields have been reported */
};

/* True: the two texts are the same. False: diags says what is not, at the header's lines. */
bool drift_check(struct drift *d, struct diags *diags);
/* The same of the file with the layouts, whose text is `before`. */
bool drift_check_layouts(struct drift *d, struct diags *diags);

#endif
