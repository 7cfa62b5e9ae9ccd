/* SPDX-License-Identifier: MIT */
/* Many types, one row each. */
#include "base/paths.h"
#include "base/text.h"
#include "model/layout_json.h"
#include "write/writer.h"

#include <ctype.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

/* A tab in a path would make a column of its own. */
static void print_plain(FILE *out, const char *s)
{
	for (; *s; s++)
		fputc(iscntrl((unsigned char)*s) ? '?' : *s, out);
}

static void print_row(FILE *out, const struct layout *l, const char *here)
{
	char *spelling = layout_spelling(l);

	fprintf(out, "%s\t%" PRIu64 "\t", spelling, l->size);
	if (l->align_low < l->align)
		fprintf(out, "%" PRIu64 "..", l->align_low);
	fprintf(out, "%" PRIu64 "\t", l->align);
	if (l->file) {
		print_plain(out, path_shown(here, l->file));
		if (l->line)
			fprintf(out, ":%u", l->line);
	}
	fputc('\n', out);
	free(spelling);
}

char *list_tsv(const struct layouts *all, const char *here)
{
	struct text t;

	text_open(&t);
	fputs("type\tsize\talign\tplace\n", t.file);
	for (size_t i = 0; i < all->n; i++)
		print_row(t.file, &all->v[i], here);
	return text_close(&t);
}

static json_t *row_to_json(const struct layout *l, const char *here)
{
	json_t *row = json_object();
	char *spelling = layout_spelling(l);

	json_object_set_new(row, "type", json_string(spelling));
	json_object_set_new(row, "size", json_integer((json_int_t)l->size));
	json_object_set_new(row, "align", json_integer((json_int_t)l->align));
	json_object_set_new(row, "align_low", json_integer((json_int_t)l->align_low));
	if (l->file) {
		json_object_set_new(row, "file", json_string(path_shown(here, l->file)));
		json_object_set_new(row, "line", json_integer(l->line));
	}
	json_object_set_new(row, "target", json_string(l->target));
	json_object_set_new(row, "reader", json_string(reader_name(l->reader)));
	free(spelling);
	return row;
}

char *list_json(const struct layouts *all, const char *here)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < all->n; i++)
		json_array_append_new(rows, row_to_json(&all->v[i], here));
	return json_document(rows);
}
