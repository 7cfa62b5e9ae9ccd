/* SPDX-License-Identifier: MIT */
/*
 * The shadow header. See doc comments in the text that it writes for what each part is for.
 *
 * With GNU C nothing is included, so that the header may come before any feature macro.
 */
#include "base/text.h"
#include "write/header_parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

const char header_public_mark[] = "/* Made by gen-opaque: a public half. Do not edit. */";

/* A comment must not end early; in a shell word, two quotes in the middle change nothing. */
static void print_in_comment(FILE *out, const char *s)
{
	for (; *s; s++) {
		if (s[0] == '*' && s[1] == '/')
			fputs("*''", out);
		else
			fputc(iscntrl((unsigned char)*s) ? '?' : *s, out);
	}
}

static char *guard_of(const char *file)
{
	char *guard = text_upper(file);

	for (char *p = guard; *p; p++)
		if (!text_is_name_byte(*p))
			*p = '_';
	if (isdigit((unsigned char)guard[0]) || guard[0] == '_') {
		char *prefixed = text_format("GEN_%s", guard);

		free(guard);
		guard = prefixed;
	}
	return guard;
}

static void print_sources(FILE *out, const struct header *h)
{
	for (size_t i = 0; i < h->n_types; i++) {
		const struct header_type *type = &h->types[i];
		char *spelling = layout_spelling(header_layout(h, 0, i));

		fprintf(out, " *   %s", spelling);
		if (type->source) {
			fputs(" of ", out);
			print_in_comment(out, type->source);
		}
		fputs("\n", out);
		free(spelling);
	}
}

/* What the numbers rest on. */
static const char *basis(const struct header_target *t)
{
	enum reader reader = t->layouts.v[0].reader;

	if (reader == READER_DWARF)
		return "as the DWARF of its objects has it";
	if (reader == READER_CC && !t->confirmed)
		return "as its compiler alone says";
	return t->confirmed ? "confirmed by the compiler" : "unconfirmed by a compiler";
}

static void print_targets(FILE *out, const struct header *h)
{
	if (header_has_floors(h)) {
		fputs(" * on every target: its numbers are the most that each of them needs.\n",
		      out);
		return;
	}
	if (!header_has_ladder(h)) {
		fprintf(out, " * on %s, %s.\n", h->targets[0].triple, basis(&h->targets[0]));
		return;
	}
	fputs(" * on\n", out);
	for (size_t t = 0; t < h->n_targets; t++)
		fprintf(out, " *   %s, %s\n", h->targets[t].known->name, basis(&h->targets[t]));
}

static void print_banner(FILE *out, const struct header *h, const char *what)
{
	fprintf(out,
		"/* SPDX-License-Identifier: CC0-1.0 */\n"
		"/*\n"
		" * Made by gen-opaque: %s. Do not edit; make it again with\n"
		" *   ",
		what);
	print_in_comment(out, h->command);
	fputs("\n *\n * It stands in for\n", out);
	print_sources(out, h);
	print_targets(out, h);
	fputs(" *\n"
	      " * This file is free of any licence: use it in whatever you like.\n"
	      " */\n",
	      out);
}

/* ---- the whole ---- */

static void print_full(const struct pen *p)
{
	if (!header_has_ladder(p->header))
		print_numbers(p);
	print_shadow(p);
	print_helpers(p);
	print_guard(p);
	print_check(p);
}

static void for_each_type(FILE *out, const struct header *h, void (*print)(const struct pen *p))
{
	for (size_t i = 0; i < h->n_types; i++) {
		struct pen p;

		pen_open(&p, out, h, 0, i);
		print(&p);
		pen_close(&p);
	}
}

char *header_text(const struct header *h)
{
	char *guard = guard_of(h->file);
	struct text t;

	text_open(&t);
	print_banner(t.file, h, "room for private types, without a view inside");
	fprintf(t.file, "#ifndef %s\n#define %s\n\n", guard, guard);
	if (h->forward_include)
		fprintf(t.file, "#include \"%s\"\n\n", h->forward_include);
	fputs("#if !defined(__GNUC__)\n#include <stddef.h>\n#include <string.h>\n#endif\n\n",
	      t.file);
	if (!h->forward_include)
		for_each_type(t.file, h, print_light);
	if (header_has_ladder(h))
		print_ladder(t.file, h);
	for_each_type(t.file, h, print_full);
	for_each_type(t.file, h, print_init);
	fprintf(t.file, "#endif /* %s */\n", guard);
	free(guard);
	return text_close(&t);
}

/* ---- in two halves ---- */

/* The same header, with the names that its public half has. The caller frees the types. */
static struct header public_header(const struct header *h)
{
	struct header half = *h;
	struct header_type *types = text_alloc(h->n_types, sizeof(*types));

	for (size_t i = 0; i < h->n_types; i++) {
		types[i] = h->types[i];
		if (types[i].public_base)
			types[i].base = types[i].public_base;
	}
	half.types = types;
	return half;
}

static void print_public(const struct pen *p)
{
	if (!header_has_ladder(p->header))
		print_bare_numbers(p);
	print_public_shadow(p);
}

char *header_public_text(const struct header *h)
{
	struct header half = public_header(h);
	char *guard = guard_of(h->file);
	struct text t;

	text_open(&t);
	fprintf(t.file, "/* SPDX-License-Identifier: CC0-1.0 */\n%s\n#ifndef %s\n#define %s\n",
		header_public_mark, guard, guard);
	if (header_has_ladder(&half))
		print_ladder(t.file, &half);
	for_each_type(t.file, &half, print_public);
	for_each_type(t.file, &half, print_init);
	fputs("#endif\n", t.file);
	free((void *)half.types);
	free(guard);
	return text_close(&t);
}

static void print_private_half(const struct pen *p)
{
	char *public = p->type->public_base ? text_upper(p->type->public_base) : NULL;

	if (public && strcmp(public, p->upper) != 0)
		pen_print(p, TEMPLATE_PRIVATE_NUMBERS, VALUES({ "PUBLIC", public }));
	print_light(p);
	print_helpers(p);
	print_check(p);
	free(public);
}

char *header_private_text(const struct header *h)
{
	char *guard = guard_of(h->private_file);
	struct text t;

	text_open(&t);
	print_banner(t.file, h, "the private half of a header");
	fprintf(t.file, "#ifndef %s\n#define %s\n\n#include \"%s\"\n", guard, guard,
		h->public_include);
	fputs("#if !defined(__GNUC__)\n#include <stddef.h>\n#include <string.h>\n#endif\n\n",
	      t.file);
	for_each_type(t.file, h, print_private_half);
	fprintf(t.file, "#endif /* %s */\n", guard);
	free(guard);
	return text_close(&t);
}

char *header_forward_text(const struct header *h)
{
	char *guard = guard_of(h->forward_file);
	struct text t;

	text_open(&t);
	print_banner(t.file, h, "the names of shadows and how to get from them to what they hold");
	fprintf(t.file, "#ifndef %s\n#define %s\n\n", guard, guard);
	for_each_type(t.file, h, print_light);
	fprintf(t.file, "#endif /* %s */\n", guard);
	free(guard);
	return text_close(&t);
}
