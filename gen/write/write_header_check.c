/* SPDX-License-Identifier: MIT */
/* Can all that a header is asked for be written? */
#include "base/nearest.h"
#include "base/text.h"
#include "base/words.h"
#include "model/holes.h"
#include "model/targets.h"
#include "write/header_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* One type on one target. */
struct subject {
	const struct header_type *type;
	const struct layout *layout;
	const char *spelling;
	struct place at;
};

/* The field that a path cannot pass: one without members, or an array. */
static const struct field *find_obstacle(const struct layout *l, const char *path, char **way)
{
	for (const char *dot = path; (dot = strchr(dot, '.')); dot++) {
		const struct field *f;

		*way = text_copy_n(path, (size_t)(dot - path));
		f = layout_find_field(l, *way);
		if (f && f->type[0] &&
		    (f->dimensions || !field_has_members(l, (size_t)(f - l->fields))))
			return f;
		free(*way);
	}
	return NULL;
}

static void suggest_fields(const struct layout *l, const char *path, struct diags *diags)
{
	struct words names = { NULL, 0 };

	for (size_t i = 0; i < l->n_fields; i++) {
		char *name = layout_field_path(l, i);

		if (name[0] && !strchr(name, '['))
			words_add(&names, name);
		free(name);
	}
	nearest_note(path, &names, NULL, diags);
	words_free(&names);
}

static void report_missing(const struct subject *s, const char *path, const char *option,
			   struct diags *diags)
{
	char *way;
	const struct field *obstacle = find_obstacle(s->layout, path, &way);

	if (!obstacle) {
		diag_add(diags, SEVERITY_ERROR, &s->at, "%s has no field '%s' for %s", s->spelling,
			 path, option);
		suggest_fields(s->layout, path, diags);
		return;
	}
	if (obstacle->dimensions)
		diag_add(diags, SEVERITY_ERROR, &s->at,
			 "'%s' of %s is an array: %s names whole arrays, not what is in their "
			 "elements",
			 way, s->spelling, option);
	else
		diag_add(diags, SEVERITY_ERROR, &s->at,
			 "'%s' of %s has no members for %s: it is of type '%s'", way, s->spelling,
			 option, obstacle->type);
	free(way);
}

static const struct field *find(const struct subject *s, const char *path, const char *option,
				struct diags *diags)
{
	const struct field *f = layout_find_field(s->layout, path);

	if (f && !f->is_bit_field)
		return f;
	if (f)
		diag_add(diags, SEVERITY_ERROR, &s->at,
			 "'%s' of %s is a bit-field: it has no offset in bytes for %s", path,
			 s->spelling, option);
	else
		report_missing(s, path, option, diags);
	return NULL;
}

static bool check_exposed(const struct subject *s, const struct field *f, struct diags *diags)
{
	const struct layout *l = s->layout;
	const char *member = s->type->shadow.member ? s->type->shadow.member : "opaque";

	if (f->size == 0 || f->offset + f->size > l->size)
		diag_add(diags, SEVERITY_ERROR, &s->at, "'%s' has no size and cannot be exposed",
			 f->name);
	else if (f->offset % f->align != 0 || f->align > l->align)
		diag_add(diags, SEVERITY_ERROR, &s->at,
			 "'%s' is packed: no member of a shadow can stand at its offset", f->name);
	else if (text_starts(f->name, member))
		diag_add(diags, SEVERITY_ERROR, &s->at,
			 "'%s' cannot be exposed: names that start with '%s' are the shadow's own",
			 f->name, member);
	else if (s->type->shadow.tag && text_starts(s->type->shadow.tag, "union "))
		diag_add(diags, SEVERITY_ERROR, &s->at,
			 "'%s' cannot be exposed in a union: its members would share their bytes",
			 f->name);
	else
		return true;
	return false;
}

static bool check_overlaps(const struct subject *s, struct diags *diags)
{
	const struct words *names = s->type->exposed;
	bool good = true;

	for (size_t i = 0; i < names->n; i++) {
		const struct field *a = layout_find_field(s->layout, names->v[i]);

		for (size_t j = 0; j < i; j++) {
			const struct field *b = layout_find_field(s->layout, names->v[j]);

			if (a == b || a->offset >= b->offset + b->size ||
			    b->offset >= a->offset + a->size)
				continue;
			diag_add(diags, SEVERITY_ERROR, &s->at,
				 "'%s' and '%s' overlap: only one of them can be exposed", b->name,
				 a->name);
			good = false;
		}
	}
	return good;
}

