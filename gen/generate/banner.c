/* SPDX-License-Identifier: MIT */
#include "generate/banner.h"

#include "base/paths.h"
#include "base/text.h"
#include "compile/flags.h"
#include "request/type_request.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char banner_database[] = "BUILDDIR";

/* A path as the banner may show it: below the root, or its name alone. */
char *banner_path(const struct request *r, const char *real, bool is_output)
{
	const char *inside = path_inside(r->root, real);

	for (size_t i = 0; i + 1 < r->shown.n; i += 2)
		if (strcmp(r->shown.v[i], real) == 0)
			return text_copy(r->shown.v[i + 1]);
	if (inside && is_output && r->database) {
		char *build = path_real(r->database);

		if (path_inside(build, real))
			inside = NULL;
		free(build);
	}
	return text_copy(inside ? inside : path_name(real));
}

static void print_quoted(FILE *out, const char *word)
{
	if (word[0] && !word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					  "0123456789_-+=./,:@%")]) {
		fputs(word, out);
		return;
	}
	fputc('\'', out);
	for (; *word; word++) {
		if (*word == '\'')
			fputs("'\\''", out);
		else
			fputc(*word, out);
	}
	fputc('\'', out);
}

static void print_option(FILE *out, const char *option, const char *argument)
{
	fprintf(out, " %s ", option);
	print_quoted(out, argument);
}

static void print_path(FILE *out, const struct request *r, const char *option, const char *real,
		       bool is_output)
{
	char *shown = banner_path(r, real, is_output);

	fprintf(out, " %s%s", option, option[0] ? " " : "");
	print_quoted(out, shown);
	free(shown);
}

/* A compile flag, with its path relative to the root; one that leads elsewhere is left out. */
static void print_flag(FILE *out, const struct request *r, const char *flag, const char *next)
{
	size_t len = flag_path(flag);
	char *whole, *real, *together;
	const char *inside;

	if (!len || (!flag[len] && !next)) {
		fputc(' ', out);
		print_quoted(out, flag);
		return;
	}
	whole = path_join(r->here, flag[len] ? flag + len : next);
	real = path_real(whole);
	inside = path_inside(r->root, real);
	if (inside && flag[len]) {
		together = text_format("%.*s%s", (int)len, flag, inside);
		fputc(' ', out);
		print_quoted(out, together);
		free(together);
	} else if (inside) {
		print_option(out, flag, inside);
	}
	free(whole);
	free(real);
}

static bool has_path_next(const char *flag)
{
	return flag_path(flag) && flag_takes_next(flag);
}

static void print_flags(FILE *out, const struct request *r)
{
	struct text t;
	char *flags;

	text_open(&t);
	for (size_t i = 0; i < r->flags.n; i++) {
		bool two = has_path_next(r->flags.v[i]) && i + 1 < r->flags.n;

		print_flag(t.file, r, r->flags.v[i], two ? r->flags.v[i + 1] : NULL);
		i += two;
	}
	flags = text_close(&t);
	if (flags[0])
		fprintf(out, " --%s", flags);
	free(flags);
}

/* A path's first part could be taken for a type that the header is for; then its own is named. */
static void print_offset(FILE *out, const struct request *r, const struct type_request *w,
			 const char *path)
{
	size_t len = strcspn(path, ".");
	bool ambiguous = false;
	char *type, *whole;

	for (size_t i = 0; i < r->n_wanted && path[len]; i++)
		ambiguous = ambiguous || (strlen(r->wanted[i].type.name) == len &&
					  strncmp(r->wanted[i].type.name, path, len) == 0);
	type = type_name_text(&w->type);
	whole = text_format("%s.%s", type, path);
	print_option(out, "--offset", ambiguous ? whole : path);
	free(whole);
	free(type);
}

/* Its member too, unless that follows from the rest. */
static void print_shadow(FILE *out, const struct request *r, const struct type_request *w)
{
	const struct shadow_request *s = &w->shadow;
	const char *name = s->has_typedef ? s->name : s->tag;
	char *usual = r->has_private ? text_format("%s_opaque", w->public_base) : NULL;
	bool says_member = s->member && !(usual && strcmp(s->member, usual) == 0);
	char *whole = says_member ? text_format("%s.%s", name, s->member) : text_copy(name);

	print_option(out, "--shadow", whole);
	free(usual);
	free(whole);
}

char *banner_command(const struct request *r)
{
	struct text t;

	text_open(&t);
	fputs("gen-opaque emit", t.file);
	for (size_t i = 0; i < r->n_wanted; i++) {
		const struct type_request *w = &r->wanted[i];
		char *name = type_name_text(&w->type);
		char *type = strcmp(w->base, w->type.name) == 0
				     ? text_copy(name)
				     : text_format("%s=%s", name, w->base);

		print_option(t.file, "-t", type);
		for (size_t j = 0; j < w->offsets.n; j++)
			print_offset(t.file, r, w, w->offsets.v[j]);
		for (size_t j = 0; j < w->exposed.n; j++)
			print_option(t.file, "--expose", w->exposed.v[j]);
		if (w->shadow.name)
			print_shadow(t.file, r, w);
		if (w->align)
			fprintf(t.file, " --align %" PRIu64, w->align);
		if (w->reserve)
			fprintf(t.file, " --reserve %" PRIu64, w->reserve);
		if (w->flexible)
			fprintf(t.file, " --flex %s%s%" PRIu64, w->flexible,
				w->flexible[0] ? "=" : "", w->elements);
		free(type);
		free(name);
	}
	if (r->guard)
		fputs(" --guard", t.file);
	if (r->libc)
		fputs(" --libc", t.file);
	if (r->forward_real)
		print_path(t.file, r, r->has_private ? "--private" : "--fwd", r->forward_real,
			   true);
	if (r->layout_real)
		print_path(t.file, r, "--layout", r->layout_real, true);
	if (r->output_real)
		print_path(t.file, r, "-o", r->output_real, true);
	if (r->database)
		print_option(t.file, "-p", banner_database);
	if (r->target && !type_request_has_floors(r))
		print_option(t.file, "--target", r->target);
	for (size_t i = 0; i < r->targets.n && !type_request_has_floors(r); i++)
		print_option(t.file, "--target", r->targets.v[i]);
	if (r->from == INPUT_ALONE)
		fputs(" --from cc", t.file);
	if (r->no_confirm)
		fputs(" --no-confirm", t.file);
	if (r->exact)
		fputs(" --exact", t.file);
	if (r->objects.n == 0)
		print_path(t.file, r, "", r->input, false);
	for (size_t i = 0; i < r->objects.n; i++)
		print_path(t.file, r, "", r->objects.v[i], false);
	print_flags(t.file, r);
	return text_close(&t);
}

/* "x86_64-linux-gnu": a triple without the vendor, which says nothing of layouts. */
char *banner_target(const char *triple)
{
	const char *first = strchr(triple, '-');
	const char *second = first ? strchr(first + 1, '-') : NULL;

	if (!second || text_starts(first, "-linux-"))
		return text_copy(triple); /* there is none */
	return text_format("%.*s%s", (int)(first - triple), triple, second);
}
