/* SPDX-License-Identifier: MIT */
/*
 * The numbers of a header. For one target they are plain definitions; for several they stand in one
 * ladder of #if on macros that compilers predefine, where targets with equal numbers share a rung.
 */
#include "base/text.h"
#include "model/fingerprint.h"
#include "write/header_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- definitions ---- */

static void define_size(const struct pen *p)
{
	char *size = text_format("%" PRIu64, header_room(p->type, p->layout));
	char *align = text_format("%" PRIu64, header_align(p->type, p->layout));

	pen_print(p, TEMPLATE_SIZE, VALUES({ "SIZE", size }, { "ALIGN", align }));
	free(size);
	free(align);
	if (p->type->flexible)
		fprintf(p->out, "#define %s_FLEX %" PRIu64 "\n", p->upper, p->type->elements);
}

static void define_offsets(const struct pen *p)
{
	const struct words *offsets = p->type->offsets;

	for (size_t i = 0; i < offsets->n; i++) {
		const struct field *f = layout_find_field(p->layout, offsets->v[i]);
		char *name = text_macro(offsets->v[i]);
		char *offset = text_format("%" PRIu64, f->offset);
		char *size = text_format("%" PRIu64, f->size);

		pen_print(p, TEMPLATE_OFFSET, VALUES({ "FIELD", name }, { "OFFSET", offset }));
		if (header_has_size(p->layout, offsets->v[i]))
			pen_print(p, TEMPLATE_FIELD_SIZE,
				  VALUES({ "FIELD", name }, { "SIZE", size }));
		free(name);
		free(offset);
		free(size);
	}
}

/*
 * Two layouts get the same symbol when holders of one work with the other. With a reserve, only the
 * fields that holders know count; the others may change.
 */
static void define_guard(const struct pen *p)
{
	const struct header_type *t = p->type;
	uint64_t print = t->reserve ? fingerprint_fields(p->layout, t->offsets, t->exposed)
				    : fingerprint_layout(p->layout, header_flexible(t, p->layout));
	char *size = text_format("%" PRIu64, header_room(t, p->layout));
	char *align = text_format("%" PRIu64, header_align(p->type, p->layout));
	char *hex = text_format("%016" PRIx64, print);

	pen_print(p, TEMPLATE_GUARD_NAME,
		  VALUES({ "SIZE", size }, { "ALIGN", align }, { "FINGERPRINT", hex }));
	free(size);
	free(align);
	free(hex);
}

/* ---- one target ---- */

static void print_size_comment(const struct pen *p)
{
	bool open = layout_is_open(p->layout);
	const struct flexible_array *array = header_flexible(p->type, p->layout);

	fprintf(p->out, "/%s Size and alignment of %s%s", open ? "*\n *" : "*",
		p->type->reserve || p->type->align ? "the room for " : "", p->spelling);
	if (array)
		fprintf(p->out, " with %s_FLEX elements of %s", p->upper, array->path);
	fputs(", in bytes.", p->out);
	if (open)
		fprintf(p->out,
			" The alignment is a bound: its objects\n"
			" * do not say it, but it is no more than this and no less than %" PRIu64
			".\n",
			p->layout->align_low);
	fputs(" */\n", p->out);
}

void print_bare_numbers(const struct pen *p)
{
	define_size(p);
	define_offsets(p);
}

void print_numbers(const struct pen *p)
{
	print_size_comment(p);
	define_size(p);
	if (p->type->offsets->n > 0)
		fputs("\n/* Where some of its fields are, and how many bytes they take. */\n",
		      p->out);
	define_offsets(p);
	if (p->header->guard) {
		fputs("\n/* A symbol that only owners of this very layout define. */\n", p->out);
		define_guard(p);
	}
	fputc('\n', p->out);
}

/* ---- the ladder ---- */

static bool any_open(const struct header *h, size_t type)
{
	bool open = false;

	for (size_t t = 0; t < h->n_targets; t++)
		open = open || layout_is_open(header_layout(h, t, type));
	return open;
}

static void define_least_align(const struct pen *p)
{
	if (!any_open(p->header, p->index))
		return;
	if (layout_is_open(p->layout))
		fprintf(p->out, "#define %s_OPAQUE_ALIGN_LEAST 1\n", p->upper);
	else
		fprintf(p->out, "#define %s_OPAQUE_ALIGN_LEAST %s_ALIGN\n", p->upper, p->upper);
}

static void define_members(const struct pen *p)
{
	static const char end[] = " \\\n";
	struct pen own = *p;
	struct text t;
	char *members;

	if (p->type->exposed->n == 0)
		return;
	text_open(&t);
	own.out = t.file;
	print_members(&own, end);
	members = text_close(&t);
	fprintf(p->out, "#define %s_OPAQUE_MEMBERS \\\n%.*s\n", p->upper,
		(int)(strlen(members) - strlen(end)), members);
	free(members);
}

/* All that differs from target to target. */
static char *rung_text(const struct header *h, size_t target)
{
	struct text t;

	text_open(&t);
	for (size_t i = 0; i < h->n_types; i++) {
		struct pen p;

		pen_open(&p, t.file, h, target, i);
		define_size(&p);
		define_least_align(&p);
		define_offsets(&p);
		if (h->guard)
			define_guard(&p);
		define_members(&p);
		pen_close(&p);
	}
	return text_close(&t);
}

static void print_condition(FILE *out, const struct header *h, char *const *texts, size_t first)
{
	bool alone = true;

	fputs("/*", out);
	for (size_t t = first; t < h->n_targets; t++) {
		if (strcmp(texts[t], texts[first]) != 0)
			continue;
		fprintf(out, "%s %s", t > first ? "," : "", h->targets[t].known->name);
		alone = alone && t == first;
	}
	fprintf(out, " */\n#%s ", first == 0 ? "if" : "elif");
	for (size_t t = first; t < h->n_targets; t++)
		if (strcmp(texts[t], texts[first]) == 0)
			fprintf(out, alone ? "%s%s" : "%s(%s)", t > first ? " || \\\n\t" : "",
				h->targets[t].known->condition);
	fputc('\n', out);
}

static bool is_first_of_its_kind(char *const *texts, size_t target)
{
	for (size_t t = 0; t < target; t++)
		if (strcmp(texts[t], texts[target]) == 0)
			return false;
	return true;
}

void print_ladder(FILE *out, const struct header *h)
{
	char **texts = text_alloc(h->n_targets, sizeof(*texts));

	for (size_t t = 0; t < h->n_targets; t++)
		texts[t] = rung_text(h, t);
	fputs("/*\n"
	      " * Sizes and alignments in bytes, target by target, and all else that they decide. Which\n"
	      " * one it is the compiler's own macros tell.\n"
	      " */\n",
	      out);
	for (size_t t = 0; t < h->n_targets; t++) {
		if (!is_first_of_its_kind(texts, t))
			continue;
		print_condition(out, h, texts, t);
		fputs(texts[t], out);
	}
	fprintf(out, "#else\n#error \"%s does not know this target, only", h->file);
	for (size_t t = 0; t < h->n_targets; t++)
		fprintf(out, "%s %s", t ? "," : "", h->targets[t].known->name);
	fputs("\"\n#endif\n\n", out);
	for (size_t t = 0; t < h->n_targets; t++)
		free(texts[t]);
	free(texts);
}
