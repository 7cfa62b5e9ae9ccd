/* SPDX-License-Identifier: MIT */
/*
 * A source that libclang has parsed. All of this happens in a child process, which ends sooner than
 * a unit can be taken apart: so it is not.
 */
#ifndef GEN_CLANG_UNIT_H
#define GEN_CLANG_UNIT_H

#include "base/words.h"
#include "read/reader.h"

#include <clang-c/Index.h>

#define STAND_IN_DIR "/gen-opaque-stand-in" /* where stand-ins have copies; no real directory */

struct unit {
	CXIndex index;
	CXTranslationUnit tu; /* NULL: libclang makes nothing of it */
	struct words args;    /* as far as libclang knows them */
	struct words dropped; /* the others, of those that macros or layouts depend on */
	char *unfit;	      /* without a unit: the argument that is to blame, if one is */
	bool crashed;
};

void unit_open(struct unit *u, const struct read_request *request);
/* The same once more with function bodies; NULL where that cannot be. */
CXTranslationUnit unit_with_bodies(const struct unit *u, const struct read_request *request);
/* The same with this text in place of the source's, private names open to all; NULL likewise. */
CXTranslationUnit unit_with_text(const struct unit *u, const struct read_request *request,
				 const char *text);
/* The errors in it. Its warnings are the business of those who build it. */
void unit_errors(const struct unit *u, struct diags *d);
/* What was read, and whether a stand-in was among it. */
void unit_files(const struct unit *u, const struct read_request *request,
		struct read_answer *answer);
char *unit_triple(const struct unit *u);

#endif
