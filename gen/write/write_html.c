/* SPDX-License-Identifier: MIT */
/* A self-contained page that shows the bytes of types. */
#include "base/paths.h"
#include "base/text.h"
#include "html_page.h"
#include "write/html.h"
#include "write/html_map.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>

enum { HUES = 8 }; /* of html_page.css */

static void print_name(FILE *out, const struct layout *l)
{
	char *spelling = layout_spelling(l);

	html_text(out, spelling);
	free(spelling);
}

/* ---- above the picture ---- */

static void print_origin(const struct sheet *s)
{
	const struct layout *l = s->layout;

	fputs("<p class=\"origin\">", s->out);
	if (l->file) {
		html_text(s->out, path_shown(s->style->here, l->file));
		if (l->line)
			fprintf(s->out, ":%u", l->line);
		fputs(" \xc2\xb7 ", s->out);
	}
	if (l->target) {
		html_text(s->out, l->target);
		fputs(" \xc2\xb7 ", s->out);
	}
	fprintf(s->out, "%s</p>\n", layout_origin(l));
}

static void print_fact(FILE *out, const char *name, uint64_t value, const char *unit)
{
	fprintf(out, "<div><dt>%s</dt><dd>%" PRIu64 "<small> %s</small></dd></div>\n", name, value,
		unit);
}

static void print_bits_fact(FILE *out, const char *name, uint64_t bits)
{
	uint64_t n = bits % 8 ? bits : bits / 8;
	char *unit = text_format("%s%s", bits % 8 ? "bit" : "byte", n == 1 ? "" : "s");

	print_fact(out, name, n, unit);
	free(unit);
}

static void print_facts(const struct sheet *s)
{
	const struct layout *l = s->layout;
	struct totals t = totals_of(l);
	uint64_t size = s->style->cacheline;
	char *lines = text_format("of %u bytes", s->style->cacheline);

	fputs("<dl class=\"facts\">\n", s->out);
	print_bits_fact(s->out, "size", 8 * l->size);
	fputs("<div><dt>alignment</dt><dd>", s->out);
	if (l->align_low < l->align)
		fprintf(s->out, "%" PRIu64 "\xe2\x80\xa6", l->align_low);
	fprintf(s->out, "%" PRIu64 "</dd></div>\n", l->align);
	print_fact(s->out, "cache lines", (l->size + size - 1) / size, lines);
	if (l->is_record) {
		print_fact(s->out, "members", t.members, "");
		print_bits_fact(s->out, "holes", t.hole_bits + t.bit_hole_bits);
		print_bits_fact(s->out, "padding", t.padding_bits);
		if (t.inner_bits)
			print_bits_fact(s->out, "gaps in members", t.inner_bits);
	}
	fputs("</dl>\n", s->out);
	free(lines);
}

/* All of the type in one stripe. */
static void print_stripe(const struct sheet *s)
{
	const struct pieces *pieces = html_pieces(s, WHOLE_TYPE);
	struct totals t = totals_of(s->layout);
	bool is_union = record_is_union(s->layout, WHOLE_TYPE);

	fputs("<div class=\"stripe\" role=\"img\" aria-label=\"Of its bits, ", s->out);
	fprintf(s->out,
		"%" PRIu64 " are of members, %" PRIu64 " of holes, %" PRIu64 " of padding\">",
		t.member_bits, t.hole_bits + t.bit_hole_bits, t.padding_bits);
	for (size_t i = 0; i < pieces->n; i++) {
		const struct piece *p = &pieces->v[i];

		if (p->start == p->end || (is_union && p->kind == PIECE_FIELD && i))
			continue;
		if (piece_is_gap(p))
			fprintf(s->out, "<i class=\"%s\" ",
				p->kind == PIECE_HOLE ? "hole" : "padding");
		else
			fprintf(s->out, "<i class=\"h%u\" ", s->hues[p->field]);
		fprintf(s->out, "style=\"flex:%" PRIu64 "\"></i>", p->end - p->start);
	}
	fputs("</div>\n", s->out);
}

/* ---- below it ---- */

static void print_legend(FILE *out)
{
	fputs("<ul class=\"legend\">\n"
	      "<li><i class=\"swatch leaf last h0\"></i>member</li>\n"
	      "<li><i class=\"swatch hole\"></i>hole: nothing, so that the next is aligned</li>\n"
	      "<li><i class=\"swatch padding\"></i>padding: nothing, so that the size is</li>\n"
	      "<li><i class=\"swatch outside\"></i>not of the type</li>\n"
	      "</ul>\n",
	      out);
}

static void print_numbers(FILE *out, uint64_t start, uint64_t end, bool of_bits)
{
	uint64_t bits = end - start;

	fprintf(out, "<td>%" PRIu64, start / 8);
	if (of_bits)
		fprintf(out, "<small>:%" PRIu64 "</small>", start % 8);
	if (of_bits && bits % 8)
		fprintf(out, "</td><td>%" PRIu64 "<small> bit%s</small></td>", bits,
			bits == 1 ? "" : "s");
	else
		fprintf(out, "</td><td>%" PRIu64 "</td>", bits / 8);
}

