/* SPDX-License-Identifier: MIT */
#include "base/diag.h"

#include "base/paths.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct diag *append(struct diag **v, size_t *n)
{
	*v = text_resize(*v, *n + 1, sizeof(**v));
	memset(&(*v)[*n], 0, sizeof(**v));
	return &(*v)[(*n)++];
}

void diag_vadd(struct diags *d, enum severity severity, const struct place *at, const char *format,
	       va_list args)
{
	struct diag *diag;

	if (severity == SEVERITY_NOTE && d->n > 0)
		diag = append(&d->v[d->n - 1].notes, &d->v[d->n - 1].n_notes);
	else
		diag = append(&d->v, &d->n);
	diag->severity = severity;
	if (at && at->file) {
		diag->file = text_copy(at->file);
		diag->line = at->line;
		diag->column = at->column;
	}
	diag->text = text_vformat(format, args);
}

void diag_add(struct diags *d, enum severity severity, const struct place *at, const char *format,
	      ...)
{
	va_list args;

	va_start(args, format);
	diag_vadd(d, severity, at, format, args);
	va_end(args);
}

bool diag_failed(const struct diags *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->v[i].severity == SEVERITY_ERROR)
			return true;
	return false;
}

void diag_move(struct diags *to, struct diags *from)
{
	for (size_t i = 0; i < from->n; i++)
		*append(&to->v, &to->n) = from->v[i];
	free(from->v);
	from->v = NULL;
	from->n = 0;
}

static void place_all(struct diag *v, size_t n, const struct place *at)
{
	for (size_t i = 0; i < n; i++) {
		place_all(v[i].notes, v[i].n_notes, at);
		if (v[i].file)
			continue;
		v[i].file = text_copy(at->file);
		v[i].line = at->line;
		v[i].column = at->column;
	}
}

void diag_move_to(struct diags *to, struct diags *from, const struct place *at)
{
	place_all(from->v, from->n, at);
	diag_move(to, from);
}

static void free_one(struct diag *d)
{
	for (size_t i = 0; i < d->n_notes; i++)
		free_one(&d->notes[i]);
	free(d->notes);
	free(d->file);
	free(d->text);
}

void diag_free(struct diags *d)
{
	for (size_t i = 0; i < d->n; i++)
		free_one(&d->v[i]);
	free(d->v);
	d->v = NULL;
	d->n = 0;
}

static int compare_unsigned(unsigned a, unsigned b)
{
	return a < b ? -1 : a > b;
}

/* Those with a place come first, in the order of their places; the others keep their order. */
static int compare(const struct diag *a, const struct diag *b)
{
	int order;

	if (!a->file || !b->file)
		return !a->file - !b->file;
	order = strcmp(a->file, b->file);
	if (!order)
		order = compare_unsigned(a->line, b->line);
	return order ? order : compare_unsigned(a->column, b->column);
}

static bool same(const struct diag *a, const struct diag *b)
{
	return a->severity == b->severity && compare(a, b) == 0 && strcmp(a->text, b->text) == 0;
}

/* An insertion sort: stable, and there are never many. */
static void sort(struct diags *d)
{
	for (size_t i = 1; i < d->n; i++) {
		struct diag moving = d->v[i];
		size_t j = i;

		for (; j > 0 && compare(&d->v[j - 1], &moving) > 0; j--)
			d->v[j] = d->v[j - 1];
		d->v[j] = moving;
	}
}

static void print_one(const struct diag *d, FILE *out, bool colour, const char *here)
{
	static const char *const words[] = { "note", "warning", "error" };
	static const char *const colours[] = { "\033[1;36m", "\033[1;35m", "\033[1;31m" };

	if (!d->file) {
		fputs("gen-opaque: ", out);
	} else {
		fprintf(out, "%s:", path_shown(here, d->file));
		if (d->line)
			fprintf(out, "%u:", d->line);
		if (d->column)
			fprintf(out, "%u:", d->column);
		fputc(' ', out);
	}
	fprintf(out, "%s%s:%s %s\n", colour ? colours[d->severity] : "", words[d->severity],
		colour ? "\033[0m" : "", d->text);
	for (size_t i = 0; i < d->n_notes; i++)
		print_one(&d->notes[i], out, colour, here);
}

void diag_settle(struct diags *d)
{
	size_t n = 0;

	sort(d);
	for (size_t i = 0; i < d->n; i++) {
		bool seen = false;

		for (size_t j = 0; j < n && !seen; j++)
			seen = same(&d->v[i], &d->v[j]);
		if (seen)
			free_one(&d->v[i]);
		else
			d->v[n++] = d->v[i];
	}
	d->n = n;
}

void diag_print(struct diags *d, FILE *out, bool colour, const char *here)
{
	diag_settle(d);
	for (size_t i = 0; i < d->n; i++)
		print_one(&d->v[i], out, colour, here);
}

bool diag_wants_colour(FILE *out)
{
	const char *no_color = getenv("NO_COLOR");

	return isatty(fileno(out)) && !(no_color && no_color[0]);
}
