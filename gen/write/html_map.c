/* SPDX-License-Identifier: MIT */
/*
 * The picture of a type's bytes. A cache line is a row of words of 8 bytes, so that a narrow screen
 * can break it. A word is a row of pieces, each as wide as its number of bits. A piece with members
 * is a row of pieces again; members that share their bytes form a column. Each byte has a cell
 * below the pieces.
 */
#include "write/html_map.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
	BITS = 8,
	WORD = 64,	   /* bits */
	ARMS = 6,	   /* of a union that are drawn */
	SAME_LINES = 2,	   /* of one array before the rest is left out */
	MOST_LINES = 4096, /* of a type that are drawn */
	BITS_IN_ROW = 32,  /* where bits are drawn one by one */
};

/* What is being drawn: the bits from `from` to `to`. */
struct window {
	const struct sheet *sheet;
	uint64_t from, to;
	bool starts; /* a cache line starts here: a field that continues from the line before is
			named again */
	bool zoomed; /* bit by bit, below the map */
};

static void print_record(const struct window *w, size_t record, uint64_t shift);

/* ---- pieces ---- */

static bool cut(const struct window *w, uint64_t *start, uint64_t *end)
{
	*start = *start > w->from ? *start : w->from;
	*end = *end < w->to ? *end : w->to;
	return *start < *end;
}

/* "bytes 8-15", "byte 3", "bits 3-4 of byte 7" */
static void print_where(FILE *out, uint64_t start, uint64_t end)
{
	uint64_t bits = end - start;

	if (start % BITS == 0 && bits % BITS == 0) {
		fprintf(out, bits == BITS ? "byte %" PRIu64 : "bytes %" PRIu64, start / BITS);
		if (bits != BITS)
			fprintf(out, "\xe2\x80\x93%" PRIu64, end / BITS - 1);
		return;
	}
	fprintf(out, bits == 1 ? "bit %" PRIu64 : "bits %" PRIu64, start % BITS);
	if (bits != 1)
		fprintf(out, "\xe2\x80\x93%" PRIu64, start % BITS + bits - 1);
	fprintf(out, " of byte %" PRIu64, start / BITS);
}

static void print_amount(FILE *out, uint64_t bits)
{
	char *amount = holes_amount(bits);

	fprintf(out, "%s, ", amount);
	free(amount);
}

static void print_gap(const struct window *w, const struct piece *p, uint64_t shift, uint64_t start,
		      uint64_t end)
{
	FILE *out = w->sheet->out;
	const char *word = w->sheet->layout->has_hidden ? "no member's"
			   : p->kind == PIECE_HOLE	? "hole"
							: "padding";

	fprintf(out, "<div class=\"%s\" style=\"flex:%" PRIu64 "\" title=\"%s: ",
		p->kind == PIECE_HOLE ? "hole" : "padding", end - start, word);
	print_amount(out, p->end - p->start);
	print_where(out, p->start + shift, p->end + shift);
	fprintf(out, "\"><b>%s</b></div>", start == p->start + shift ? word : "");
}

static void print_title(const struct window *w, size_t field, uint64_t shift)
{
	const struct field *f = &w->sheet->layout->fields[field];
	FILE *out = w->sheet->out;

	fputs(" title=\"", out);
	if (f->name[0]) {
		html_text(out, f->name);
		fputs(": ", out);
	}
	html_text(out, f->type);
	fputs(", ", out);
	print_amount(out, field_width(f));
	print_where(out, field_place(f) + shift, field_place(f) + field_width(f) + shift);
	fputc('"', out);
}

/* Draw lines between the elements of an array, where a whole number of them fits the piece. */
static void print_elements(const struct window *w, const struct field *f, uint64_t start,
			   uint64_t end)
{
	uint64_t bits = BITS * field_element_size(f);

	if (f->dimensions && bits && (end - start) % bits == 0 && end - start > bits)
		fprintf(w->sheet->out, ";--n:%" PRIu64, (end - start) / bits);
}