/* --flex was given, but there is no such array, or there are several. */
static void report_no_flexible(const struct subject *s, struct diags *diags)
{
	const struct layout *l = s->layout;
	const char *path = s->type->flexible;

	if (!l->has_flexible)
		diag_add(diags, SEVERITY_ERROR, &s->at,
			 "'%s' does not end with a flexible array member, as --flex wants",
			 s->spelling);
	else if (path[0])
		diag_add(diags, SEVERITY_ERROR, &s->at,
			 "'%s' of %s is not the flexible array member that it ends with", path,
			 s->spelling);
	else
		diag_add(diags, SEVERITY_ERROR, &s->at,
			 "'%s' ends with more than one flexible array member", s->spelling);
	for (size_t i = 0; i < l->n_flexible; i++)
		diag_note(diags, "--flex %s=%" PRIu64 " counts the elements of one",
			  l->flexible[i].path, s->type->elements);
}

/* The type is empty, or larger than any object can be. */
static void report_no_size(const struct subject *s, struct diags *diags)
{
	const struct flexible_array *array = header_flexible(s->type, s->layout);

	if (array && array->element > 0 && s->type->elements > 0)
		diag_add(diags, SEVERITY_ERROR, &s->at,
			 "no object is as large as '%s' with %" PRIu64 " elements", s->spelling,
			 s->type->elements);
	else
		diag_add(diags, SEVERITY_ERROR, &s->at, "'%s' is empty: there is nothing to hold",
			 s->spelling);
}

/* Some readers know no source line for these errors, so they are reported here. */
static bool check_holdable(const struct subject *s, struct diags *diags)
{
	const struct layout *l = s->layout;

	if (l->has_flexible && !s->type->flexible) {
		diag_add(diags, SEVERITY_ERROR, &s->at,
			 "'%s' ends with a flexible array member, whose size is not known",
			 s->spelling);
		diag_note(diags, "a shadow has one size: --flex %sN makes room for N elements",
			  l->n_flexible == 1 ? "" : "FIELD=");
	} else if (s->type->flexible && !header_flexible(s->type, l)) {
		report_no_flexible(s, diags);
	} else if (l->align == 0 || l->size % l->align != 0) {
		diag_add(diags, SEVERITY_ERROR, &s->at,
			 "the size of '%s' (%" PRIu64
			 ") is not a multiple of its alignment (%" PRIu64 ")",
			 l->name, l->size, l->align);
	} else if (header_need(s->type, l) == 0) {
		report_no_size(s, diags);
	} else {
		return true;
	}
	return false;
}

static bool check_align(const struct subject *s, struct diags *diags)
{
	uint64_t floor = s->type->align, align = s->layout->align;
	uint64_t most = target_most_align(s->layout->target);

	if (most && floor > most) {
		diag_add(diags, SEVERITY_ERROR, &s->at,
			 "--align %" PRIu64
			 " is too large for %s: object files of %s allow no more "
			 "than %" PRIu64,
			 floor, s->spelling, s->layout->target, most);
		diag_note(diags, "give a smaller alignment, or leave this target out");
		return false;
	}
	if (floor == 0 || align <= floor)
		return true;
	diag_add(diags, SEVERITY_ERROR, &s->at,
		 "%s has outgrown its alignment: it wants %" PRIu64 " bytes, and --align keeps "
		 "%" PRIu64,
		 s->spelling, align, floor);
	diag_note(diags, "a larger alignment is a new layout: all holders must be built again");
	return false;
}

static bool check_reserve(const struct subject *s, struct diags *diags)
{
	uint64_t reserve = s->type->reserve, align = header_align(s->type, s->layout);
	uint64_t size = header_need(s->type, s->layout);

	if (reserve == 0 || (size <= reserve && reserve % align == 0))
		return true;
	if (size > reserve) {
		diag_add(diags, SEVERITY_ERROR, &s->at,
			 "%s has outgrown its reserve: it takes %" PRIu64 " bytes, and --reserve "
			 "keeps %" PRIu64,
			 s->spelling, size, reserve);
		diag_note(diags, "a larger reserve is a new layout: all holders must be built "
				 "again");
	} else {
		diag_add(diags, SEVERITY_ERROR, &s->at,
			 "--reserve %" PRIu64 " is not a multiple of the alignment of %s, %" PRIu64,
			 reserve, s->type->align ? "the shadow" : s->spelling, align);
		diag_note(diags, "%" PRIu64 " is one", (reserve / align + 1) * align);
	}
	return false;
}

