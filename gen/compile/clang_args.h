/* SPDX-License-Identifier: MIT */
/* The arguments that make libclang behave like the compiler. */
#ifndef GEN_CLANG_ARGS_H
#define GEN_CLANG_ARGS_H

#include "compile/compiler.h"

/* target may be NULL, then that of the facts. */
void clang_args(const struct compile *c, const struct compiler_facts *facts, const char *target,
		struct words *args);

#endif
