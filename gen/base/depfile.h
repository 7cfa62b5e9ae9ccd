/* SPDX-License-Identifier: MIT */
/* Make rules that say which files a file was made from. */
#ifndef GEN_DEPFILE_H
#define GEN_DEPFILE_H

#include "base/text.h"
#include "base/words.h"

/*
 * The targets are remade when a file changes. Each file has a rule of its own without
 * prerequisites: once it is removed, make goes on and remakes the targets instead of stopping.
 * The caller frees the text.
 */
char *depfile_format(const struct words *targets, const struct words *files);
/* The files of a rule as a compiler writes it. */
void depfile_parse(const char *text, struct words *files);

#endif
