/* SPDX-License-Identifier: MIT */
#include "read/dwarf_describe.h"

#include "base/text.h"
#include "read/dwarf_constants.h"
#include "read/dwarf_names.h"
#include "read/dwarf_spell.h"
#include "read/dwarf_target.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_FIELDS = 100000, MOST_UNIONS = 100000, DEEPEST = 50, DEEPEST_SHAPE = 20 };
#define MOST_ALIGN ((uint64_t)1 << 32)

/* ---- fields ---- */

/* A record that fields are taken from, and where it stands in the type. */
struct fields {
	struct types *t;
	struct layout *l;
	bool nested, too_many;
};

struct outer {
	uint64_t bits, size;
	unsigned depth;
};

static void add_fields(struct fields *f, const struct fact_die *record, const struct outer *outer);

/* What an array is of, whatever its dimensions; else the type itself. */
static struct fact_die *element_of(struct types *t, struct fact_die *type, struct field *field)
{
	struct fact_die *die = types_bare(t, type);
	struct dimensions d;
	uint64_t count = 1;

	for (int i = 0; die && die->tag == TAG_ARRAY && !(die->flags & FACT_VECTOR); i++) {
		if (i == DEEPEST) {
			types_wrong(t, "an array of its DWARF has too many dimensions, or holds "
				       "itself");
			return NULL;
		}
		types_dimensions(t, die, &d);
		for (size_t k = 0; k < d.n; k++)
			count *= d.v[k] < 0 ? 0 : (uint64_t)d.v[k];
		field->dimensions += d.n ? (unsigned)d.n : 1;
		field->count = count = d.n ? count : 0;
		die = types_bare(t, die->type);
	}
	return die;
}

static void add_field(struct fields *f, const struct member *m, const struct outer *outer)
{
	struct types *t = f->t;
	struct field *field = layout_add_field(f->l);
	struct outer inner = { outer->bits + m->bits, 0, outer->depth + 1 };
	struct fact_die *inside;
	uint64_t align = types_bounds(t, m->type).hi;
	bool named = m->die->tag == TAG_MEMBER && m->die->name[0];

	if (align >= ALIGN_UNKNOWN)
		align = types_member_limit(t, m, outer->size);
	field->name = text_copy(named ? m->die->name : "");
	field->type = spell_type(t, m->type);
	field->depth = outer->depth;
	field->offset = inner.bits / 8;
	field->size = m->size;
	field->align = align >= ALIGN_UNKNOWN ? 1 : align;
	field->is_bit_field = m->is_bit_field;
	field->bit_offset = m->is_bit_field ? (unsigned)(inner.bits % 8) : 0;
	field->bit_width = m->is_bit_field ? (unsigned)m->width : 0;
	inside = element_of(t, m->type, field);
	if (named)
		spell_for_holder(t, m->type, field);
	if (!inside || !die_is_record(inside) || (named && !f->nested))
		return;
	field->is_union = inside->tag == TAG_UNION;
	inner.size = types_size(t, inside);
	add_fields(f, inside, &inner);
}

static void add_fields(struct fields *f, const struct fact_die *record, const struct outer *outer)
{
	struct member m;

	if (outer->depth > DEEPEST)
		types_wrong(f->t, "a record has too many members, or holds itself");
	if (record->flags & FACT_VARIANT)
		f->l->has_hidden = true;
	for (size_t i = 0; i < record->n_children && !f->t->wrong && !f->too_many; i++) {
		if (!types_member(f->t, record, record->children[i], &m))
			continue;
		if (m.die->tag == TAG_INHERITANCE && (m.size == 0 || !m.placed))
			f->l->has_hidden = true; /* a base class that is elsewhere */
		if (m.placed)
			add_field(f, &m, outer);
		f->too_many = f->l->n_fields > MOST_FIELDS;
	}
}

static void drop_fields(struct layout *l)
{
	struct layout only = { .fields = l->fields, .n_fields = l->n_fields };

	layout_release(&only);
	l->fields = NULL;
	l->n_fields = 0;
}

static void take_fields(struct types *t, const struct fact_die *record, bool nested,
			struct layout *l)
{
	struct fields f = { .t = t, .l = l, .nested = nested };
	const struct outer outer = { .size = l->size };

	add_fields(&f, record, &outer);
	if (f.too_many && nested) { /* 20 lines of C may hold a million members of members */
		drop_fields(l);
		take_fields(t, record, false, l);
	} else if (f.too_many) {
		types_wrong(t, "a record has too many members, or holds itself");
	}
}

/* ---- flexible arrays ---- */

/* A record that may end with one. */
struct end {
	const char *scope;
	uint64_t base;
	int depth;
};

static void add_flexible(struct types *t, const struct fact_die *record, const struct end *end,
			 struct layout *l, int *budget);

