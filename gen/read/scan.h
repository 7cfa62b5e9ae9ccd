/* SPDX-License-Identifier: MIT */
/* A quick look at a source's letters, to know whether a slower one pays. */
#ifndef GEN_SCAN_H
#define GEN_SCAN_H

#include "base/words.h"

/*
 * All that the text may define with this keyword, "struct" or "union": for each definition the
 * words between the keyword and the brace, its name among them, each once.
 */
void scan_definitions(const char *text, const char *keyword, struct words *names);

#endif
