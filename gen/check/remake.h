/* SPDX-License-Identifier: MIT */
/* A header that is there, made again in memory from what its banner says. */
#ifndef GEN_REMAKE_H
#define GEN_REMAKE_H

#include "check/old_banner.h"
#include "generate/generate.h"
#include "request/request.h"

struct remade {
	struct old_banner banner;
	struct request request; /* what the banner asks for, as far as it is trusted */
	struct generated now;
	/* Real paths of the files that the banner says were made together; NULL: none. */
	char *header, *forward;
};

/*
 * `file` is a real path. Nothing is written, and nothing run or loaded that the file names. False:
 * diags says why. The caller releases *m in either case.
 */
bool remake(const struct request *check, const char *file, struct remade *m, struct diags *diags);
void remade_release(struct remade *m);
/* Does another file's banner say that it was made together with this one? */
bool remade_belongs(const struct remade *m, const char *file, const char *text,
		    struct diags *diags);
/* A file's text with LF at the ends of its lines; NULL: diags says why. */
char *remade_read(const char *file, bool *has_cr, struct diags *diags);

#endif
