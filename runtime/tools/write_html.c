/* SPDX-License-Identifier: MIT */
/*
 * The page: for each run of slabs, a bar for every slab, in order of address, filled by what its
 * objects are; then the objects themselves of those slabs that have the fewest in use.
 */
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "page.h"
#include "target.h"
#include "write.h"

enum {
	MOST_BARS = 2000,  /* of one store that are drawn */
	MAPS = 3,	   /* slabs of one store that are drawn object by object */
	MOST_CELLS = 1024, /* of one of these */
	MOST_COLUMNS = 64,
};

static const char *const state_names[] = { "never used", "free", "at hand", "in use" };
static const char state_classes[] = "ufah";

static void text(FILE *out, const char *s)
{
	for (; *s; s++)
		switch (*s) {
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '&':
			fputs("&amp;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		default:
			fputc(*s, out);
		}
}

static void fact(FILE *out, const char *name, const char *value, const char *small)
{
	fprintf(out, "<div><dt>%s</dt><dd>%s<small> %s</small></dd></div>\n", name, value, small);
}

static void number(FILE *out, const char *name, size_t value, const char *small)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%zu", value);
	fact(out, name, digits, small);
}

static void print_facts(FILE *out, const struct snapshot *s)
{
	struct totals t = totals_of(s);
	char bytes[8];
	char held[8];

	format_bytes(t.bytes, bytes);
	format_bytes(t.held_bytes, held);
	fputs("<dl class=\"facts\">\n", out);
	fact(out, "memory in slabs", bytes, "bytes");
	fact(out, "of that in use", held, "bytes");
	number(out, "efficiency", percent(t.held_bytes, t.bytes), "%");
	number(out, "objects", t.held, "");
	number(out, "slabs", t.slabs, "");
	number(out, "caches", t.caches, "");
	number(out, "threads", s->nr_threads, "");
	fputs("</dl>\n", out);
}

/* ---- one store ---- */

/* Objects of a slab in each state. */
struct tally {
	size_t of[OBJECT_HELD + 1];
};

static struct tally count(const struct store_view *store, const struct slab_view *slab)
{
	struct tally tally = { { 0 } };

	for (size_t i = 0; i < store->per_slab; i++)
		tally.of[slab->objects[i]]++;
	return tally;
}

static void print_bar(FILE *out, const struct store_view *store, const struct slab_view *slab)
{
	struct tally tally = count(store, slab);
	double unit = 100.0 / (double)store->per_slab;
	double held = unit * (double)tally.of[OBJECT_HELD];
	double at_hand = held + unit * (double)tally.of[OBJECT_AT_HAND];
	double freed = at_hand + unit * (double)tally.of[OBJECT_FREE];

	fprintf(out, "<i style=\"--h:%.4g%%;--a:%.4g%%;--f:%.4g%%\" title=\"%#zx:", held, at_hand,
		freed, slab->base);
	for (int state = OBJECT_HELD; state >= 0; state--)
		if (tally.of[state])
			fprintf(out, " %zu %s", tally.of[state], state_names[state]);
	fputs("\"></i>", out);
}

static void print_bars(FILE *out, const struct store_view *store)
{
	size_t n = store->nr_read < MOST_BARS ? store->nr_read : MOST_BARS;

	fputs("<div class=\"bars\">", out);
	for (size_t i = 0; i < n; i++)
		print_bar(out, store, &store->slabs[i]);
	fputs("</div>\n", out);
	if (n < store->nr_slabs)
		fprintf(out, "<p class=\"more\">and %zu more slabs</p>\n", store->nr_slabs - n);
}

/* A cell stands for this many objects: the one that is most in use is shown. */
static size_t objects_in_cell(const struct store_view *store)
{
	return (store->per_slab + MOST_CELLS - 1) / MOST_CELLS;
}

static size_t cells_of(const struct store_view *store)
{
	return (store->per_slab + objects_in_cell(store) - 1) / objects_in_cell(store);
}

/* So many that the last row is about as long as the others. */
static size_t columns_of(const struct store_view *store)
{
	size_t cells = cells_of(store);
	size_t rows = (cells + MOST_COLUMNS - 1) / MOST_COLUMNS;

	return (cells + rows - 1) / rows;
}

