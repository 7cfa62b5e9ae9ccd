/* SPDX-License-Identifier: MIT */
/* diff: what became of types between two inputs. */
#include "base/output.h"
#include "base/text.h"
#include "base/words.h"
#include "commands/command.h"
#include "generate/find_layouts.h"
#include "write/writer.h"

#include <stdlib.h>
#include <string.h>

const struct command_spec diff_spec = {
	.name = "diff",
	.usage = "[-t TYPE...] [OPTIONS] OLD NEW [-- COMPILE-FLAGS]",
	.summary = "say what changed in types between two inputs",
	.help = "Compares types of NEW with those of OLD: sizes, and for each member, matched by its\n"
		"name, whether it was added, removed, moved, grew or shrank. Each input may be a source, an\n"
		"object file, or layouts in JSON. The exit status is 0 when the types are the same, 1\n"
		"when they are not, 2 when something is wrong. Flags behind '--', -p, --cc, --target\n"
		"and --no-confirm are for sources.",
	.options = diff_options,
};

/* ---- what different readers say of the same ---- */

static size_t word_length(const char *s)
{
	size_t n = 0;

	while (text_is_name_byte(s[n]))
		n++;
	return n;
}

/*
 * gcc's DWARF says "long unsigned int" where others say "unsigned long": signs come first here, and
 * an "int" beside other words is left out.
 */
static void print_plain_integer(FILE *out, const struct words *w)
{
	bool is_short = words_have(w, "long") || words_have(w, "short");
	const char *gap = "";

	if (words_have(w, "unsigned")) {
		fputs("unsigned", out);
		gap = " ";
	}
	for (size_t i = 0; i < w->n; i++) {
		if (strcmp(w->v[i], "unsigned") == 0 || (is_short && strcmp(w->v[i], "int") == 0))
			continue;
		fprintf(out, "%s%s", gap, w->v[i]);
		gap = " ";
	}
}

static bool is_integer_word(const char *s, size_t n)
{
	static const char *const all[] = { "unsigned", "long", "short", "int", "char" };

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (strlen(all[i]) == n && strncmp(s, all[i], n) == 0)
			return true;
	return false;
}

static char *plain_type(const char *type)
{
	struct text t;

	text_open(&t);
	while (*type) {
		struct words integer = { NULL, 0 };
		size_t n = word_length(type);

		while (n && is_integer_word(type, n)) {
			words_add_n(&integer, type, n);
			type += n;
			n = *type == ' ' ? word_length(type + 1) : 0;
			if (n && is_integer_word(type + 1, n))
				type++;
			else
				n = 0;
		}
		if (integer.n) {
			print_plain_integer(t.file, &integer);
			words_free(&integer);
		} else {
			n = n ? n : 1;
			fwrite(type, 1, n, t.file);
			type += n;
		}
	}
	return text_close(&t);
}

/* A type without a name is spelled in as many ways as there are readers. */
static char *nameless_type(const struct field *f)
{
	const char *brackets = f->dimensions ? strrchr(f->type, ']') : NULL;

	while (brackets && brackets > f->type && strchr("[]0123456789", brackets[-1]))
		brackets--;
	return text_format("%s (unnamed)%s", f->is_union ? "union" : "struct",
			   brackets ? brackets : "");
}

/* Remove differences that come from the readers, so that only those of the types are left. */
static void make_alike(struct layouts *all, const struct layouts *other)
{
	for (size_t i = 0; i < all->n; i++) {
		struct layout *l = &all->v[i];

		for (size_t k = 0; k < l->n_fields; k++) {
			struct field *f = &l->fields[k];
			bool nameless = !f->name[0] || strstr(f->type, "(unnamed)") ||
					strstr(f->type, "{...}");
			char *type = nameless ? nameless_type(f) : plain_type(f->type);

			free(f->type);
			f->type = type;
			if (other->n &&
			    (l->reader == READER_DWARF) != (other->v[0].reader == READER_DWARF))
				f->align = 0; /* one of them is only a bound */
		}
	}
}

static size_t inner_end(const struct layout *l, size_t index)
{
	size_t end = index + 1;

	while (end < l->n_fields && l->fields[end].depth > l->fields[index].depth)
		end++;
	return end;
}

/* Does the other side have this very member, without the members of it? */
static bool is_closed(const struct layout *l, const struct field *f, const char *path)
{
	const struct field *same = layout_find_field(l, path);

	return same && same->name[0] && strcmp(same->type, f->type) == 0 &&
	       inner_end(l, (size_t)(same - l->fields)) == (size_t)(same - l->fields) + 1;
}

/*
 * Types of the compiler's own headers (atomic_flag, va_list) are shown as they are inside by some
 * readers, and unexpanded by others.
 */
static void close_alike(struct layouts *all, const struct layouts *other)
{
	for (size_t i = 0; i < all->n; i++) {
		struct layout *l = &all->v[i];
		const struct layout *same = layouts_find(other, l->kind, l->name, NULL);

		for (size_t k = 0; same && k < l->n_fields; k++) {
			char *path = layout_field_path(l, k);
			size_t end = inner_end(l, k);

			if (end > k + 1 && l->fields[k].name[0] &&
			    is_closed(same, &l->fields[k], path))
				layout_remove_fields(l, k + 1, end);
			free(path);
		}
	}
}

