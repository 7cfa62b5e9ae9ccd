/* SPDX-License-Identifier: MIT */
/* --shadow: what a shadow is called, in place of "struct X_opaque". */
#ifndef GEN_SHADOW_REQUEST_H
#define GEN_SHADOW_REQUEST_H

#include "base/diag.h"
#include "request/type_request.h"

/* NAME, 'struct NAME' or 'union NAME', each with .MEMBER behind it or without. */
bool shadow_request_set(struct shadow_request *s, const char *argument, struct diags *diags);
/* Once all options are known: the names must be free to take. */
bool shadow_requests_settle(struct type_requests *all, bool has_private, bool libc,
			    struct diags *diags);

#endif
