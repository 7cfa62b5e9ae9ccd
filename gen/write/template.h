/* SPDX-License-Identifier: MIT */
/*
 * Texts with named places: "#define @UPPER@_SIZE @SIZE@" reads as the line that it writes.
 *
 * A place without a value, or a value without a place, is a mistake of the caller: it ends the
 * program, so that the first test which prints the template finds it.
 */
#ifndef GEN_TEMPLATE_H
#define GEN_TEMPLATE_H

#include <stdio.h>

struct template_value {
	const char *name, *value;
};

/* A list of them ends with one that has no name. */
#define VALUES(...) ((const struct template_value[]){ __VA_ARGS__, { NULL, NULL } })

/*
 * Print the text. Each value of `own` must have a place in it; those of `shared` (which many
 * templates have in common; may be NULL) need not.
 */
void template_print(FILE *out, const char *text, const struct template_value *own,
		    const struct template_value *shared);
/* What is wrong with the text and its places, or NULL. The caller frees it. */
char *template_mistake(const char *text, const struct template_value *own,
		       const struct template_value *shared);

#endif
