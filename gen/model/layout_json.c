/* SPDX-License-Identifier: MIT */
#include "model/layout_json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/words.h"

static const char *const kind_words[] = { "struct", "union", "typedef" };

/* A member that is left out where there is nothing to say. */
static void set_string(json_t *object, const char *key, const char *value)
{
	if (value)
		json_object_set_new(object, key, json_string(value));
}

static void set_number(json_t *object, const char *key, uint64_t value)
{
	json_object_set_new(object, key, json_integer((json_int_t)value));
}

static char *get_string(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value ? text_copy(value) : NULL;
}

static bool get_number(const json_t *object, const char *key, uint64_t *value)
{
	const json_t *number = json_object_get(object, key);

	if (!json_is_integer(number) || json_integer_value(number) < 0)
		return false;
	*value = (uint64_t)json_integer_value(number);
	return true;
}

/* Of 64 bits, where JSON's integers have 63. */
static void set_hex(json_t *object, const char *key, uint64_t value)
{
	json_object_set_new(object, key, json_sprintf("%016" PRIx64, value));
}

static uint64_t get_hex(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value ? strtoull(value, NULL, 16) : 0;
}

static unsigned get_unsigned(const json_t *object, const char *key)
{
	return (unsigned)json_integer_value(json_object_get(object, key));
}

