/* SPDX-License-Identifier: MIT */
/* Types compared with their older versions: side by side, and in sentences. */
#include "base/text.h"
#include "base/words.h"
#include "model/layout_json.h"
#include "write/writer.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Two ranges differ when no alignment is in both. */
static bool same_align(const struct layout *a, const struct layout *b)
{
	return a->align >= b->align_low && b->align >= a->align_low;
}

bool diff_is_same(const struct type_diff *d)
{
	return d->before && d->now && d->before->size == d->now->size &&
	       same_align(d->before, d->now) && d->changes.n == 0 &&
	       d->before->hidden_print == d->now->hidden_print;
}

/* ---- text ---- */

/* A field of one or of both; they are the same where their paths are. */
struct row {
	const struct field *before, *now;
	char *path;
};

struct rows {
	struct row *v;
	size_t n;
};

static uint64_t place_of(const struct row *r)
{
	return field_place(r->now ? r->now : r->before);
}

/* Behind all that does not lie behind it. */
static void insert(struct rows *rows, struct row row)
{
	size_t i = rows->n;

	rows->v = text_resize(rows->v, rows->n + 1, sizeof(*rows->v));
	for (; i > 0 && place_of(&rows->v[i - 1]) > place_of(&row); i--)
		rows->v[i] = rows->v[i - 1];
	rows->v[i] = row;
	rows->n++;
}

static void add_rows(struct rows *rows, const struct layout *l, bool now)
{
	for (size_t i = 0; i < l->n_fields; i++) {
		char *path = layout_field_path(l, i);
		struct row *known = NULL;

		for (size_t k = 0; k < rows->n && !known && !now; k++)
			if (!rows->v[k].before && strcmp(rows->v[k].path, path) == 0)
				known = &rows->v[k];
		if (!path[0] || known) {
			free(path);
			if (known && known->path[0])
				known->before = &l->fields[i];
		} else {
			insert(rows, (struct row){ now ? NULL : &l->fields[i],
						   now ? &l->fields[i] : NULL, path });
		}
	}
}

static void print_numbers(FILE *out, const struct field *f)
{
	char *place, *size;

	if (!f) {
		fprintf(out, "%8s %6s", "-", "-");
		return;
	}
	place = f->is_bit_field ? text_format("%" PRIu64 ":%u", f->offset, f->bit_offset)
				: text_format("%" PRIu64, f->offset);
	size = f->is_bit_field ? text_format("%ub", f->bit_width)
			       : text_format("%" PRIu64, f->size);
	fprintf(out, "%8s %6s", place, size);
	free(place);
	free(size);
}

static void print_plain(FILE *out, const char *s)
{
	for (; *s; s++)
		fputc(iscntrl((unsigned char)*s) ? '?' : *s, out);
}

static bool is_other(const struct row *r)
{
	return !r->before || !r->now || field_place(r->before) != field_place(r->now) ||
	       field_width(r->before) != field_width(r->now);
}

static void print_sides(FILE *out, const struct type_diff *d)
{
	struct rows rows = { NULL, 0 };

	add_rows(&rows, d->now, true);
	add_rows(&rows, d->before, false);
	if (rows.n)
		fprintf(out, "%8s %6s   %8s %6s\n", "old", "size", "new", "size");
	for (size_t i = 0; i < rows.n; i++) {
		const struct row *r = &rows.v[i];

		print_numbers(out, r->before);
		fputs(is_other(r) ? " | " : "   ", out);
		print_numbers(out, r->now);
		fputs("  ", out);
		print_plain(out, r->path);
		fputc('\n', out);
		free(rows.v[i].path);
	}
	free(rows.v);
}

static void print_align(FILE *out, const struct layout *l)
{
	if (l->align_low < l->align)
		fprintf(out, "%" PRIu64 "..", l->align_low);
	fprintf(out, "%" PRIu64, l->align);
}

/* Is some type there more than once, each time for another target? */
static bool has_targets(const struct type_diff *all, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct layout *l = all[i].now ? all[i].now : all[i].before;

		for (size_t k = 0; k < i; k++) {
			const struct layout *other = all[k].now ? all[k].now : all[k].before;

			if (layout_is(l, other->kind, other->name))
				return true;
		}
	}
	return false;
}

static void print_name(FILE *out, const struct layout *l, bool with_target)
{
	char *spelling = layout_spelling(l);

	print_plain(out, spelling);
	if (with_target && l->target) {
		fputs(" on ", out);
		print_plain(out, l->target);
	}
	free(spelling);
}