/* The start tag of one piece of a field: strong for the first piece, pale for those that follow. */
static void open_piece(const struct window *w, size_t field, const char *class, uint64_t shift,
		       uint64_t start, uint64_t end)
{
	const struct layout *l = w->sheet->layout;
	const struct field *f = &l->fields[field];
	FILE *out = w->sheet->out;
	bool first = start == field_place(f) + shift;

	fprintf(out, "<div class=\"%s h%u%s%s%s\" data-f=\"%zu-%zu\" style=\"flex:%" PRIu64, class,
		w->sheet->hues[field], field % 2 ? " alt" : "", first ? "" : " more",
		end == field_place(f) + field_width(f) + shift ? " last" : "", w->sheet->number,
		field, end - start);
	print_elements(w, f, start, end);
	fputc('"', out);
	if (first && !shift && !w->zoomed)
		fprintf(out, " id=\"t%zuf%zu\"", w->sheet->number, field);
	print_title(w, field, shift);
	fputc('>', out);
}

static bool is_named(const struct window *w, const struct field *f, uint64_t shift, uint64_t start)
{
	return start == field_place(f) + shift || (w->starts && start == w->from);
}

static void print_leaf(const struct window *w, size_t field, uint64_t shift, uint64_t start,
		       uint64_t end)
{
	const struct field *f = &w->sheet->layout->fields[field];
	FILE *out = w->sheet->out;

	open_piece(w, field, "leaf", shift, start, end);
	if (is_named(w, f, shift, start)) {
		fputs("<b>", out);
		html_text(out, f->name[0] ? f->name : f->type);
		fputs("</b><small>", out);
		html_text(out, f->type);
		fputs("</small>", out);
	}
	fputs("</div>", out);
}

/* One element of an array, or a whole field that is no array. */
static void print_element(const struct window *w, size_t field, uint64_t index, uint64_t shift)
{
	const struct field *f = &w->sheet->layout->fields[field];
	uint64_t start = field_place(f) + shift;
	uint64_t end = start + BITS * field_element_size(f);
	FILE *out = w->sheet->out;

	if (!cut(w, &start, &end))
		return;
	open_piece(w, field, "record", shift, start, end);
	if (f->name[0]) {
		fputs("<b>", out);
		if (is_named(w, f, shift, start)) {
			if (index == 0 || w->starts)
				html_text(out, f->name);
			if (f->dimensions == 1)
				fprintf(out, "[%" PRIu64 "]", index);
			else if (f->dimensions)
				fprintf(out, " %" PRIu64 "/%" PRIu64, index + 1, f->count);
		}
		fputs("</b>", out);
	}
	print_record(w, field, shift);
	fputs("</div>", out);
}

static void print_members(const struct window *w, size_t field, uint64_t shift, uint64_t start,
			  uint64_t end)
{
	const struct field *f = &w->sheet->layout->fields[field];
	uint64_t bits = BITS * field_element_size(f), place = field_place(f) + shift;

	for (uint64_t k = (start - place) / bits; place + k * bits < end; k++)
		print_element(w, field, k, shift + k * bits);
}

static void print_piece(const struct window *w, const struct piece *p, uint64_t shift)
{
	const struct layout *l = w->sheet->layout;
	uint64_t start = p->start + shift, end = p->end + shift;

	if (!cut(w, &start, &end))
		return;
	if (piece_is_gap(p))
		print_gap(w, p, shift, start, end);
	else if (field_has_members(l, p->field) && field_element_size(&l->fields[p->field]))
		print_members(w, p->field, shift, start, end);
	else
		print_leaf(w, p->field, shift, start, end);
}

/* Where the longest member of a union ends. */
static uint64_t union_end(const struct pieces *pieces)
{
	uint64_t end = 0;

	for (size_t i = 0; i < pieces->n; i++)
		if (!piece_is_gap(&pieces->v[i]) && pieces->v[i].end > end)
			end = pieces->v[i].end;
	return end;
}

/* The bytes behind a member of a union that is shorter than others. */
static void print_rest(const struct window *w, uint64_t start, uint64_t end)
{
	if (cut(w, &start, &end))
		fprintf(w->sheet->out, "<div class=\"rest\" style=\"flex:%" PRIu64 "\"></div>",
			end - start);
}

static void print_arms(const struct window *w, const struct pieces *pieces, uint64_t shift)
{
	uint64_t rest = union_end(pieces) + shift;
	FILE *out = w->sheet->out;
	size_t drawn = 0;

	fputs("<div class=\"arms\">", out);
	for (size_t i = 0; i < pieces->n; i++) {
		const struct piece *p = &pieces->v[i];
		uint64_t start = p->start + shift, end = p->end + shift;

		if (!cut(w, &start, &end) || piece_is_gap(p) || drawn++ >= ARMS)
			continue;
		fputs("<div class=\"in\">", out);
		print_piece(w, p, shift);
		print_rest(w, p->end + shift, rest);
		fputs("</div>", out);
	}
	if (drawn > ARMS)
		fprintf(out, "<div class=\"in others\">and %zu more</div>", drawn - ARMS);
	fputs("</div>", out);
}

