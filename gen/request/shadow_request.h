/* SPDX-License-Identifier: MIT */
/* --shadow: what a shadow is called, in place of "struct X_opaque". */
#ifndef GEN_SHADOW_REQUEST_H
#define GEN_SHADOW_REQUEST_H

#include "request/request.h"

/* NAME, 'struct NAME' or 'union NAME', each with .MEMBER behind it or without. */
bool shadow_request_set(struct request *r, const char *argument, struct diags *diags);
/* Once all options are known: the names must be free to take. */
bool shadow_request_settle(struct request *r, struct diags *diags);

#endif