static void print_head(FILE *out, const struct type_diff *d, bool with_target)
{
	const struct layout *a = d->before, *b = d->now;

	print_name(out, b, with_target);
	fprintf(out, ": size %" PRIu64, a->size);
	if (a->size != b->size)
		fprintf(out, " -> %" PRIu64, b->size);
	fputs(", alignment ", out);
	print_align(out, a);
	if (!same_align(a, b)) {
		fputs(" -> ", out);
		print_align(out, b);
	}
	fputc('\n', out);
}

static void print_diff(FILE *out, const struct type_diff *d, bool with_target)
{
	struct words sentences = { NULL, 0 };

	if (!d->before || !d->now) {
		print_name(out, d->now ? d->now : d->before, with_target);
		fputs(d->now ? " added\n" : " removed\n", out);
		return;
	}
	print_head(out, d, with_target);
	print_sides(out, d);
	changes_say(&d->changes, &sentences);
	for (size_t i = 0; i < sentences.n; i++) {
		print_plain(out, sentences.v[i]);
		fputc('\n', out);
	}
	if (d->before->hidden_print != d->now->hidden_print)
		fputs("what its virtual base classes hold changed\n", out);
	words_free(&sentences);
}

char *diffs_text(const struct type_diff *all, size_t n)
{
	bool first = true, with_target = has_targets(all, n);
	struct text t;

	text_open(&t);
	for (size_t i = 0; i < n; i++) {
		if (diff_is_same(&all[i]))
			continue;
		if (!first)
			fputc('\n', t.file);
		first = false;
		print_diff(t.file, &all[i], with_target);
	}
	return text_close(&t);
}

/* ---- JSON ---- */

static json_t *field_json(const struct field *f)
{
	json_t *object = json_object();

	json_object_set_new(object, "type", json_string(f->type));
	json_object_set_new(object, "offset", json_integer((json_int_t)f->offset));
	json_object_set_new(object, "size", json_integer((json_int_t)f->size));
	if (f->is_bit_field) {
		json_object_set_new(object, "bit_offset", json_integer(f->bit_offset));
		json_object_set_new(object, "bit_width", json_integer(f->bit_width));
	}
	return object;
}

static json_t *change_json(const struct change *c)
{
	static const char *const words[] = { "added", "removed", "renamed", "moved",
					     "grew",  "shrank",	 "retyped", "realigned" };
	json_t *object = json_object(), *what = json_array();

	json_object_set_new(object, "field", json_string(c->name));
	if (c->old_name)
		json_object_set_new(object, "old_name", json_string(c->old_name));
	for (unsigned i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (c->what & (1U << i))
			json_array_append_new(what, json_string(words[i]));
	json_object_set_new(object, "what", what);
	if (c->before)
		json_object_set_new(object, "before", field_json(c->before));
	if (c->now)
		json_object_set_new(object, "now", field_json(c->now));
	return object;
}

static json_t *numbers_json(const struct layout *l)
{
	json_t *object = json_object();

	json_object_set_new(object, "size", json_integer((json_int_t)l->size));
	json_object_set_new(object, "align", json_integer((json_int_t)l->align));
	json_object_set_new(object, "align_low", json_integer((json_int_t)l->align_low));
	return object;
}

static json_t *diff_json(const struct type_diff *d, bool with_target)
{
	json_t *object = json_object(), *changes = json_array();
	const struct layout *l = d->now ? d->now : d->before;
	char *type = layout_spelling(l);

	json_object_set_new(object, "type", json_string(type));
	if (with_target && l->target)
		json_object_set_new(object, "target", json_string(l->target));
	json_object_set_new(object, "same", json_boolean(diff_is_same(d)));
	if (d->before)
		json_object_set_new(object, "before", numbers_json(d->before));
	if (d->now)
		json_object_set_new(object, "now", numbers_json(d->now));
	for (size_t i = 0; i < d->changes.n; i++)
		json_array_append_new(changes, change_json(&d->changes.v[i]));
	json_object_set_new(object, "changes", changes);
	free(type);
	return object;
}

char *diffs_json(const struct type_diff *all, size_t n)
{
	json_t *object = json_object(), *types = json_array();
	bool with_target = has_targets(all, n);

	for (size_t i = 0; i < n; i++)
		json_array_append_new(types, diff_json(&all[i], with_target));
	json_object_set_new(object, "version", json_integer(LAYOUT_JSON_VERSION));
	json_object_set_new(object, "types", types);
	return json_document(object);
}