static unsigned char cell_state(const struct store_view *store, const struct slab_view *slab,
				size_t first)
{
	unsigned char state = OBJECT_UNTOUCHED;

	for (size_t i = first; i < first + objects_in_cell(store) && i < store->per_slab; i++)
		if (slab->objects[i] > state)
			state = slab->objects[i];
	return state;
}

/* All cells of one state, as one shape. */
static void print_cells(FILE *out, const struct store_view *store, const struct slab_view *slab,
			int state)
{
	size_t step = objects_in_cell(store);
	size_t wide = columns_of(store);

	fprintf(out, "<path class=\"%c\" d=\"", state_classes[state]);
	for (size_t first = 0; first < store->per_slab; first += step)
		if (cell_state(store, slab, first) == state)
			fprintf(out, "M%zu %zuh.86v.86h-.86z", first / step % wide,
				first / step / wide);
	fputs("\"/>", out);
}

static void print_map(FILE *out, const struct store_view *store, const struct slab_view *slab)
{
	size_t wide = columns_of(store);
	struct tally tally = count(store, slab);

	fprintf(out,
		"<figure style=\"--n:%zu\"><svg viewBox=\"0 0 %zu %zu\" role=\"img\""
		" aria-label=\"objects of a slab\">",
		wide, wide, (cells_of(store) + wide - 1) / wide);
	for (int state = OBJECT_UNTOUCHED; state <= OBJECT_HELD; state++)
		print_cells(out, store, slab, state);
	fprintf(out, "</svg><figcaption>%#zx: %zu of %zu in use", slab->base, tally.of[OBJECT_HELD],
		store->per_slab);
	if (objects_in_cell(store) > 1)
		fprintf(out, ", %zu to a cell", objects_in_cell(store));
	fputs("</figcaption></figure>\n", out);
}

/* A slab, and how many of its objects are in use. */
struct used_slab {
	const struct slab_view *slab;
	size_t held;
};

static int by_held(const void *a, const void *b)
{
	const struct used_slab *x = a;
	const struct used_slab *y = b;

	if (x->held != y->held)
		return x->held < y->held ? -1 : 1;
	return x->slab->base < y->slab->base ? -1 : x->slab->base > y->slab->base;
}

/* Of the slabs that are not empty, those with the least in them: they keep others from using it. */
static void print_maps(FILE *out, const struct store_view *store)
{
	struct used_slab *used = zeros(store->nr_read, sizeof(*used));
	size_t n = 0;

	for (size_t i = 0; i < store->nr_read; i++)
		if (store->slabs[i].inuse)
			used[n++] = (struct used_slab){
				&store->slabs[i], count(store, &store->slabs[i]).of[OBJECT_HELD]
			};
	qsort(used, n, sizeof(*used), by_held);
	fputs("<div class=\"maps\">\n", out);
	for (size_t i = 0; i < n && i < MAPS; i++)
		print_map(out, store, used[i].slab);
	fputs("</div>\n", out);
	release(used);
}

static void print_names(FILE *out, const struct snapshot *s, size_t store)
{
	const char *comma = "";

	for (size_t i = 0; i < s->nr_caches; i++) {
		if (s->caches[i].store != store)
			continue;
		fputs(comma, out);
		text(out, s->caches[i].name);
		comma = ", ";
	}
}

static void print_store(FILE *out, const struct snapshot *s, size_t index)
{
	const struct store_view *store = &s->stores[index];
	size_t objects = store->nr_slabs * store->per_slab;
	char bytes[8];

	format_bytes(store_bytes(store), bytes);
	fputs("<section>\n<h2>", out);
	print_names(out, s, index);
	fprintf(out,
		"</h2>\n<p class=\"about\"><b>%s</b> in %zu slab%s, %zu partly used; objects %zu"
		" bytes apart, %zu to a slab; <b>%zu</b> of %zu in use, <b>%zu %%</b>%s</p>\n",
		bytes, store->nr_slabs, store->nr_slabs == 1 ? "" : "s", store->nr_partial,
		store->stride, store->per_slab, store->held, objects, percent(store->held, objects),
		store->settled ? "" : "; changed while it was read");
	print_bars(out, store);
	print_maps(out, store);
	fputs("</section>\n", out);
}

