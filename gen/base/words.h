/* SPDX-License-Identifier: MIT */
/* Lists of strings, which they own. */
#ifndef GEN_WORDS_H
#define GEN_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* A list of strings that it owns; .v ends with a NULL, so that it serves as an argv. */
struct words {
	char **v;
	size_t n;
};
void words_add(struct words *w, const char *word);
void words_add_n(struct words *w, const char *word, size_t len);
void words_addf(struct words *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
void words_add_all(struct words *w, const struct words *other);
void words_set(struct words *w, size_t index, const char *word);
void words_remove(struct words *w, size_t index);
bool words_have(const struct words *w, const char *word);
bool words_same(const struct words *a, const struct words *b);
void words_sort(struct words *w);
void words_sort_unique(struct words *w);
bool words_repeat(const struct words *w, const char *word); /* of a sorted list: more than once? */
void words_free(struct words *w);			    /* leaves an empty list */
/* Split as a shell would: blanks, quotes, backslashes; nothing is expanded. False: open quote. */
bool words_split(struct words *w, const char *line);
bool words_split_response(struct words *w, const char *text); /* as compilers read an @file */

#endif