static void print_field_row(const struct sheet *s, size_t field)
{
	const struct field *f = &s->layout->fields[field];
	uint64_t place = field_place(f);

	fprintf(s->out, "<tr data-f=\"%zu-%zu\">", s->number, field);
	print_numbers(s->out, place, place + field_width(f), f->is_bit_field);
	fprintf(s->out,
		"<th scope=\"row\" style=\"--depth:%u\"><a href=\"#t%zuf%zu\">"
		"<i class=\"swatch leaf last h%u%s\"></i>",
		f->depth, s->number, field, s->hues[field], field % 2 ? " alt" : "");
	html_text(s->out, f->name[0] ? f->name : "(anonymous)");
	fputs("</a></th><td><code>", s->out);
	html_text(s->out, f->type);
	fputs("</code></td></tr>\n", s->out);
}

static void print_gap_row(const struct sheet *s, const struct piece *p)
{
	unsigned depth = p->field == WHOLE_TYPE ? 0 : s->layout->fields[p->field].depth + 1;
	const char *class = p->kind == PIECE_HOLE ? "hole" : "padding";

	fputs("<tr class=\"gap\">", s->out);
	print_numbers(s->out, p->start, p->end, p->start % 8 || p->end % 8);
	fprintf(s->out,
		"<th scope=\"row\" style=\"--depth:%u\"><i class=\"swatch %s\"></i>%s</th><td></td></tr>\n",
		depth, class, s->layout->has_hidden ? "no member's" : class);
}

static void print_rows(const struct sheet *s, size_t record)
{
	const struct pieces *pieces = html_pieces(s, record);

	for (size_t i = 0; i < pieces->n; i++) {
		const struct piece *p = &pieces->v[i];

		if (piece_is_gap(p)) {
			print_gap_row(s, p);
			continue;
		}
		print_field_row(s, p->field);
		if (field_has_members(s->layout, p->field))
			print_rows(s, p->field);
	}
}

static void print_table(const struct sheet *s)
{
	fputs("<div class=\"table\" tabindex=\"0\" role=\"region\" aria-label=\"All members\"><table>\n"
	      "<thead><tr><th scope=\"col\">Offset</th><th scope=\"col\">Size</th>"
	      "<th scope=\"col\">Member</th><th scope=\"col\">Type</th></tr></thead>\n<tbody>\n",
	      s->out);
	print_rows(s, WHOLE_TYPE);
	fputs("</tbody></table></div>\n", s->out);
}

/* ---- the page ---- */

static void set_hues(struct sheet *s)
{
	unsigned char hue = HUES - 1;

	for (size_t i = 0; i < s->layout->n_fields; i++) {
		if (s->layout->fields[i].depth == 0)
			hue = (unsigned char)((hue + 1) % HUES);
		s->hues[i] = hue;
	}
}

static bool has_bit_fields(const struct layout *l)
{
	for (size_t i = 0; i < l->n_fields; i++)
		if (l->fields[i].is_bit_field)
			return true;
	return false;
}

static void print_parts(const struct sheet *s)
{
	fputs("<section class=\"map\"><h2>Bytes</h2>\n", s->out);
	html_map(s);
	print_legend(s->out);
	fputs("</section>\n", s->out);
	if (has_bit_fields(s->layout)) {
		fputs("<section class=\"map\"><h2>Bits</h2>\n", s->out);
		html_bits(s);
		fputs("</section>\n", s->out);
	}
	fputs("<section><h2>Members</h2>\n", s->out);
	print_table(s);
	fputs("</section>\n", s->out);
}

static void print_type(FILE *out, const struct layout *l, const struct text_style *style,
		       size_t number)
{
	struct sheet s = { .out = out, .layout = l, .style = style, .number = number };

	s.pieces = text_alloc(l->n_fields + 1, sizeof(*s.pieces));
	s.hues = text_alloc(l->n_fields + 1, sizeof(*s.hues));
	set_hues(&s);
	fprintf(out, "<article id=\"t%zu\">\n<header><h1>", number);
	print_name(out, l);
	fputs("</h1>\n", out);
	print_origin(&s);
	print_facts(&s);
	print_stripe(&s);
	fputs("</header>\n", out);
	if (l->is_record && l->size > 0)
		print_parts(&s);
	fputs("</article>\n", out);
	for (size_t i = 0; i <= l->n_fields; i++)
		pieces_free(&s.pieces[i]);
	free(s.pieces);
	free(s.hues);
}

static void print_contents(FILE *out, const struct layouts *all)
{
	fputs("<nav><ul>\n", out);
	for (size_t i = 0; i < all->n; i++) {
		fprintf(out, "<li><a href=\"#t%zu\">", i);
		print_name(out, &all->v[i]);
		fputs("</a></li>\n", out);
	}
	fputs("</ul></nav>\n", out);
}

char *layouts_html(const struct layouts *all, const struct text_style *style)
{
	struct text t;

	text_open(&t);
	fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta name=\"generator\" content=\"gen-opaque\">\n<title>Layout",
	      t.file);
	for (size_t i = 0; i < all->n; i++) {
		fputs(i ? ", " : " of ", t.file);
		print_name(t.file, &all->v[i]);
	}
	fprintf(t.file, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<main>\n", html_page_css);
	if (all->n > 1)
		print_contents(t.file, all);
	for (size_t i = 0; i < all->n; i++)
		print_type(t.file, &all->v[i], style, i);
	fprintf(t.file, "</main>\n<script>\n%s</script>\n</body>\n</html>\n", html_page_js);
	return text_close(&t);
}
