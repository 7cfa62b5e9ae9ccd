/* SPDX-License-Identifier: MIT */
/* From a header's banner to a request: what it asks for, as far as it may be trusted. */
#ifndef GEN_BANNER_REQUEST_H
#define GEN_BANNER_REQUEST_H

#include "request/request.h"

/*
 * The banner's command asks for it; `check` is what the user asked for. The paths in the command
 * start at the root. The outputs are real paths then, and the caller still changes them where the
 * header has been moved, finishes with request_settle_header(), and chooses among the user's
 * compilers. False: diags says why. The caller releases the request in either case.
 */
bool banner_request(struct request *r, const struct words *command, const struct request *check,
		    const char *root, struct diags *diags);

#endif