static bool get_bool(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

json_t *words_to_json(const struct words *w)
{
	json_t *array = json_array();

	for (size_t i = 0; i < w->n; i++)
		json_array_append_new(array, json_string(w->v[i]));
	return array;
}

void words_from_json(const json_t *json, struct words *w)
{
	size_t i;
	json_t *word;

	json_array_foreach((json_t *)json, i, word)
	{
		if (json_is_string(word))
			words_add(w, json_string_value(word));
	}
}

static json_t *field_to_json(const struct field *f)
{
	json_t *object = json_object();

	set_string(object, "name", f->name);
	set_string(object, "type", f->type);
	set_number(object, "depth", f->depth);
	set_number(object, "offset", f->offset);
	set_number(object, "size", f->size);
	set_number(object, "align", f->align);
	if (f->is_bit_field) {
		set_number(object, "bit_offset", f->bit_offset);
		set_number(object, "bit_width", f->bit_width);
	}
	if (f->is_union)
		json_object_set_new(object, "union", json_true());
	if (f->is_ambiguous)
		json_object_set_new(object, "ambiguous", json_true());
	if (f->dimensions) {
		set_number(object, "dimensions", f->dimensions);
		set_number(object, "count", f->count);
	}
	set_string(object, "holder_type", f->holder_type);
	set_string(object, "holder_suffix", f->holder_suffix);
	if (f->holder_tags.n > 0)
		json_object_set_new(object, "holder_tags", words_to_json(&f->holder_tags));
	return object;
}

static bool field_from_json(const json_t *json, struct field *f)
{
	f->name = get_string(json, "name");
	f->type = get_string(json, "type");
	f->depth = get_unsigned(json, "depth");
	f->is_bit_field = json_object_get(json, "bit_width") != NULL;
	f->bit_offset = get_unsigned(json, "bit_offset");
	f->bit_width = get_unsigned(json, "bit_width");
	f->is_union = get_bool(json, "union");
	f->is_ambiguous = get_bool(json, "ambiguous");
	f->dimensions = get_unsigned(json, "dimensions");
	get_number(json, "count", &f->count);
	f->holder_type = get_string(json, "holder_type");
	f->holder_suffix = get_string(json, "holder_suffix");
	words_from_json(json_object_get(json, "holder_tags"), &f->holder_tags);
	return f->name && f->type && get_number(json, "offset", &f->offset) &&
	       get_number(json, "size", &f->size) && get_number(json, "align", &f->align);
}

static json_t *flexible_to_json(const struct layout *l)
{
	json_t *array = json_array();

	for (size_t i = 0; i < l->n_flexible; i++) {
		json_t *object = json_object();

		set_string(object, "path", l->flexible[i].path);
		set_number(object, "offset", l->flexible[i].offset);
		set_number(object, "element", l->flexible[i].element);
		json_array_append_new(array, object);
	}
	return array;
}

static bool flexible_from_json(const json_t *json, struct layout *l)
{
	const char *path = json_string_value(json_object_get(json, "path"));
	struct flexible_array *a = layout_add_flexible(l, path ? path : "", 0, 0);

	return path && get_number(json, "offset", &a->offset) &&
	       get_number(json, "element", &a->element);
}

json_t *layout_to_json(const struct layout *l)
{
	json_t *object = json_object(), *fields = json_array();

	set_string(object, "kind", kind_words[l->kind]);
	set_string(object, "name", l->name);
	set_string(object, "declared", l->declared);
	set_string(object, "file", l->file);
	set_number(object, "line", l->line);
	set_number(object, "column", l->column);
	set_number(object, "size", l->size);
	set_number(object, "align", l->align);
	set_number(object, "align_low", l->align_low);
	json_object_set_new(object, "size_exact", json_boolean(l->size_exact));
	json_object_set_new(object, "align_exact", json_boolean(l->align_exact));
	json_object_set_new(object, "record", json_boolean(l->is_record));
	json_object_set_new(object, "union", json_boolean(l->is_union));
	json_object_set_new(object, "may_alias", json_boolean(l->has_may_alias));
	json_object_set_new(object, "flexible", json_boolean(l->has_flexible));
	if (l->n_flexible > 0)
		json_object_set_new(object, "flexible_arrays", flexible_to_json(l));
	json_object_set_new(object, "hidden", json_boolean(l->has_hidden));
	if (l->no_copy)
		json_object_set_new(object, "no_copy", json_true());
	if (l->hidden_print)
		set_hex(object, "hidden_print", l->hidden_print);
	for (size_t i = 0; i < l->n_fields; i++)
		json_array_append_new(fields, field_to_json(&l->fields[i]));
	json_object_set_new(object, "fields", fields);
	set_string(object, "target", l->target);
	set_string(object, "reader", reader_name(l->reader));
	return object;
}

static bool kind_from_json(const json_t *json, enum layout_kind *kind)
{
	const char *word = json_string_value(json_object_get(json, "kind"));

	for (size_t i = 0; word && i < sizeof(kind_words) / sizeof(*kind_words); i++) {
		if (strcmp(word, kind_words[i]) == 0) {
			*kind = (enum layout_kind)i;
			return true;
		}
	}
	return false;
}

bool layout_from_json(const json_t *json, struct layout *l)
{
	const json_t *fields = json_object_get(json, "fields");
	const json_t *flexible = json_object_get(json, "flexible_arrays");
	const char *reader = json_string_value(json_object_get(json, "reader"));
	bool good;

	memset(l, 0, sizeof(*l));
	l->name = get_string(json, "name");
	good = l->name && kind_from_json(json, &l->kind) && get_number(json, "size", &l->size) &&
	       get_number(json, "align", &l->align) && json_is_array(fields);
	if (!get_number(json, "align_low", &l->align_low))
		l->align_low = l->align;
	l->declared = get_string(json, "declared");
	l->file = get_string(json, "file");
	l->line = get_unsigned(json, "line");
	l->column = get_unsigned(json, "column");
	l->size_exact = get_bool(json, "size_exact");
	l->align_exact = get_bool(json, "align_exact");
	l->is_record = get_bool(json, "record");
	l->is_union = get_bool(json, "union");
	l->has_may_alias = get_bool(json, "may_alias");
	l->has_flexible = get_bool(json, "flexible");
	l->has_hidden = get_bool(json, "hidden");
	l->no_copy = get_bool(json, "no_copy");
	l->hidden_print = get_hex(json, "hidden_print");
	l->target = get_string(json, "target");
	l->reader = reader ? reader_parse(reader) : READER_UNKNOWN;
	for (size_t i = 0; good && i < json_array_size(fields); i++)
		good = field_from_json(json_array_get(fields, i), layout_add_field(l));
	for (size_t i = 0; good && i < json_array_size(flexible); i++)
		good = flexible_from_json(json_array_get(flexible, i), l);
	if (!good)
		layout_release(l);
	return good;
}

json_t *layouts_to_json(const struct layouts *all)
{
	json_t *array = json_array();

	for (size_t i = 0; i < all->n; i++)
		json_array_append_new(array, layout_to_json(&all->v[i]));
	return array;
}

bool layouts_from_json(const json_t *json, struct layouts *all)
{
	size_t n = json_array_size(json);

	if (!json_is_array(json))
		return false;
	all->v = text_alloc(n, sizeof(*all->v));
	for (all->n = 0; all->n < n; all->n++) {
		if (!layout_from_json(json_array_get(json, all->n), &all->v[all->n])) {
			layouts_free(all);
			return false;
		}
	}
	return true;
}

static json_t *diag_to_json(const struct diag *d)
{
	json_t *object = json_object(), *notes = json_array();

	set_number(object, "severity", d->severity);
	set_string(object, "file", d->file);
	set_number(object, "line", d->line);
	set_number(object, "column", d->column);
	set_string(object, "text", d->text);
	for (size_t i = 0; i < d->n_notes; i++)
		json_array_append_new(notes, diag_to_json(&d->notes[i]));
	json_object_set_new(object, "notes", notes);
	return object;
}

json_t *diags_to_json(const struct diags *d)
{
	json_t *array = json_array();

	for (size_t i = 0; i < d->n; i++)
		json_array_append_new(array, diag_to_json(&d->v[i]));
	return array;
}

void diags_from_json(const json_t *json, struct diags *d)
{
	size_t i;
	json_t *item;

	json_array_foreach((json_t *)json, i, item)
	{
		const char *text = json_string_value(json_object_get(item, "text"));
		const struct place at = {
			.file = json_string_value(json_object_get(item, "file")),
			.line = get_unsigned(item, "line"),
			.column = get_unsigned(item, "column"),
		};

		diag_add(d, (enum severity)get_unsigned(item, "severity"), &at, "%s",
			 text ? text : "");
		diags_from_json(json_object_get(item, "notes"), d);
	}
}

char *json_document(json_t *value)
{
	struct text t;

	text_open(&t);
	json_dumpf(value, t.file, JSON_INDENT(2));
	fputc('\n', t.file);
	json_decref(value);
	return text_close(&t);
}