/* The longest member covers the union; padding may follow it. */
static void print_union(const struct window *w, const struct pieces *pieces, uint64_t shift)
{
	const struct piece *last = &pieces->v[pieces->n - 1];
	uint64_t start = pieces->v[0].start + shift, end = union_end(pieces) + shift;

	fputs("<div class=\"in\">", w->sheet->out);
	if (cut(w, &start, &end)) {
		fprintf(w->sheet->out, "<div class=\"union\" style=\"flex:%" PRIu64 "\">",
			end - start);
		print_arms(w, pieces, shift);
		fputs("</div>", w->sheet->out);
	}
	if (piece_is_gap(last))
		print_piece(w, last, shift);
	fputs("</div>", w->sheet->out);
}

static void print_record(const struct window *w, size_t record, uint64_t shift)
{
	const struct pieces *pieces = html_pieces(w->sheet, record);

	if (pieces->n && record_is_union(w->sheet->layout, record)) {
		print_union(w, pieces, shift);
		return;
	}
	fputs("<div class=\"in\">", w->sheet->out);
	for (size_t i = 0; i < pieces->n; i++)
		print_piece(w, &pieces->v[i], shift);
	fputs("</div>", w->sheet->out);
}

/* ---- words and lines ---- */

/* The room between the end of the type and that of its last word or line. */
static void print_outside(FILE *out, uint64_t bits)
{
	if (bits)
		fprintf(out, "<div class=\"outside\" style=\"flex:%" PRIu64 "\"></div>", bits);
}

static uint64_t type_bits(const struct sheet *s)
{
	return BITS * s->layout->size;
}

static void print_pieces(const struct sheet *s, uint64_t from, uint64_t width, bool starts,
			 bool zoomed)
{
	uint64_t end = type_bits(s), to = from + width < end ? from + width : end;
	const struct window w = { s, from, to, starts, zoomed };

	fputs("<div class=\"pieces\">", s->out);
	if (from < end) {
		fprintf(s->out, "<div class=\"cover\" style=\"flex:%" PRIu64 "\">", to - from);
		print_record(&w, WHOLE_TYPE, 0);
		fputs("</div>", s->out);
	}
	print_outside(s->out, from + width - (from < end ? to : from));
	fputs("</div>", s->out);
}

static void print_word(const struct sheet *s, uint64_t from, bool starts)
{
	uint64_t first = from / BITS;

	fputs("<div class=\"word\">", s->out);
	print_pieces(s, from, WORD, starts, false);
	fputs("<div class=\"cells\">", s->out);
	for (uint64_t byte = first; byte < first + WORD / BITS; byte++)
		fprintf(s->out, "<i%s></i>", byte < s->layout->size ? "" : " class=\"no\"");
	fprintf(s->out, "<span>%" PRIu64 "</span></div></div>\n", first);
}

static void print_line(const struct sheet *s, uint64_t line)
{
	uint64_t bits = (uint64_t)BITS * s->style->cacheline, from = line * bits;
	uint64_t to = from + bits, end = type_bits(s);

	if (line == 0 && end < bits) /* a type shorter than a cache line is drawn up to its end */
		to = (end + WORD - 1) / WORD * WORD;
	fprintf(s->out,
		"<div class=\"line\"><h3>%" PRIu64 "<small>0x%" PRIx64
		"</small></h3><div class=\"words w%" PRIu64 "\">\n",
		from / BITS, from / BITS, (to - from) / WORD);
	for (uint64_t at = from; at < to; at += WORD)
		print_word(s, at, at == from);
	fputs("</div></div>\n", s->out);
}

/*
 * How many lines from this one on show nothing but the same array or member, so that it is enough
 * to say so: *field is which.
 */
