/* SPDX-License-Identifier: MIT */
/* list: every type that there is to ask for. */
#include "base/output.h"
#include "base/words.h"
#include "commands/command.h"
#include "generate/dependencies.h"
#include "generate/find_layouts.h"
#include "write/writer.h"

#include <stdlib.h>
#include <string.h>

const struct command_spec list_spec = {
	.name = "list",
	.usage = "[-o FILE] [OPTIONS] SOURCE [-- COMPILE-FLAGS]\n"
		 "       gen-opaque list [-o FILE] [OPTIONS] OBJECT...",
	.summary = "list all types with size and alignment",
	.help = "Lists every complete struct and union by its tag, or by its typedef where it has no\n"
		"tag: its size and alignment in bytes and its place. An alignment that object files\n"
		"leave open is a range, as in 1..8. Of a source it is libclang's word, unconfirmed,\n"
		"and without the types inside functions; where libclang cannot read the source, it\n"
		"is what the compiler writes as debug information.",
	.options = list_options,
};

static int compare_numbers(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

/* By what a user asks for; types of one name by their places. */
static int compare(const void *a, const void *b)
{
	const struct layout *x = a, *y = b;
	char *x_name = layout_spelling(x), *y_name = layout_spelling(y);
	int order = strcmp(x_name, y_name);

	free(x_name);
	free(y_name);
	if (!order)
		order = strcmp(x->file ? x->file : "", y->file ? y->file : "");
	if (!order)
		order = compare_numbers(x->line, y->line);
	if (!order)
		order = compare_numbers(x->size, y->size);
	return order ? order : compare_numbers(x->align, y->align);
}

/* What the ways to compile a source have in common is listed once. */
static void sort_unique(struct layouts *all)
{
	size_t n = 0;

	if (all->n > 0)
		qsort(all->v, all->n, sizeof(*all->v), compare);
	for (size_t i = 0; i < all->n; i++) {
		if (n > 0 && compare(&all->v[n - 1], &all->v[i]) == 0)
			layout_release(&all->v[i]);
		else
			all->v[n++] = all->v[i];
	}
	all->n = n;
}

static bool write_all(const struct request *r, const struct layouts *all, struct words *files,
		      struct diags *diags)
{
	char *text =
		r->show.format == FORMAT_JSON ? list_json(all, r->here) : list_tsv(all, r->here);
	char *dependencies = r->depfile.given ? dependencies_text(r, files) : NULL;
	struct output outputs[] = {
		{ .path = r->output.given, .text = text },
		{ .path = r->depfile.given, .text = dependencies, .always = true },
	};
	bool good = output_write(outputs, r->depfile.given ? 2 : 1, diags);

	free(text);
	free(dependencies);
	return good;
}

static bool list(const struct request *r, struct diags *diags)
{
	struct found_layouts found;
	bool good = find_layouts(r, TO_SHOW, &found, diags);

	if (good) {
		sort_unique(&found.layouts);
		good = write_all(r, &found.layouts, &found.files, diags);
	}
	found_layouts_free(&found);
	return good;
}

int cmd_list(int argc, char *argv[], struct diags *diags)
{
	return command_run(&list_spec, request_parse_list, list, argc, argv, diags);
}