static void add_flexible_member(struct types *t, const struct member *m, const struct end *end,
				struct layout *l, int *budget)
{
	struct fact_die *last = types_bare(t, m->type);
	const char *name = m->die->tag == TAG_MEMBER ? m->die->name : "";
	struct end inner = { NULL, end->base + (m->placed ? m->bits / 8 : 0), end->depth + 1 };
	char *path = text_format("%s%s", end->scope, name), *scope;
	struct dimensions d;

	if (last && last->tag == TAG_ARRAY) {
		types_dimensions(t, last, &d);
		if (!d.varies && (d.n == 0 || d.v[0] <= 0)) {
			uint64_t element = types_size(t, last->type);

			for (size_t i = 1; i < d.n; i++)
				element *= d.v[i] < 0 ? 0 : (uint64_t)d.v[i];
			layout_add_flexible(l, path, inner.base, element);
		}
	} else if (last && die_is_record(last)) {
		scope = text_format("%s%s", path, name[0] ? "." : "");
		inner.scope = scope;
		add_flexible(t, last, &inner, l, budget);
		free(scope);
	}
	free(path);
}

/* A struct ends with its last member; a union with any. */
static void add_flexible(struct types *t, const struct fact_die *record, const struct end *end,
			 struct layout *l, int *budget)
{
	struct member m, last;
	bool found = false;

	if (end->depth > DEEPEST || (*budget)-- <= 0)
		return;
	for (size_t i = 0; i < record->n_children; i++) {
		if (!types_member(t, record, record->children[i], &m))
			continue;
		if (record->tag == TAG_UNION)
			add_flexible_member(t, &m, end, l, budget);
		last = m;
		found = true;
	}
	if (found && record->tag != TAG_UNION)
		add_flexible_member(t, &last, end, l, budget);
}

/* ---- the whole ---- */

static void describe_record(struct types *t, struct fact_die *record, enum describe_fields fields,
			    struct layout *l)
{
	const struct end end = { "", 0, 0 };
	int budget = MOST_UNIONS;

	l->is_record = true;
	l->is_union = record->tag == TAG_UNION;
	l->declared = spell_tag(record);
	add_flexible(t, record, &end, l, &budget);
	l->has_flexible = l->n_flexible > 0;
	if (budget < 0)
		types_wrong(t, "a union has too many members, or holds itself");
	if (fields != FIELDS_NONE)
		take_fields(t, record, fields == FIELDS_NESTED, l);
}

void describe(struct types *t, struct fact_die *die, enum describe_fields fields, struct layout *l)
{
	struct fact_die *record = types_bare(t, die);
	struct bounds b = types_named(t, die);

	memset(l, 0, sizeof(*l));
	kind_of_die(die, &l->kind);
	l->name = die_full_name(die);
	l->file = die->file ? text_copy(die->file) : NULL;
	l->line = die->line;
	l->size = types_size(t, die);
	l->align = b.hi < MOST_ALIGN ? b.hi : MOST_ALIGN;
	l->align_low = b.lo < l->align ? b.lo : l->align;
	l->size_exact = true;
	l->target = target_triple(die->unit->object);
	l->reader = READER_DWARF;
	if (record && die_is_record(record))
		describe_record(t, record, fields, l);
	l->align_exact = l->align == l->align_low;
	if (t->wrong)
		layout_release(l);
}

static void print_shape(struct types *t, struct fact_die *die, unsigned depth, FILE *out)
{
	struct fact_die *found = types_bare(t, die);
	struct member m;

	fprintf(out, "%" PRIu64,
		found && die_is_record(found) ? types_size(t, found) : types_size(t, die));
	if (!found || !die_is_record(found) || depth > DEEPEST_SHAPE) {
		fprintf(out, "t%u", found ? found->tag : 0);
		return;
	}
	fputc('{', out);
	for (size_t i = 0; i < found->n_children && !t->wrong; i++) {
		struct fact_die *inner;

		if (!types_member(t, found, found->children[i], &m))
			continue;
		inner = m.die->name[0] ? NULL : types_bare(t, m.type);
		fprintf(out, "%s:", m.die->name);
		if (m.placed)
			fprintf(out, "%" PRIu64, m.bits);
		if (m.is_bit_field)
			fprintf(out, ":%" PRIu64, m.width);
		fputc('=', out);
		if (inner)
			print_shape(t, inner, depth + 1, out);
		else
			fprintf(out, "%" PRIu64, m.size);
		fputc(';', out);
	}
	fputc('}', out);
}

char *shape_of(struct types *t, struct fact_die *die)
{
	struct text text;

	text_open(&text);
	print_shape(t, die, 0, text.file);
	return text_close(&text);
}
