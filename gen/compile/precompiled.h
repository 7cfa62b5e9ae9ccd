/* SPDX-License-Identifier: MIT */
/*
 * Precompiled headers. They belong to one compiler and to one state of the sources, they may not be
 * made yet, and they may hold an older version of the very header that is being made. So whoever
 * reads a source gets their text.
 */
#ifndef GEN_PRECOMPILED_H
#define GEN_PRECOMPILED_H

#include "compile/compile.h"

/* Have the flags name texts in place of precompiled headers, as far as these are known. */
void precompiled_use_texts(struct compile *c);
/*
 * The file that `-include GIVEN` stands for, if a compiler would take what was precompiled from it
 * in its place; else NULL.
 */
char *precompiled_beside(const struct compile *c, const char *given);

#endif
