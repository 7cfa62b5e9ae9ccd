/* SPDX-License-Identifier: MIT */
#include "read/complaints.h"

#include "base/text.h"
#include "base/words.h"
#include "read/probe.h"

#include <stdlib.h>
#include <string.h>

/* The place ends where the first ": error: " begins, the file before its numbers. */
static bool parse(const char *line, const char *severity, struct complaint *c)
{
	const char *end = strstr(line, severity), *colon = end;
	unsigned numbers[2] = { 0, 0 };
	size_t n = 0;

	while (colon && n < 2) {
		const char *s = colon;

		while (s > line && s[-1] >= '0' && s[-1] <= '9')
			s--;
		if (s == colon || s == line || s[-1] != ':')
			break;
		numbers[n++] = (unsigned)strtoul(s, NULL, 10);
		colon = s - 1;
	}
	if (n == 0 || colon == line)
		return false;
	c->file = text_copy_n(line, (size_t)(colon - line));
	c->line = numbers[n - 1];
	c->column = n == 2 ? numbers[0] : 0;
	c->text = end + strlen(severity);
	return true;
}

static bool parse_error(const char *line, struct complaint *c)
{
	return parse(line, ": error: ", c) || parse(line, ": fatal error: ", c);
}

typedef void line_function(const char *line, void *context);

static void for_each_line(const char *text, line_function *function, void *context)
{
	while (*text) {
		size_t len = strcspn(text, "\n");
		char *line = text_copy_n(text, len);

		function(line, context);
		free(line);
		text += len + (text[len] == '\n');
	}
}

/* ---- errors ---- */

struct report {
	const char *dir;
	struct diags source, questions, probe; /* the last: what is about no question of its */
	struct words told;		       /* what the probe asked for in vain */
};

/* The path behind ours; some compilers take what #line says to be beside the probe. */
static const char *inside(const char *file, const char *dir)
{
	return text_starts(file, dir) && file[strlen(dir)] == '/' ? file + strlen(dir) + 1 : NULL;
}

static bool is_about_bit_field(const char *text)
{
	return strstr(text, "bit-field") || strstr(text, "bitfield");
}

/* "struct conn", or "struct conn, fd": each is reported once, and a field only if its type is
 * known. */
static void report_question(struct report *r, const char *about, const char *text)
{
	const char *comma = strchr(about, ',');
	char *type = text_copy_n(about, comma ? (size_t)(comma - about) : strlen(about));

	if (!words_have(&r->told, about) && !words_have(&r->told, type)) {
		if (!comma)
			diag_error(&r->questions, "the compiler has no size for '%s'", type);
		else if (is_about_bit_field(text))
			diag_error(&r->questions,
				   "'%s' of %s is a bit-field: it has no offset in bytes",
				   comma + 2, type);
		else
			diag_error(&r->questions, "the compiler has no offset for '%s' of %s",
				   comma + 2, type);
		diag_note(&r->questions, "it said: %s", text);
		words_add(&r->told, about);
	}
	free(type);
}

static void report_line(const char *line, void *context)
{
	struct report *r = context;
	struct complaint c;
	struct place at;
	const char *ours;

	if (!parse_error(line, &c))
		return;
	ours = inside(c.file, r->dir);
	at = (struct place){ c.file, c.line, c.column };
	if (text_starts(ours ? ours : c.file, PROBE_PLACE)) {
		report_question(r, (ours ? ours : c.file) + strlen(PROBE_PLACE), c.text);
	} else if (ours && !text_starts(ours, "real/")) {
		diag_error(&r->probe, "%s", c.text);
	} else {
		if (ours) /* a copy of a stand-in has the name of what it stands for */
			at.file = ours + strlen("real");
		diag_add(&r->source, SEVERITY_ERROR, &at, "%s", c.text);
	}
	free(c.file);
}

enum blame complaints_report(const char *text, const char *dir, struct diags *diags)
{
	struct report r = { .dir = dir };
	enum blame blame;

	for_each_line(text, report_line, &r);
	blame = r.source.n	? BLAME_SOURCE
		: r.questions.n ? BLAME_QUESTION
		: r.probe.n	? BLAME_PROBE
				: BLAME_NOBODY;
	diag_move(diags, r.source.n ? &r.source : r.questions.n ? &r.questions : &r.probe);
	diag_free(&r.source);
	diag_free(&r.questions);
	diag_free(&r.probe);
	words_free(&r.told);
	return blame;
}

/* ---- warnings ---- */

struct listener {
	complaint_function *function;
	void *context;
};

static void tell_warning(const char *line, void *context)
{
	const struct listener *l = context;
	struct complaint c;

	if (!parse(line, ": warning: ", &c))
		return;
	l->function(&c, l->context);
	free(c.file);
}

void complaints_warnings(const char *text, complaint_function *function, void *context)
{
	struct listener l = { function, context };

	for_each_line(text, tell_warning, &l);
}

bool complaint_is_about_question(const struct complaint *c)
{
	return text_starts(c->file, PROBE_PLACE);
}

static void mark_flexible(const struct complaint *c, void *context)
{
	struct layouts *all = context;

	if (!strstr(c->text, "flexible array member") || !complaint_is_about_question(c))
		return;
	for (size_t i = 0; i < all->n; i++) {
		char *spelling = layout_spelling(&all->v[i]);

		if (strcmp(c->file + strlen(PROBE_PLACE), spelling) == 0)
			all->v[i].has_flexible = true;
		free(spelling);
	}
}

void complaints_flexible(const char *text, struct layouts *all)
{
	complaints_warnings(text, mark_flexible, all);
}
