/* SPDX-License-Identifier: MIT */
/* What each -t asks for, and the options that belong to the -t before them. */
#ifndef GEN_WANTED_H
#define GEN_WANTED_H

#include "request.h"

enum wanted_number { WANTED_ALIGN, WANTED_RESERVE };

bool wanted_add(struct request *r, const char *argument, struct diags *diags);
/* FIELD of the type before it, or 'struct X.FIELD' of that one; a path, "list.next". */
bool wanted_add_field(struct request *r, const char *argument, bool exposed, struct diags *diags);
bool wanted_set(struct request *r, enum wanted_number which, const char *argument,
		struct diags *diags);
/* N, or FIELD=N. */
bool wanted_set_flexible(struct request *r, const char *argument, struct diags *diags);
/* Options that came before any -t are for the only one that there is. */
bool wanted_settle(struct request *r, struct diags *diags);
/* Is some field a member of a member? */
bool wanted_is_nested(const struct request *r);
void wanted_release(struct wanted *w);

#endif
