/* SPDX-License-Identifier: MIT */
/* Layouts to read on a terminal: C's own words, with the numbers beside them. */
#include "base/paths.h"
#include "base/text.h"
#include "model/holes.h"
#include "write/declaration.h"
#include "write/writer.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum row_kind { ROW_MEMBER, ROW_GAP, ROW_LINE };

/* One line of a type's text: at the left what C says, at the right the numbers. */
struct row {
	enum row_kind kind;
	unsigned depth;
	char *left, *right, *numbers; /* "": nothing there */
};

struct sheet {
	const struct layout *layout;
	const struct text_style *style;
	struct row *rows;
	size_t n;
	uint64_t lines; /* of the cache, that have begun so far */
};

enum { INDENT = 4, MOST_LEFT = 36, MOST_RIGHT = 64 };

/* ---- rows ---- */

/* The sheet takes the strings; NULL stands for "". */
static void add_row(struct sheet *s, struct row row)
{
	row.right = row.right ? row.right : text_copy("");
	row.numbers = row.numbers ? row.numbers : text_copy("");
	s->rows = text_resize(s->rows, s->n + 1, sizeof(*s->rows));
	s->rows[s->n++] = row;
}

static void add_gap(struct sheet *s, unsigned depth, const struct piece *p)
{
	char *size = holes_amount(p->end - p->start), *words;

	if (s->layout->has_hidden)
		words = text_format("%s that no member has", size);
	else if (p->kind == PIECE_PADDING)
		words = text_format("%s of padding", size);
	else
		words = text_format("hole of %s", size);
	add_row(s, (struct row){ ROW_GAP, depth, words, NULL, NULL });
	free(size);
}

/* A mark where a cache line began since the last row. */
static void mark_lines(struct sheet *s, unsigned depth, uint64_t bit)
{
	uint64_t size = s->style->cacheline, line = bit / 8 / size, behind = bit / 8 % size;
	char *words;

	if (line <= s->lines)
		return;
	s->lines = line;
	if (behind)
		words = text_format("cache line %" PRIu64 " began %" PRIu64
				    " byte%s before, at %" PRIu64,
				    line, behind, behind == 1 ? "" : "s", line * size);
	else
		words = text_format("cache line %" PRIu64 " at %" PRIu64, line, line * size);
	add_row(s, (struct row){ ROW_LINE, depth, words, NULL, NULL });
}

static char *numbers_of(const struct field *f)
{
	if (!f->is_bit_field)
		return text_format("%6" PRIu64 " %6" PRIu64, f->offset, f->size);
	if (f->bit_width == 1)
		return text_format("%6" PRIu64 " %6" PRIu64 "  bit %u", f->offset, f->size,
				   f->bit_offset);
	return text_format("%6" PRIu64 " %6" PRIu64 "  bits %u-%" PRIu64, f->offset, f->size,
			   f->bit_offset, (uint64_t)f->bit_offset + f->bit_width - 1);
}

static void add_member(struct sheet *s, const struct field *f)
{
	char *name =
		f->is_bit_field ? text_format("%s:%u", f->name, f->bit_width) : text_copy(f->name);
	char *left, *right;

	declaration_split(f->type, name, &left, &right);
	add_row(s, (struct row){ ROW_MEMBER, f->depth + 1, left, right, numbers_of(f) });
	free(name);
}

static void add_record(struct sheet *s, size_t record);

/* "struct node {", "union {"; in a comment what names no tag: a typedef, a base class. */
static char *opening(const struct field *f)
{
	const char *word = f->is_union ? "union" : "struct";
	size_t len = strcspn(f->type, "[");

	while (len > 0 && f->type[len - 1] == ' ')
		len--;
	if (!f->type[0] || strpbrk(f->type, "({"))
		return text_format("%s {", word);
	if (strstr(f->type, "struct ") || strstr(f->type, "union "))
		return text_format("%.*s {", (int)len, f->type);
	return text_format("%s /* %.*s */ {", word, (int)len, f->type);
}

static char *closing(const struct field *f)
{
	const char *brackets = f->dimensions ? strchr(f->type, '[') : NULL;

	if (brackets)
		return text_format("} %s%s", f->name, brackets);
	if (f->dimensions) /* they are in a typedef */
		return text_format("} %s[%" PRIu64 "]", f->name, f->count);
	return text_format("}%s%s", f->name[0] ? " " : "", f->name);
}

