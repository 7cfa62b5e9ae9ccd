/* SPDX-License-Identifier: MIT */
/*
 * Strings, lists of strings and paths.
 *
 * Memory that cannot be had ends the program with a message: nothing has been written by then, and
 * a generator has nothing better to do. So none of these return NULL unless they say so.
 */
#ifndef GEN_TEXT_H
#define GEN_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

void *text_alloc(size_t n, size_t size); /* zeroed */
void *text_resize(void *p, size_t n, size_t size);
char *text_copy(const char *s);
char *text_copy_n(const char *s, size_t len);
/* What a field's path "list.next" is in other names: "list_next", and in macros "LIST_NEXT". */
char *text_undotted(const char *path);
char *text_macro(const char *path);
char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *text_vformat(const char *format, va_list args) __attribute__((format(printf, 1, 0)));
char *text_upper(const char *s);
char *text_plain(const char *s); /* '?' for all that is not printable ASCII */
bool text_starts(const char *s, const char *start);
bool text_ends(const char *s, const char *end);
bool text_is_identifier(const char *s);
char *text_include(const char *path); /* a line that includes the file; the path is absolute */
/* NULL and errno when it cannot, or when there is no end to it: /dev/zero can be named, too. */
char *text_read_file(const char *path, size_t *len);

/* Text that grows: print to .file, then take the whole. */
struct text {
	FILE *file;
	char *data;
	size_t len;
};
void text_open(struct text *t);
char *text_close(struct text *t); /* the caller frees it */

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
void words_sort_unique(struct words *w);
void words_free(struct words *w); /* leaves an empty list */
/* Split as a shell would: blanks, quotes, backslashes; nothing is expanded. False: open quote. */
bool words_split(struct words *w, const char *line);
bool words_split_response(struct words *w, const char *text); /* as compilers read an @file */

/* Paths. "Real" is: absolute, symbolic links followed as far as the path exists, no "." or "..". */
char *path_join(const char *dir, const char *path); /* path itself where it is absolute */
char *path_real(const char *path);
char *path_dir(const char *path);
const char *path_name(const char *path);		    /* behind the last slash */
const char *path_inside(const char *dir, const char *path); /* the rest, or NULL if outside */
const char *path_shown(const char *here, const char *path); /* that, or else path itself */
char *path_from(const char *dir, const char *path);	    /* relative, with ".." if need be */
char *path_here(void);					    /* the current directory */
bool path_is_dir(const char *path);
bool path_exists(const char *path);

#endif
