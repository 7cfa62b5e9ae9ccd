/* SPDX-License-Identifier: MIT */
/* What inputs are, and so which reader they are for. */
#ifndef GEN_INPUT_H
#define GEN_INPUT_H

#include "base/diag.h"
#include "base/text.h"
#include "base/words.h"

enum input_kind {
	INPUT_UNKNOWN, /* to be told by the content */
	INPUT_SOURCE,  /* for the reader clang, whose answer the compiler confirms */
	INPUT_ALONE,   /* a source for the compiler alone */
	INPUT_OBJECTS, /* for the reader dwarf: one or more */
	INPUT_LAYOUTS, /* what layout has written as JSON: one */
	INPUT_PROBES,  /* objects that were compiled from probes: one or more */
};

bool input_is_source(enum input_kind kind);

bool input_kind_parse(const char *reader, enum input_kind *kind, struct diags *diags);
/* What one input holds; INPUT_UNKNOWN: neither text nor anything that can be read. */
bool input_look(const char *path, enum input_kind *kind, struct diags *diags);
/* Can all inputs be read? Then *kind, where it is unknown, is what they hold. */
bool input_check(const struct words *inputs, enum input_kind *kind, struct diags *diags);

#endif
