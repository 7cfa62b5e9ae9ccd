/* SPDX-License-Identifier: MIT */
/*
 * From a request to the layouts that it asks for, whatever holds them: a source, object files,
 * probes or a file of layouts. Every command that needs layouts gets them here.
 */
#ifndef GEN_FIND_LAYOUTS_H
#define GEN_FIND_LAYOUTS_H

#include "request/request.h"

/* Why layouts are wanted. */
enum purpose {
	TO_SHOW,    /* every shape will do */
	FOR_HEADER, /* the source may include the header that is made from them */
};

struct found_layouts {
	struct layouts
		layouts;    /* in the order of the request; all types on the next target follow */
	struct words files; /* that were read, by their real paths */
	bool confirmed;	    /* by the compiler */
};

/*
 * A request that names no types asks for all there are. False: diags says why. *found is to be
 * freed in either case.
 */
bool find_layouts(const struct request *r, enum purpose purpose, struct found_layouts *found,
		  struct diags *diags);
void found_layouts_free(struct found_layouts *found);

#endif
