/* SPDX-License-Identifier: MIT */
/* The numbers that a header's text defines, with the targets that they are for. */
#ifndef GEN_HEADER_NUMBERS_H
#define GEN_HEADER_NUMBERS_H

#include "base/text.h"
#include "base/words.h"

#include <stdint.h>

/* #define NAME VALUE */
struct number {
	char *name;
	uint64_t value;
	unsigned line;
	size_t rung; /* index */
};

/* Of a text without a ladder all numbers are on rung 0, which names no targets. */
struct header_numbers {
	struct number *v;
	size_t n;
	struct words *rungs; /* the names of each one's targets */
	size_t n_rungs;
};

void header_numbers_find(struct header_numbers *all, const char *text);
void header_numbers_free(struct header_numbers *all);
/* The number of this name for a target, by the target's name; NULL: for the only one there is. */
const struct number *header_numbers_get(const struct header_numbers *all, const char *name,
					const char *target);

#endif
