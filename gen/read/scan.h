/* SPDX-License-Identifier: MIT */
/* A quick look at a source's letters, to know whether a slower one pays. */
#ifndef GEN_SCAN_H
#define GEN_SCAN_H

#include <stddef.h>

/* How often the text seems to define "struct name" (the keyword is "struct" or "union"). */
size_t scan_definitions(const char *text, const char *keyword, const char *name);

#endif