/* ---- the command ---- */

static bool has_target(const struct layouts *all, const char *target)
{
	for (size_t i = 0; i < all->n; i++)
		if (target_same(all->v[i].target, target))
			return true;
	return false;
}

static bool has_many_targets(const struct layouts *all)
{
	for (size_t i = 1; i < all->n; i++)
		if (!target_same(all->v[i].target, all->v[0].target))
			return true;
	return false;
}

/* Of layouts for many targets those for the one that the others are for, if it is among them. */
static void keep_target(struct layouts *all, const struct layouts *others)
{
	size_t n = 0;

	if (others->n == 0 || !has_many_targets(all) || has_many_targets(others) ||
	    !has_target(all, others->v[0].target))
		return;
	for (size_t i = 0; i < all->n; i++) {
		if (target_same(all->v[i].target, others->v[0].target))
			all->v[n++] = all->v[i];
		else
			layout_release(&all->v[i]);
	}
	all->n = n;
}

/* Where each side has one target, the two are compared whatever the targets are. */
static const struct layout *find(const struct layouts *all, const struct layout *like, bool many)
{
	const char *target = like->target ? like->target : "";

	return layouts_find(all, like->kind, like->name, many ? target : NULL);
}

static struct type_diff *add(struct type_diff **diffs, size_t *n)
{
	*diffs = text_resize(*diffs, *n + 1, sizeof(**diffs));
	(*diffs)[*n] = (struct type_diff){ NULL, NULL, { NULL, 0 } };
	return &(*diffs)[(*n)++];
}

static size_t compare(const struct layouts *old, const struct layouts *new,
		      struct type_diff **diffs)
{
	bool many = has_many_targets(old) || has_many_targets(new);
	size_t n = 0;

	for (size_t i = 0; i < old->n; i++) {
		struct type_diff *d = add(diffs, &n);

		d->before = &old->v[i];
		d->now = find(new, d->before, many);
		if (d->now)
			explain(d->before, d->now, &d->changes);
	}
	for (size_t i = 0; i < new->n; i++)
		if (!find(old, &new->v[i], many))
			add(diffs, &n)->now = &new->v[i];
	return n;
}

static bool find_side(const struct request *r, struct layouts *all, struct diags *diags)
{
	struct found_layouts found;
	bool good = find_layouts(r, TO_SHOW, &found, diags);

	layouts_move(all, &found.layouts);
	found_layouts_free(&found);
	return good;
}

/* Where one side has layouts and no type is asked for, its types are meant. */
static bool find_sides(struct request *sides, struct layouts *all, struct diags *diags)
{
	size_t first = sides[0].from != INPUT_LAYOUTS && sides[1].from == INPUT_LAYOUTS;
	struct request *second = &sides[1 - first];

	if (!find_side(&sides[first], &all[first], diags))
		return false;
	if (second->types.n == 0 && second->from != INPUT_LAYOUTS)
		type_requests_add_all(&second->types, &all[first]);
	return find_side(second, &all[1 - first], diags);
}

static int show(const struct request *r, const struct type_diff *diffs, size_t n,
		struct diags *diags)
{
	char *text = r->show.format == FORMAT_JSON ? diffs_json(diffs, n) : diffs_text(diffs, n);
	struct output output = { .path = r->output.given, .text = text };
	int status = output_write(&output, 1, diags) ? EXIT_FINE : EXIT_TROUBLE;

	for (size_t i = 0; i < n && status == EXIT_FINE; i++)
		if (!diff_is_same(&diffs[i]))
			status = EXIT_DIFFERENT;
	free(text);
	return status;
}

static int diff(struct request *sides, struct diags *diags)
{
	struct layouts all[2] = { { NULL, 0 }, { NULL, 0 } };
	struct type_diff *diffs = NULL;
	int status = EXIT_TROUBLE;
	size_t n;

	if (find_sides(sides, all, diags)) {
		keep_target(&all[0], &all[1]);
		keep_target(&all[1], &all[0]);
		make_alike(&all[0], &all[1]);
		make_alike(&all[1], &all[0]);
		close_alike(&all[0], &all[1]);
		close_alike(&all[1], &all[0]);
		n = compare(&all[0], &all[1], &diffs);
		status = show(&sides[0], diffs, n, diags);
		for (size_t i = 0; i < n; i++)
			changes_free(&diffs[i].changes);
		free(diffs);
	}
	layouts_free(&all[0]);
	layouts_free(&all[1]);
	return status;
}

int cmd_diff(int argc, char *argv[], struct diags *diags)
{
	struct request sides[2];
	bool good = request_parse_diff(sides, &diff_spec, argc, argv, diags);
	int status = good ? EXIT_FINE : EXIT_TROUBLE;

	if (good && sides[0].help)
		options_help(&diff_spec, stdout);
	else if (good)
		status = diff(sides, diags);
	request_release(&sides[0]);
	request_release(&sides[1]);
	return status;
}
