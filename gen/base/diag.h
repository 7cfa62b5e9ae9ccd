/* SPDX-License-Identifier: MIT */
/*
 * What went wrong, collected and then printed in clang's form:
 *
 *	conn.h:12:8: error: 'struct conn' is only declared, never defined
 *	gen-opaque: error: no type is asked for
 *	gen-opaque: note: name one with -t 'struct NAME'
 *
 * A note belongs to the error or warning before it and stays with it when they are sorted.
 */
#ifndef GEN_DIAG_H
#define GEN_DIAG_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum severity { SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_ERROR };

/* A place in a source; .file NULL: none known. Column 0: none known. */
struct place {
	const char *file;
	unsigned line, column;
};

struct diag {
	enum severity severity;
	char *file; /* NULL: no place */
	unsigned line, column;
	char *text;
	struct diag *notes;
	size_t n_notes;
};

struct diags {
	struct diag *v;
	size_t n;
};

void diag_add(struct diags *d, enum severity severity, const struct place *at, const char *format,
	      ...) __attribute__((format(printf, 4, 5)));
void diag_vadd(struct diags *d, enum severity severity, const struct place *at, const char *format,
	       va_list args) __attribute__((format(printf, 4, 0)));
bool diag_failed(const struct diags *d); /* is there an error among them? */
void diag_move(struct diags *to, struct diags *from);
void diag_free(struct diags *d);

/* Those without a place get this one, and so do their notes. */
void diag_move_to(struct diags *to, struct diags *from, const struct place *at);
/* Sort by place and leave each once. */
void diag_settle(struct diags *d);
/* Settled. Paths below `here` are shortened; here may be NULL. */
void diag_print(struct diags *d, FILE *out, bool colour, const char *here);
bool diag_wants_colour(FILE *out);

/* Errors and notes without a place, in one word each. */
#define diag_error(d, ...)   diag_add(d, SEVERITY_ERROR, NULL, __VA_ARGS__)
#define diag_warning(d, ...) diag_add(d, SEVERITY_WARNING, NULL, __VA_ARGS__)
#define diag_note(d, ...)    diag_add(d, SEVERITY_NOTE, NULL, __VA_ARGS__)

#endif
