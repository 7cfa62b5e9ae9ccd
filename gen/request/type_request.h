/* SPDX-License-Identifier: MIT */
/* What each -t asks for, and the options that belong to the -t before them. */
#ifndef GEN_TYPE_REQUEST_H
#define GEN_TYPE_REQUEST_H

#include "request/request.h"

enum wanted_number { WANTED_ALIGN, WANTED_RESERVE };

/* The -t that an option is for; what comes before any is kept apart. */
struct type_request *type_request_current(struct request *r);
bool type_request_add(struct request *r, const char *argument, struct diags *diags);
/* FIELD of the type before it, or 'struct X.FIELD' of that one; a path, "list.next". */
bool type_request_add_field(struct request *r, const char *argument, bool exposed,
			    struct diags *diags);
bool type_request_set(struct request *r, enum wanted_number which, const char *argument,
		      struct diags *diags);
/* N, or FIELD=N. */
bool type_request_set_flexible(struct request *r, const char *argument, struct diags *diags);
/* Options that came before any -t are for the only one that there is. */
bool type_request_settle(struct request *r, struct diags *diags);
/* Do all sizes and alignments have floors, and nothing else that targets decide is asked for? */
bool type_request_has_floors(const struct request *r);
/* Is some field a member of a member? */
bool type_request_is_nested(const struct request *r);
void type_request_release(struct type_request *w);

#endif
