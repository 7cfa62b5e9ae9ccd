/* SPDX-License-Identifier: MIT */
/*
 * Layouts from a file that layout --format json has written, or someone else. Nothing in it is
 * believed: what passes here does no harm to any writer.
 */
#include "base/nearest.h"
#include "base/text.h"
#include "base/words.h"
#include "model/layout_json.h"
#include "read/reader.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const uint64_t most_bytes = UINT64_C(1) << 48;
enum { DEEPEST = 100, MOST_FIELDS = 100000 };

static bool is_power_of_two(uint64_t n)
{
	return n > 0 && (n & (n - 1)) == 0;
}

/* Sums of these numbers stay in range, and depths only grow step by step. */
static bool field_is_sane(const struct layout *l, size_t i)
{
	const struct field *f = &l->fields[i];
	unsigned deepest = i ? l->fields[i - 1].depth + 1 : 0;

	return f->offset <= l->size && f->size <= l->size && f->count <= most_bytes &&
	       f->depth <= deepest && f->depth <= DEEPEST && f->dimensions <= DEEPEST &&
	       f->bit_offset < 8 && f->bit_width <= 8 * l->size;
}

static bool flexible_is_sane(const struct layout *l, size_t i)
{
	const struct flexible_array *a = &l->flexible[i];

	return a->path[0] && a->offset <= l->size && a->element <= most_bytes;
}

static bool layout_is_sane(const struct layout *l)
{
	bool sane = l->name[0] && l->size <= most_bytes && is_power_of_two(l->align) &&
		    l->align_low > 0 && l->align_low <= l->align && l->n_fields <= MOST_FIELDS;

	for (size_t i = 0; i < l->n_flexible && sane; i++)
		sane = flexible_is_sane(l, i);

	for (size_t i = 0; i < l->n_fields && sane; i++)
		sane = field_is_sane(l, i);
	return sane;
}

static void report(const char *path, const json_error_t *error, struct diags *diags)
{
	const struct place at = { path, (unsigned)error->line, (unsigned)error->column };
	struct stat st;

	diag_add(diags, SEVERITY_ERROR, &at, "this is no JSON: %s", error->text);
	if (stat(path, &st) == 0 && S_ISFIFO(st.st_mode))
		diag_note(diags, "a pipe can bring nothing but layouts: a source or an object has "
				 "to be a file");
}

/* NULL: diags says why. */
static json_t *load(const char *path, struct diags *diags)
{
	size_t len;
	char *text = text_read_file(path, &len);
	json_error_t error;
	json_t *json;

	if (!text) {
		diag_error(diags, "%s: cannot be read", path);
		return NULL;
	}
	json = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
	if (!json)
		report(path, &error, diags);
	free(text);
	return json;
}

static bool check_version(const char *path, const json_t *json, struct diags *diags)
{
	const json_t *version = json_object_get(json, "version");
	const struct place at = { path, 0, 0 };

	if (!json_is_integer(version)) {
		diag_add(diags, SEVERITY_ERROR, &at, "this JSON holds no layouts");
		diag_note(diags, "'gen-opaque layout --format json' writes such files");
		return false;
	}
	if (json_integer_value(version) == LAYOUT_JSON_VERSION)
		return true;
	diag_add(diags, SEVERITY_ERROR, &at,
		 "its layouts are in version %" JSON_INTEGER_FORMAT
		 " of the format; only version %d can be read",
		 json_integer_value(version), LAYOUT_JSON_VERSION);
	return false;
}

static bool take_all(const char *path, const json_t *json, struct layouts *all, struct diags *diags)
{
	const struct place at = { path, 0, 0 };
	bool good = layouts_from_json(json_object_get(json, "layouts"), all);

	for (size_t i = 0; i < all->n && good; i++)
		good = layout_is_sane(&all->v[i]);
	if (!good) {
		diag_add(diags, SEVERITY_ERROR, &at, "its layouts make no sense");
		layouts_free(all);
	}
	return good;
}

static void report_missing(const struct json_request *r, const struct type_name *type,
			   const struct layouts *all, struct diags *diags)
{
	const struct place at = { r->path, 0, 0 };
	char *wanted = type_name_text(type);
	struct words names = { NULL, 0 };

	for (size_t i = 0; i < all->n; i++) {
		char *name = layout_spelling(&all->v[i]);

		words_add(&names, name);
		free(name);
	}
	diag_add(diags, SEVERITY_ERROR, &at, "there is no '%s' here", wanted);
	nearest_note(wanted, &names, "without -t, all its types are taken", diags);
	words_free(&names);
	free(wanted);
}

/* Move all of one type, one for each target; false: there is none. */
static bool select_type(const struct type_name *t, struct layouts *all, struct layouts *chosen)
{
	size_t before = chosen->n;

	for (size_t k = 0; k < all->n; k++) {
		struct layout *l = &all->v[k];

		if (!l->name || l->kind != t->kind || strcmp(l->name, t->name) != 0)
			continue;
		*layouts_add(chosen) = *l;
		memset(l, 0, sizeof(*l));
	}
	return chosen->n > before;
}

/* Move the types that are asked for, in that order. */
static bool select_types(const struct json_request *r, struct layouts *all, struct layouts *chosen,
			 struct diags *diags)
{
	for (size_t i = 0; i < r->n_types; i++) {
		if (!select_type(&r->types[i], all, chosen)) {
			report_missing(r, &r->types[i], all, diags);
			return false;
		}
	}
	return true;
}

bool read_json(const struct json_request *request, struct layouts *layouts, struct diags *diags)
{
	json_t *json = load(request->path, diags);
	struct layouts all = { NULL, 0 };
	bool good = json && check_version(request->path, json, diags) &&
		    take_all(request->path, json, &all, diags);

	if (good && request->n_types > 0) {
		good = select_types(request, &all, layouts, diags);
		layouts_free(&all);
	} else if (good) {
		*layouts = all;
	}
	json_decref(json);
	return good;
}