static void add_nested(struct sheet *s, size_t field)
{
	const struct field *f = &s->layout->fields[field];

	add_row(s, (struct row){ ROW_MEMBER, f->depth + 1, opening(f), NULL, NULL });
	add_record(s, field);
	add_row(s, (struct row){ ROW_MEMBER, f->depth + 1, closing(f), NULL, numbers_of(f) });
}

static void add_record(struct sheet *s, size_t record)
{
	const struct layout *l = s->layout;
	unsigned depth = record == WHOLE_TYPE ? 1 : l->fields[record].depth + 2;
	struct pieces pieces = pieces_of(l, record);

	for (size_t i = 0; i < pieces.n; i++) {
		const struct piece *p = &pieces.v[i];

		mark_lines(s, depth, p->start);
		if (piece_is_gap(p))
			add_gap(s, depth, p);
		else if (field_has_members(l, p->field))
			add_nested(s, p->field);
		else
			add_member(s, &l->fields[p->field]);
	}
	pieces_free(&pieces);
}

/* ---- print ---- */

static const char *colour(const struct sheet *s, const char *code)
{
	return s->style->colour ? code : "";
}

/* Names from an object file may contain any bytes. */
static void print_plain(FILE *out, const char *s)
{
	for (; *s; s++)
		fputc(iscntrl((unsigned char)*s) ? '?' : *s, out);
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static char *head_of(const struct layout *l)
{
	char *spelling, *head;

	if (l->kind == LAYOUT_TYPEDEF)
		return text_format("typedef %s {", l->is_union ? "union" : "struct");
	spelling = layout_spelling(l);
	head = text_format("%s {", spelling);
	free(spelling);
	return head;
}

/* The columns where names and numbers stand: as far right as the longest row needs, up to a bound.
 */
static void find_columns(const struct sheet *s, size_t *names, size_t *numbers)
{
	char *head;

	*names = *numbers = 0;
	for (size_t i = 0; i < s->n; i++) {
		const struct row *r = &s->rows[i];
		size_t width = INDENT * r->depth + text_columns(r->left) + 1;

		if (r->kind == ROW_MEMBER && r->right[0] && width > *names)
			*names = width;
	}
	*names = least(*names, MOST_LEFT);
	for (size_t i = 0; i < s->n; i++) {
		const struct row *r = &s->rows[i];
		size_t left = INDENT * r->depth + text_columns(r->left), width;

		if (!r->numbers[0])
			continue;
		width = r->right[0]
				? (left + 1 > *names ? left + 1 : *names) + text_columns(r->right)
				: left;
		if (width + 2 > *numbers)
			*numbers = width + 2;
	}
	*numbers = least(*numbers, MOST_RIGHT);
	head = head_of(s->layout);
	if (*numbers && text_columns(head) >= *numbers)
		*numbers = text_columns(head) + 1;
	free(head);
}

static void pad(FILE *out, size_t *at, size_t column)
{
	do
		fputc(' ', out);
	while (++*at < column);
}

static void print_member(const struct sheet *s, const struct row *r, size_t names, size_t numbers,
			 FILE *out)
{
	size_t at = INDENT * r->depth + text_columns(r->left);

	print_plain(out, r->left);
	if (!r->numbers[0]) {
		fputc('\n', out);
		return;
	}
	if (r->right[0]) {
		pad(out, &at, names);
		print_plain(out, r->right);
		at += text_columns(r->right);
	}
	fputc(';', out);
	at++;
	pad(out, &at, numbers);
	fprintf(out, "%s/* %s */%s\n", colour(s, "\033[2m"), r->numbers, colour(s, "\033[0m"));
}

static void print_row(const struct sheet *s, const struct row *r, size_t names, size_t numbers,
		      FILE *out)
{
	fprintf(out, "%*s", (int)(INDENT * r->depth), "");
	if (r->kind == ROW_MEMBER)
		print_member(s, r, names, numbers, out);
	else if (r->kind == ROW_GAP)
		fprintf(out, "%s/* %s */%s\n", colour(s, "\033[33m"), r->left,
			colour(s, "\033[0m"));
	else
		fprintf(out, "%s/* ---- %s ---- */%s\n", colour(s, "\033[36m"), r->left,
			colour(s, "\033[0m"));
}

/* ---- around the rows ---- */

static void print_origin(const struct layout *l, const char *here, FILE *out)
{
	fputs("/* ", out);
	if (l->file) {
		print_plain(out, path_shown(here, l->file));
		if (l->line)
			fprintf(out, ":%u", l->line);
		fputs(": ", out);
	}
	if (l->target) {
		print_plain(out, l->target);
		fputs(", ", out);
	}
	fprintf(out, "%s */\n", layout_origin(l));
}

static void print_members(const struct layout *l, FILE *out)
{
	struct totals t = totals_of(l);
	char *members = holes_amount(t.member_bits), *holes = holes_amount(t.hole_bits);
	char *padding = holes_amount(t.padding_bits), *inner = holes_amount(t.inner_bits);

	fprintf(out, "%*s/* members: %zu, %s", INDENT, "", t.members, members);
	if (t.holes)
		fprintf(out, "; holes: %zu, %s", t.holes, holes);
	if (t.bit_holes)
		fprintf(out, "; bit holes: %zu, %" PRIu64 " bits", t.bit_holes, t.bit_hole_bits);
	if (t.padding_bits)
		fprintf(out, "; padding: %s", padding);
	fputs(" */\n", out);
	if (t.inner_gaps)
		fprintf(out, "%*s/* holes and padding inside members: %zu, %s */\n", INDENT, "",
			t.inner_gaps, inner);
	if (l->has_hidden)
		fprintf(out,
			"%*s/* what no member has: base classes, vtable pointers, holes or padding */\n",
			INDENT, "");
	free(members);
	free(holes);
	free(padding);
	free(inner);
}

static void print_size(const struct layout *l, const struct text_style *style, FILE *out)
{
	uint64_t lines = (l->size + style->cacheline - 1) / style->cacheline;

	fprintf(out, "/* size: %" PRIu64 ", alignment: ", l->size);
	if (l->align_low < l->align)
		fprintf(out, "%" PRIu64 "..", l->align_low);
	fprintf(out, "%" PRIu64 ", cache lines: %" PRIu64 " of %u bytes */\n", l->align, lines,
		style->cacheline);
}

static void print_head(const struct layout *l, size_t numbers, FILE *out)
{
	char *head = head_of(l);
	size_t at = text_columns(head);

	print_plain(out, head);
	if (numbers) {
		pad(out, &at, numbers);
		fputs("/* offset   size */", out);
	}
	fputc('\n', out);
	free(head);
}

/* A type without members: a number, a pointer, an array. */
static void print_scalar(const struct layout *l, const struct text_style *style, FILE *out)
{
	fputs("typedef ... ", out);
	print_plain(out, l->name);
	fputs("; ", out);
	print_size(l, style, out);
}

static void print_record(const struct layout *l, const struct text_style *style, FILE *out)
{
	struct sheet s = { .layout = l, .style = style };
	size_t names, numbers;

	add_record(&s, WHOLE_TYPE);
	find_columns(&s, &names, &numbers);
	print_head(l, numbers, out);
	for (size_t i = 0; i < s.n; i++) {
		print_row(&s, &s.rows[i], names, numbers, out);
		free(s.rows[i].left);
		free(s.rows[i].right);
		free(s.rows[i].numbers);
	}
	free(s.rows);
	fprintf(out, "%s%*s", s.n ? "\n" : "", INDENT, "");
	print_size(l, style, out);
	print_members(l, out);
	fputc('}', out);
	if (l->kind == LAYOUT_TYPEDEF) {
		fputc(' ', out);
		print_plain(out, l->name);
	}
	fputs(";\n", out);
}

char *layouts_text(const struct layouts *all, const struct text_style *style)
{
	struct text t;

	text_open(&t);
	for (size_t i = 0; i < all->n; i++) {
		if (i)
			fputc('\n', t.file);
		print_origin(&all->v[i], style->here, t.file);
		if (all->v[i].is_record)
			print_record(&all->v[i], style, t.file);
		else
			print_scalar(&all->v[i], style, t.file);
	}
	return text_close(&t);
}
