/* SPDX-License-Identifier: MIT */
/* How a request's source is compiled. */
#ifndef GEN_COMPILATION_H
#define GEN_COMPILATION_H

#include "compile/compiler.h"
#include "request/request.h"

/* Every way there is: one by the command line, or as many as the database has. */
bool compilation_ways(const struct request *r, struct compiles *all, struct diags *diags);
/* What a compiler says of itself with the source's flags. */
bool compilation_ask(const struct request *r, const struct words *cc, struct compiler_facts *facts,
		     struct diags *diags);
/* Does a compiler confirm the numbers? */
bool compilation_is_confirmed(const struct request *r);
/* libclang's arguments for one of them, and what they took from its compiler. */
bool compilation_clang_args(const struct request *r, const struct compile *c,
			    struct compiler_facts *facts, struct words *args, struct diags *diags);
/*
 * Flags that libclang does not know. Where no compiler confirms its answer, those that layouts
 * depend on are errors, and others give a warning.
 */
bool compilation_check_dropped(const struct request *r, const struct words *dropped,
			       struct diags *diags);

#endif