/* ---- all ---- */

static const struct snapshot *sorted_snapshot;

static int by_bytes(const void *a, const void *b)
{
	size_t x = store_bytes(&sorted_snapshot->stores[*(const size_t *)a]);
	size_t y = store_bytes(&sorted_snapshot->stores[*(const size_t *)b]);

	return x > y ? -1 : x < y;
}

static bool is_shown(const struct snapshot *s, size_t store)
{
	for (size_t i = 0; i < s->nr_shown; i++)
		if (s->caches[i].store == store)
			return s->stores[store].nr_slabs != 0;
	return false;
}

static void print_legend(FILE *out)
{
	fputs("<ul class=\"legend\">", out);
	for (int state = OBJECT_HELD; state >= 0; state--)
		fprintf(out, "<li><i class=\"%c\"></i>%s</li>", state_classes[state],
			state_names[state]);
	fputs("</ul>\n<p class=\"about\">Above: each cache's slabs by size, and how much of them is in use. Below: a bar is a slab, in "
	      "order of address; under it stand the "
	      "objects of the slabs with the fewest in use. At hand: free, for a thread to take "
	      "without a lock.</p>\n",
	      out);
}

/* All slabs, as wide as they are large, filled by what is in use. */
static void print_stripe(FILE *out, const struct snapshot *s, const size_t *order, size_t n)
{
	fputs("<div class=\"stripe\">", out);
	for (size_t i = 0; i < n; i++) {
		const struct store_view *store = &s->stores[order[i]];

		fprintf(out, "<i style=\"flex:%zu;--h:%zu%%\" title=\"", store_bytes(store),
			percent(store->held_bytes, store_bytes(store)));
		print_names(out, s, order[i]);
		fputs("\"></i>", out);
	}
	fputs("</div>\n", out);
}

/* Largest first. */
static void print_stores(FILE *out, const struct snapshot *s)
{
	size_t *order = zeros(s->nr_stores, sizeof(*order));
	size_t n = 0;

	for (size_t i = 0; i < s->nr_stores; i++)
		if (is_shown(s, i))
			order[n++] = i;
	sorted_snapshot = s;
	qsort(order, n, sizeof(*order), by_bytes);
	print_stripe(out, s, order, n);
	print_legend(out);
	for (size_t i = 0; i < n; i++)
		print_store(out, s, order[i]);
	release(order);
}

static void print_table(FILE *out, const struct snapshot *s)
{
	fputs("<section>\n<h2>All caches</h2>\n<div class=\"table\"><table>\n<thead><tr>", out);
	for (const struct column *column = columns; column->key; column++)
		fprintf(out, "<th scope=\"col\" title=\"%s\">%s</th>", column->what, column->key);
	fputs("</tr></thead>\n<tbody>\n", out);
	for (size_t i = 0; i < s->nr_shown; i++) {
		fputs("<tr>", out);
		for (const struct column *column = columns; column->key; column++) {
			char cell[80];

			column_format(column, s, &s->caches[i], cell, sizeof(cell));
			fputs(column->show == SHOW_NAME ? "<th scope=\"row\">" : "<td>", out);
			text(out, cell + strspn(cell, " "));
			fputs(column->show == SHOW_NAME ? "</th>" : "</td>", out);
		}
		fputs("</tr>\n", out);
	}
	fputs("</tbody></table></div>\n</section>\n", out);
}

void write_html(FILE *out, const struct target *target, const struct snapshot *s)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
	      out);
	text(out, target->program);
	fprintf(out, ": slabs</title>\n<style>\n%s</style>\n</head>\n<body>\n<main>\n<h1>",
		page_css);
	text(out, target->program);
	fprintf(out, "</h1>\n<p class=\"origin\">process %d%s</p>\n", target->pid,
		s->settled ? "" : "; some of it changed while it was read");
	print_facts(out, s);
	print_stores(out, s);
	print_table(out, s);
	fputs("</main>\n</body>\n</html>\n", out);
}
