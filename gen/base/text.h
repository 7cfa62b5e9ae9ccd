/* SPDX-License-Identifier: MIT */
/*
 * Strings, and memory for them.
 *
 * When memory runs out the program ends with a message; nothing has been written by then. So none
 * of these functions return NULL unless they say so.
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
char *text_plain(const char *s);    /* '?' for all that a terminal would act on */
size_t text_columns(const char *s); /* of a terminal, for text in UTF-8 */
/* "\u00e4" is the letter: what a name is that was written with universal character names. */
char *text_without_escapes(const char *s);
bool text_starts(const char *s, const char *start);
bool text_ends(const char *s, const char *end);
/* Of C, with what compilers allow besides: '$', and letters of any script in UTF-8. */
bool text_is_identifier(const char *s);
bool text_is_name_byte(char c);	      /* may it be in one? */
char *text_include(const char *path); /* a line that includes the file; the path is absolute */
/* NULL and errno: it cannot be read, or is larger than 256 MiB; of a device than 1 MiB. */
char *text_read_file(const char *path, size_t *len);

/* Text that grows: print to .file, then take the whole. */
struct text {
	FILE *file;
	char *data;
	size_t len;
};
void text_open(struct text *t);
char *text_close(struct text *t); /* the caller frees it */

#endif
