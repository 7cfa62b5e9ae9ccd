/* SPDX-License-Identifier: MIT */
#include "generate/banner.h"

#include "base/paths.h"
#include "base/text.h"
#include "compile/flags.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A path as the banner may show it: below the root, or its name alone. */
char *banner_path(const struct request *r, const char *real, bool is_output)
{
	const char *inside = path_inside(r->root, real);

	for (size_t i = 0; i + 1 < r->header.shown.n; i += 2)
		if (strcmp(r->header.shown.v[i], real) == 0)
			return text_copy(r->header.shown.v[i + 1]);
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
	if (!option[0] && shown[0] == '-') /* would be read as an option */
		fputs("./", out);
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
static void print_field(FILE *out, const struct request *r, const struct type_request *w,
			const struct option_spec *option, const char *path)
{
	size_t len = strcspn(path, ".");
	bool ambiguous = false;
	char *type, *whole, *word;

	for (size_t i = 0; i < r->types.n && path[len]; i++)
		ambiguous = ambiguous || (strlen(r->types.v[i].type.name) == len &&
					  strncmp(r->types.v[i].type.name, path, len) == 0);
	type = type_name_text(&w->type);
	whole = text_format("%s.%s", type, path);
	word = option_word(option);
	print_option(out, word, ambiguous ? whole : path);
	free(word);
	free(whole);
	free(type);
}

/* Its member too, unless that follows from the rest. */
static void print_shadow(FILE *out, const struct type_request *w, const char *word)
{
	const struct shadow_request *s = &w->shadow;
	const char *name = s->has_typedef ? s->name : s->tag;
	char *usual = w->public_base ? text_format("%s_opaque", w->public_base) : NULL;
	bool says_member = s->member && !(usual && strcmp(s->member, usual) == 0);
	char *whole = says_member ? text_format("%s.%s", name, s->member) : text_copy(name);

	print_option(out, word, whole);
	free(usual);
	free(whole);
}

/* What was asked for with an option that belongs to a -t. */
static void print_type_option(FILE *out, const struct request *r, const struct type_request *w,
			      const struct option_spec *option)
{
	const void *slot = (const char *)w + option->slot;
	const struct words *fields = slot;
	const uint64_t *number = slot;

	switch (option->kind) {
	case OPTION_TYPE_FIELDS:
		for (size_t i = 0; i < fields->n; i++)
			print_field(out, r, w, option, fields->v[i]);
		break;
	case OPTION_TYPE_FLEXIBLE:
		if (w->flexible)
			fprintf(out, " --%s %s%s%" PRIu64, option->name, w->flexible,
				w->flexible[0] ? "=" : "", w->elements);
		break;
	case OPTION_TYPE_SHADOW:
		if (w->shadow.name)
			print_shadow(out, w, "--shadow");
		break;
	default:
		if (*number)
			fprintf(out, " --%s %" PRIu64, option->name, *number);
	}
}

static void print_types(FILE *out, const struct request *r)
{
	for (size_t i = 0; i < r->types.n; i++) {
		const struct type_request *w = &r->types.v[i];
		const struct option_spec *o = NULL;
		char *name = type_name_text(&w->type);
		char *type = strcmp(w->base, w->type.name) == 0
				     ? text_copy(name)
				     : text_format("%s=%s", name, w->base);

		print_option(out, "-t", type);
		while ((o = options_next_in_banner(emit_options, o ? o->banner : 0)))
			if (option_is_of_type(o))
				print_type_option(out, r, w, o);
		free(type);
		free(name);
	}
}

/* What was asked for with an option that stands alone. */
static void print_own_option(FILE *out, const struct request *r, const struct option_spec *option)
{
	const void *slot = (const char *)r + option->slot;
	const struct words *list = slot;
	const char *const *text = slot;
	char *word = option_word(option);

	if (option->kind == OPTION_FLAG && *(const bool *)slot)
		fprintf(out, " %s", word);
	else if (option->kind == OPTION_OUTPUT && ((const struct output_path *)slot)->real)
		print_path(out, r, word, ((const struct output_path *)slot)->real, true);
	else if (option->kind == OPTION_TEXT && *text)
		print_option(out, word, option->banner_argument ? option->banner_argument : *text);
	else if (option->kind == OPTION_READER && r->from == INPUT_ALONE) /* else content tells */
		print_option(out, word, reader_name(READER_CC));
	/* With floors the header is the same for every target. */
	for (size_t i = 0; option->kind == OPTION_LIST && i < list->n && !request_has_floors(r);
	     i++)
		print_option(out, word, list->v[i]);
	free(word);
}

char *banner_command(const struct request *r)
{
	const struct option_spec *o = NULL;
	struct text t;

	text_open(&t);
	fputs("gen-opaque emit", t.file);
	print_types(t.file, r);
	while ((o = options_next_in_banner(emit_options, o ? o->banner : 0)))
		if (!option_is_of_type(o) && o->kind != OPTION_PARSED)
			print_own_option(t.file, r, o);
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
