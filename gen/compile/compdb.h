/* SPDX-License-Identifier: MIT */
/* compile_commands.json, as Meson, CMake and Bear write it. */
#ifndef GEN_COMPDB_H
#define GEN_COMPDB_H

#include "compile/compile.h"

/*
 * Every entry of DIR/compile_commands.json for exactly this file, each once; none is an error.
 * (libclang's own reader would hand out the flags of another file that looks alike.)
 */
bool compile_from_database(const char *dir, const char *source, const char *root,
			   struct compiles *all, struct diags *diags);

#endif
