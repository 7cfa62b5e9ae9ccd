/* SPDX-License-Identifier: MIT */
/* Layouts for other programs: doc/layout-schema.md says what each member is. */
#include "base/paths.h"
#include "model/holes.h"
#include "model/layout_json.h"
#include "write/writer.h"

#include <stdlib.h>

static void set_number(json_t *object, const char *key, uint64_t value)
{
	json_object_set_new(object, key, json_integer((json_int_t)value));
}

static void set_paths(const struct layout *l, json_t *fields)
{
	for (size_t i = 0; i < l->n_fields; i++) {
		json_t *field = json_array_get(fields, i);
		char *path = layout_field_path(l, i);

		json_object_set_new(field, "path", json_string(path));
		json_object_del(field, "holder_type"); /* only emit has a use for these */
		json_object_del(field, "holder_suffix");
		json_object_del(field, "holder_tags");
		free(path);
	}
}

static json_t *gap_to_json(const struct piece *p)
{
	json_t *gap = json_object();

	json_object_set_new(gap, "kind", json_string(p->kind == PIECE_HOLE ? "hole" : "padding"));
	if (p->field != WHOLE_TYPE)
		set_number(gap, "field", p->field);
	set_number(gap, "offset", p->start / 8);
	set_number(gap, "bit_offset", p->start % 8);
	set_number(gap, "bits", p->end - p->start);
	return gap;
}

static void add_gaps(const struct layout *l, size_t record, json_t *gaps)
{
	struct pieces pieces = pieces_of(l, record);

	for (size_t i = 0; i < pieces.n; i++)
		if (piece_is_gap(&pieces.v[i]))
			json_array_append_new(gaps, gap_to_json(&pieces.v[i]));
	pieces_free(&pieces);
}

static json_t *all_gaps(const struct layout *l)
{
	json_t *gaps = json_array();

	add_gaps(l, WHOLE_TYPE, gaps);
	for (size_t i = 0; i < l->n_fields; i++)
		if (field_has_members(l, i))
			add_gaps(l, i, gaps);
	return gaps;
}

static json_t *totals_to_json(const struct layout *l)
{
	struct totals t = totals_of(l);
	json_t *totals = json_object();

	set_number(totals, "members", t.members);
	set_number(totals, "member_bits", t.member_bits);
	set_number(totals, "holes", t.holes + t.bit_holes);
	set_number(totals, "hole_bits", t.hole_bits + t.bit_hole_bits);
	set_number(totals, "padding_bits", t.padding_bits);
	set_number(totals, "inner_gaps", t.inner_gaps);
	set_number(totals, "inner_bits", t.inner_bits);
	return totals;
}

static json_t *one_to_json(const struct layout *l, const char *here)
{
	json_t *object = layout_to_json(l);

	if (l->file)
		json_object_set_new(object, "file", json_string(path_shown(here, l->file)));
	set_paths(l, json_object_get(object, "fields"));
	json_object_set_new(object, "gaps", all_gaps(l));
	json_object_set_new(object, "totals", totals_to_json(l));
	return object;
}

char *layouts_json(const struct layouts *all, const char *here)
{
	json_t *object = json_object(), *layouts = json_array();

	for (size_t i = 0; i < all->n; i++)
		json_array_append_new(layouts, one_to_json(&all->v[i], here));
	set_number(object, "version", LAYOUT_JSON_VERSION);
	json_object_set_new(object, "layouts", layouts);
	return json_document(object);
}