static bool check_subject(const struct subject *s, struct diags *diags)
{
	bool good;

	if (!check_holdable(s, diags))
		return false;
	good = check_align(s, diags);
	good = check_reserve(s, diags) && good;
	for (size_t i = 0; i < s->type->offsets->n; i++)
		good = find(s, s->type->offsets->v[i], "--offset", diags) && good;
	for (size_t i = 0; i < s->type->exposed->n; i++) {
		const struct field *f = find(s, s->type->exposed->v[i], "--expose", diags);

		good = f && check_exposed(s, f, diags) && good;
	}
	return good && check_overlaps(s, diags);
}

static bool ends_alike(const struct header_type *t, const struct layout *a, const struct layout *b)
{
	const struct flexible_array *x = header_flexible(t, a), *y = header_flexible(t, b);

	return x && y ? strcmp(x->path, y->path) == 0 : !x && !y;
}

/* All targets share one set of casts and one check. */
static bool check_alike(const struct header *h, size_t target, size_t type, struct diags *diags)
{
	const struct layout *a = header_layout(h, 0, type), *b = header_layout(h, target, type);
	const struct place at = { b->file, b->line, b->column };

	if (strcmp(a->declared ? a->declared : "", b->declared ? b->declared : "") == 0 &&
	    ends_alike(&h->types[type], a, b))
		return true;
	diag_add(diags, SEVERITY_ERROR, &at, "'%s' is not the same type on %s and on %s", a->name,
		 h->targets[0].known->name, h->targets[target].known->name);
	return false;
}

static bool check_type(const struct header *h, size_t target, size_t type, struct diags *diags)
{
	const struct layout *l = header_layout(h, target, type);
	char *spelling = layout_spelling(l);
	const struct subject s = { &h->types[type], l, spelling, { l->file, l->line, l->column } };
	bool good = check_subject(&s, diags);

	if (!good && h->n_targets > 1)
		diag_note(diags, "this happens on %s", h->targets[target].known->name);
	free(spelling);
	return good && check_alike(h, target, type, diags);
}

static int compare_bases(const void *a, const void *b)
{
	const struct header_type *const *x = a, *const *y = b;

	return strcasecmp((*x)->base, (*y)->base);
}

static bool check_bases(const struct header *h, struct diags *diags)
{
	const struct header_type **types = text_alloc(h->n_types, sizeof(*types));
	bool good = true;

	for (size_t i = 0; i < h->n_types; i++)
		types[i] = &h->types[i];
	qsort(types, h->n_types, sizeof(*types), compare_bases);
	for (size_t i = 1; i < h->n_types; i++) {
		if (compare_bases(&types[i - 1], &types[i]) != 0)
			continue;
		diag_error(diags, "two types have the base name '%s'", types[i]->base);
		diag_note(diags, "rename one: -t 'TYPE=other_name'");
		good = false;
	}
	free(types);
	return good;
}

/* Two fields may want the same macros. */
static bool check_macros(const struct header_type *t, struct diags *diags)
{
	const struct words *fields = t->offsets;
	bool good = true;

	for (size_t i = 0; i < fields->n; i++) {
		for (size_t j = 0; j < i; j++) {
			char *a = text_macro(fields->v[j]), *b = text_macro(fields->v[i]);

			if (strcmp(a, b) == 0 && strcmp(fields->v[i], fields->v[j]) != 0) {
				diag_error(diags,
					   "'%s' and '%s' would both be OFFSETOF_%s in the header: "
					   "only one of them can be asked for",
					   fields->v[j], fields->v[i], a);
				good = false;
			}
			free(a);
			free(b);
		}
	}
	return good;
}

bool header_check(const struct header *h, struct diags *diags)
{
	bool good = check_bases(h, diags);

	for (size_t i = 0; i < h->n_types; i++)
		good = check_macros(&h->types[i], diags) && good;
	for (size_t t = 0; t < h->n_targets; t++)
		for (size_t i = 0; i < h->n_types; i++)
			good = check_type(h, t, i, diags) && good;
	return good;
}
