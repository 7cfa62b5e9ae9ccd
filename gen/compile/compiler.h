/* SPDX-License-Identifier: MIT */
/* What a compiler says of itself. */
#ifndef GEN_COMPILER_H
#define GEN_COMPILER_H

#include "base/words.h"
#include "compile/compile.h"
#include "model/targets.h"

struct compiler_facts {
	char *target;		    /* triple, which flags may contradict; NULL: not asked */
	const struct target *known; /* what the flags leave of it; NULL: not one of ours */
	struct words system_dirs;
	struct words builtin_dirs; /* stddef.h and the like, which each compiler brings itself */
};

/* Ask the compiler for its target and include directories under these flags. */
bool compiler_ask(const struct compile *c, struct compiler_facts *facts, struct diags *diags);
/*
 * What some of its flags change in the macros that the compiler predefines, as -D and -U flags.
 * False: it cannot be asked, or does not know them either.
 */
bool compiler_macros(const struct compile *c, const struct words *flags, struct words *args);
void compiler_facts_free(struct compiler_facts *facts);

#endif
