/* SPDX-License-Identifier: MIT */
#include "model/holes.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/text.h"

bool piece_is_gap(const struct piece *p)
{
	return p->kind != PIECE_FIELD;
}

bool record_is_union(const struct layout *l, size_t record)
{
	return record == WHOLE_TYPE ? l->is_union : l->fields[record].is_union;
}

bool field_has_members(const struct layout *l, size_t i)
{
	return i + 1 < l->n_fields && l->fields[i + 1].depth > l->fields[i].depth;
}

size_t field_after(const struct layout *l, size_t i)
{
	unsigned depth = l->fields[i].depth;

	do {
		i++;
	} while (i < l->n_fields && l->fields[i].depth > depth);
	return i;
}

uint64_t field_element_size(const struct field *f)
{
	return f->count ? f->size / f->count : f->size;
}

static void add(struct pieces *p, enum piece_kind kind, size_t field, uint64_t start, uint64_t end)
{
	p->v = text_resize(p->v, p->n + 1, sizeof(*p->v));
	p->v[p->n++] = (struct piece){ kind, field, start, end };
}

static uint64_t clamp(uint64_t bit, uint64_t low, uint64_t high)
{
	return bit < low ? low : bit > high ? high : bit;
}

/* The members of a record by their places: C++ and Rust need not keep to the source's order. */
static size_t *members_of(const struct layout *l, size_t first, size_t end, size_t *n)
{
	size_t *members = text_alloc(end - first + 1, sizeof(*members));

	*n = 0;
	for (size_t i = first; i < end; i = field_after(l, i)) {
		size_t at = (*n)++;

		for (; at > 0; at--) {
			if (field_place(&l->fields[members[at - 1]]) <= field_place(&l->fields[i]))
				break;
			members[at] = members[at - 1];
		}
		members[at] = i;
	}
	return members;
}

struct pieces pieces_of(const struct layout *l, size_t record)
{
	bool whole = record == WHOLE_TYPE, is_union = record_is_union(l, record);
	uint64_t base = whole ? 0 : field_place(&l->fields[record]), at = base;
	uint64_t limit = base + 8 * (whole ? l->size : field_element_size(&l->fields[record]));
	size_t first = whole ? 0 : record + 1, end = whole ? l->n_fields : field_after(l, record);
	struct pieces p = { NULL, 0 };
	size_t *members, n;

	if (whole && !l->is_record)
		return p;
	members = members_of(l, first, end, &n);
	for (size_t i = 0; i < n; i++) {
		const struct field *f = &l->fields[members[i]];
		uint64_t start = clamp(field_place(f), is_union ? base : at, limit);
		uint64_t stop = clamp(field_place(f) + field_width(f), start, limit);

		if (!is_union && start > at)
			add(&p, PIECE_HOLE, record, at, start);
		add(&p, PIECE_FIELD, members[i], start, stop);
		at = stop > at ? stop : at;
	}
	free(members);
	if (at < limit)
		add(&p, PIECE_PADDING, record, at, limit);
	return p;
}

void pieces_free(struct pieces *p)
{
	free(p->v);
	*p = (struct pieces){ NULL, 0 };
}

/* ---- totals ---- */

char *holes_amount(uint64_t bits)
{
	uint64_t n = bits % 8 ? bits : bits / 8;

	return text_format("%" PRIu64 " %s%s", n, bits % 8 ? "bit" : "byte", n == 1 ? "" : "s");
}

static void count_gap(struct totals *t, const struct piece *p)
{
	uint64_t bits = p->end - p->start;

	if (p->field != WHOLE_TYPE) {
		t->inner_gaps++;
		t->inner_bits += bits;
	} else if (p->kind == PIECE_PADDING) {
		t->padding_bits += bits;
	} else if (bits % 8) {
		t->bit_holes++;
		t->bit_hole_bits += bits;
	} else {
		t->holes++;
		t->hole_bits += bits;
	}
}

static void count_record(struct totals *t, const struct layout *l, size_t record)
{
	struct pieces pieces = pieces_of(l, record);

	for (size_t i = 0; i < pieces.n; i++) {
		if (piece_is_gap(&pieces.v[i]))
			count_gap(t, &pieces.v[i]);
		else if (record == WHOLE_TYPE)
			t->members++;
	}
	pieces_free(&pieces);
}

struct totals totals_of(const struct layout *l)
{
	struct totals t = { 0 };

	count_record(&t, l, WHOLE_TYPE);
	for (size_t i = 0; i < l->n_fields; i++)
		if (field_has_members(l, i))
			count_record(&t, l, i);
	t.member_bits = 8 * l->size - t.hole_bits - t.bit_hole_bits - t.padding_bits;
	return t;
}