static uint64_t same_lines(const struct sheet *s, uint64_t line, size_t *field)
{
	uint64_t bits = (uint64_t)BITS * s->style->cacheline, from = line * bits;
	size_t record = WHOLE_TYPE;

	for (;;) {
		const struct pieces *pieces = html_pieces(s, record);
		const struct piece *p = NULL;

		if (record_is_union(s->layout, record))
			return 0;
		for (size_t i = 0; i < pieces->n && !p; i++)
			if (pieces->v[i].start <= from && pieces->v[i].end >= from + bits)
				p = &pieces->v[i];
		if (!p)
			return 0;
		*field = p->field;
		if (piece_is_gap(p) || s->layout->fields[p->field].dimensions ||
		    !field_has_members(s->layout, p->field))
			return (p->end - from) / bits;
		record = p->field;
	}
}

static void print_left_out(const struct sheet *s, uint64_t line, uint64_t n, size_t field)
{
	uint64_t first = line * s->style->cacheline, end = first + n * s->style->cacheline;

	if (end > s->layout->size)
		end = s->layout->size;
	fprintf(s->out, "<p class=\"left-out\" data-bytes=\"%" PRIu64 "\">", end - first);
	fprintf(s->out, "%" PRIu64 " more cache lines", n);
	if (field < s->layout->n_fields) {
		fputs(" of <code>", s->out);
		html_text(s->out, s->layout->fields[field].name);
		fputs("</code>", s->out);
	}
	fprintf(s->out, ", bytes %" PRIu64 "\xe2\x80\x93%" PRIu64 "</p>\n", first, end - 1);
}

void html_map(const struct sheet *s)
{
	uint64_t size = s->style->cacheline, n = (s->layout->size + size - 1) / size;
	uint64_t line = 0, drawn = 0;

	while (line < n && drawn < MOST_LINES) {
		size_t field = s->layout->n_fields;
		uint64_t same = same_lines(s, line, &field);

		if (same >
		    SAME_LINES + 2) { /* otherwise the note takes as much room as the lines */
			for (uint64_t k = 0; k < SAME_LINES; k++)
				print_line(s, line + k);
			print_left_out(s, line + SAME_LINES, same - SAME_LINES, field);
			line += same;
		} else {
			print_line(s, line++);
		}
		drawn++;
	}
	if (line < n)
		print_left_out(s, line, n - line, s->layout->n_fields);
}

/* ---- bit by bit ---- */

static bool is_of_bits(const struct sheet *s, const struct piece *p)
{
	return !piece_is_gap(p) && s->layout->fields[p->field].is_bit_field;
}

static void print_bit_row(const struct sheet *s, uint64_t from, uint64_t to)
{
	uint64_t width = to - from;

	fprintf(s->out,
		"<div class=\"line\"><h3>%" PRIu64 "<small>0x%" PRIx64
		"</small></h3><div class=\"word bits b%" PRIu64 "\">",
		from / BITS, from / BITS, width / BITS);
	print_pieces(s, from, width, true, true);
	fputs("<div class=\"cells\">", s->out);
	for (uint64_t bit = 0; bit < width; bit++)
		fprintf(s->out, "<i>%" PRIu64 "</i>", bit % BITS);
	fputs("</div></div></div>\n", s->out);
}

/* A run of pieces, from the start of its first byte to the end of its last. */
static void print_run(const struct sheet *s, uint64_t from, uint64_t to)
{
	uint64_t end = type_bits(s);

	from = from / BITS * BITS;
	to = (to + BITS - 1) / BITS * BITS;
	to = to < end ? to : end;
	for (; from < to; from += BITS_IN_ROW)
		print_bit_row(s, from, to - from < BITS_IN_ROW ? to : from + BITS_IN_ROW);
}

/* Bit-fields and the holes between them, in one byte or in bytes side by side. */
static void print_runs(const struct sheet *s, size_t record)
{
	const struct pieces *pieces = html_pieces(s, record);
	uint64_t from = 0, to = 0;

	for (size_t i = 0; i < pieces->n; i++) {
		const struct piece *p = &pieces->v[i];

		if (!is_of_bits(s, p))
			continue;
		if (to > from && p->start / BITS > (to + BITS - 1) / BITS) {
			print_run(s, from, to);
			to = from;
		}
		if (to == from)
			from = p->start;
		to = p->end;
	}
	if (to > from)
		print_run(s, from, to);
}

void html_bits(const struct sheet *s)
{
	print_runs(s, WHOLE_TYPE);
	for (size_t i = 0; i < s->layout->n_fields; i++)
		if (field_has_members(s->layout, i))
			print_runs(s, i);
}
