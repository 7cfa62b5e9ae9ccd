/* SPDX-License-Identifier: MIT */
/* list: every type that there is to ask for. */
#include "base/output.h"
#include "base/words.h"
#include "commands/command.h"
#include "generate/dependencies.h"
#include "generate/source.h"
#include "read/reader.h"
#include "request/request.h"
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
		"and without the types inside functions.",
	.options = list_options,
};

/* ---- a source ---- */

static bool list_compile(const struct request *r, const struct compile *c, struct layouts *all,
			 struct words *files, struct diags *diags)
{
	struct compiler_facts facts = { 0 };
	struct words args = { NULL, 0 };
	const struct read_request request = {
		.input = r->input,
		.args = &args,
		.compile = c,
		.builtin_dirs = &facts.builtin_dirs,
	};
	struct read_answer answer = { 0 };
	bool good = source_clang_args(r, c, &facts, &args, diags) &&
		    read_clang(&request, &answer, diags);

	good = good && source_check_dropped(&answer.dropped, diags);
	if (good && diag_failed(&answer.diags)) {
		diag_move(diags, &answer.diags);
		good = false;
	}
	if (good)
		layouts_move(all, &answer.layouts);
	words_add_all(files, &answer.files);
	words_add_all(files, &c->files);
	read_answer_free(&answer);
	words_free(&args);
	compiler_facts_free(&facts);
	return good;
}

static bool list_source(const struct request *r, struct layouts *all, struct words *files,
			struct diags *diags)
{
	struct compiles compiles = { NULL, 0 };
	bool good = source_compiles(r, &compiles, diags);

	for (size_t i = 0; i < compiles.n && good; i++)
		good = list_compile(r, &compiles.v[i], all, files, diags);
	compiles_free(&compiles);
	return good;
}

/* ---- probes ---- */

static bool list_probes(const struct request *r, struct layouts *all, struct diags *diags)
{
	const struct probe_request request = { .inputs = &r->inputs };
	struct probed probed;
	bool good = read_probes(&request, &probed, diags);

	for (size_t i = 0; i < probed.n && good; i++)
		layouts_move(all, &probed.v[i]);
	probed_free(&probed);
	return good;
}

/* ---- either ---- */

static bool read_all(const struct request *r, struct layouts *all, struct words *files,
		     struct diags *diags)
{
	const struct dwarf_request request = { .inputs = &r->inputs };

	words_add_all(files, &r->objects);
	if (r->from == INPUT_PROBES)
		return list_probes(r, all, diags);
	if (r->from == INPUT_OBJECTS)
		return read_dwarf(&request, all, files, diags);
	return list_source(r, all, files, diags);
}

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
	char *text = r->format == FORMAT_JSON ? list_json(all, r->here) : list_tsv(all, r->here);
	char *dependencies = r->depfile ? dependencies_text(r, files) : NULL;
	struct output outputs[] = {
		{ .path = r->output, .text = text },
		{ .path = r->depfile, .text = dependencies, .always = true },
	};
	bool good = output_write(outputs, r->depfile ? 2 : 1, diags);

	free(text);
	free(dependencies);
	return good;
}

static bool list(const struct request *r, struct diags *diags)
{
	struct layouts all = { NULL, 0 };
	struct words files = { NULL, 0 };
	bool good = read_all(r, &all, &files, diags);

	if (good) {
		sort_unique(&all);
		good = write_all(r, &all, &files, diags);
	}
	layouts_free(&all);
	words_free(&files);
	return good;
}

int cmd_list(int argc, char *argv[], struct diags *diags)
{
	return command_run(&list_spec, request_parse_list, list, argc, argv, diags);
}
