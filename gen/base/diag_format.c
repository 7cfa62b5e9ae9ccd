/* SPDX-License-Identifier: MIT */
#include "base/diag_format.h"

#include "base/paths.h"
#include "base/text.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

bool diag_format_parse(const char *word, enum diag_format *format, struct diags *diags)
{
	static const char *const words[] = { "text", "json", "github" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (strcmp(word, words[i]) == 0) {
			*format = (enum diag_format)i;
			return true;
		}
	}
	diag_error(diags, "'%s' is not a format for --error-format", word);
	diag_note(diags, "choose 'text', 'json' or 'github'");
	return false;
}

/* ---- JSON ---- */

static json_t *list_to_json(const struct diag *v, size_t n, const char *here);

/* A path may be of any bytes; JSON is of UTF-8. */
static json_t *string_of(const char *s)
{
	json_t *string = json_string(s);

	if (!string) {
		char *plain = text_plain(s);

		string = json_string(plain);
		free(plain);
	}
	return string;
}

static json_t *to_json(const struct diag *d, const char *here)
{
	static const char *const severities[] = { "note", "warning", "error" };
	json_t *object = json_object();

	json_object_set_new(object, "severity", json_string(severities[d->severity]));
	if (d->file)
		json_object_set_new(object, "file", string_of(path_shown(here, d->file)));
	if (d->line)
		json_object_set_new(object, "line", json_integer(d->line));
	if (d->column)
		json_object_set_new(object, "column", json_integer(d->column));
	json_object_set_new(object, "text", string_of(d->text));
	if (d->n_notes > 0)
		json_object_set_new(object, "notes", list_to_json(d->notes, d->n_notes, here));
	return object;
}

static json_t *list_to_json(const struct diag *v, size_t n, const char *here)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, to_json(&v[i], here));
	return array;
}

static void print_json(const struct diags *d, FILE *out, const char *here)
{
	json_t *object = json_object();

	json_object_set_new(object, "format", json_integer(1));
	json_object_set_new(object, "diagnostics", list_to_json(d->v, d->n, here));
	json_dumpf(object, out, JSON_INDENT(2));
	fputc('\n', out);
	json_decref(object);
}

/* ---- GitHub ---- */

/* A property's value ends at a comma or a colon, a message only with its line. */
static void print_escaped(FILE *out, const char *s, bool property)
{
	for (; *s; s++) {
		if (*s == '%' || *s == '\r' || *s == '\n' || (property && (*s == ':' || *s == ',')))
			fprintf(out, "%%%02X", (unsigned char)*s);
		else
			fputc(*s, out);
	}
}

static void print_notes(const struct diag *d, FILE *out, const char *here)
{
	for (size_t i = 0; i < d->n_notes; i++) {
		const struct diag *note = &d->notes[i];

		fputs("%0A", out);
		if (note->file) {
			print_escaped(out, path_shown(here, note->file), false);
			fprintf(out, ":%u: ", note->line);
		}
		print_escaped(out, note->text, false);
	}
}

/* Lines of the repository are known by their paths from its top, wherever we are. */
static void print_github(const struct diags *d, FILE *out, const char *here)
{
	static const char *const commands[] = { "notice", "warning", "error" };
	const char *workspace = getenv("GITHUB_WORKSPACE");

	if (workspace && workspace[0])
		here = workspace;
	for (size_t i = 0; i < d->n; i++) {
		const struct diag *one = &d->v[i];

		fprintf(out, "::%s ", commands[one->severity]);
		if (one->file) {
			fputs("file=", out);
			print_escaped(out, path_shown(here, one->file), true);
			if (one->line)
				fprintf(out, ",line=%u", one->line);
			if (one->column)
				fprintf(out, ",col=%u", one->column);
			fputc(',', out);
		}
		fputs("title=gen-opaque::", out);
		print_escaped(out, one->text, false);
		print_notes(one, out, here);
		fputc('\n', out);
	}
}

void diag_print_as(enum diag_format format, struct diags *d, FILE *out, const char *here)
{
	diag_settle(d);
	if (format == DIAG_JSON)
		print_json(d, out, here);
	else if (format == DIAG_GITHUB)
		print_github(d, out, here);
}
