/* SPDX-License-Identifier: MIT */
#include "generate/gather.h"

#include "base/text.h"
#include "base/words.h"
#include "generate/confirm.h"
#include "generate/source.h"
#include "read/reader.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* They are still the request's; only the list is to be freed. */
static struct type_name *wanted_types(const struct request *r)
{
	struct type_name *types = text_alloc(r->n_wanted, sizeof(*types));

	for (size_t i = 0; i < r->n_wanted; i++)
		types[i] = r->wanted[i].type;
	return types;
}

/* ---- object files, files of layouts ---- */

bool gather_objects(const struct request *r, bool nested, struct layouts *layouts,
		    struct words *files, struct diags *diags)
{
	struct type_name *types = wanted_types(r);
	const struct dwarf_request request = {
		.types = types,
		.n_types = r->n_wanted,
		.inputs = &r->inputs,
		.nested = nested,
	};
	bool good;

	good = read_dwarf(&request, layouts, files, diags);
	free(types);
	return good;
}

static bool gather_layouts(const struct request *r, struct layouts *layouts, struct diags *diags)
{
	struct type_name *types = wanted_types(r);
	const struct json_request request = {
		.types = types,
		.n_types = r->n_wanted,
		.path = r->inputs.v[0],
	};
	bool good = read_json(&request, layouts, diags);

	free(types);
	return good;
}

/* ---- a source ---- */

static bool read_source(const struct request *r, const struct compile *c, const struct words *args,
			const struct compiler_facts *facts, struct layouts *layouts,
			struct diags *diags)
{
	struct type_name *types = wanted_types(r);
	const struct read_request request = {
		.types = types,
		.n_types = r->n_wanted,
		.input = r->input,
		.args = args,
		.compile = facts->target ? c : NULL,
		.builtin_dirs = &facts->builtin_dirs,
		.nested = true,
		.for_show = true,
	};
	struct read_answer answer = { 0 };
	bool good = read_clang(&request, &answer, diags);

	if (good && !source_is_confirmed(r))
		good = source_check_dropped(&answer.dropped, diags);
	if (good && diag_failed(&answer.diags)) {
		diag_move(diags, &answer.diags);
		good = false;
	}
	if (good) {
		*layouts = answer.layouts;
		answer.layouts = (struct layouts){ NULL, 0 };
	}
	read_answer_free(&answer);
	free(types);
	return good;
}

/* Where the source is compiled in this way. */
static bool gather_compile(const struct request *r, const struct compile *c, struct layouts *all,
			   struct diags *diags)
{
	const struct compiler_numbers_request confirmation = {
		.compile = c,
		.input = r->input,
		.for_show = true,
	};
	struct compiler_facts facts = { 0 };
	struct words args = { NULL, 0 };
	bool good = source_clang_args(r, c, &facts, &args, diags) &&
		    read_source(r, c, &args, &facts, all, diags) &&
		    (!source_is_confirmed(r) || confirm(&confirmation, all, diags));

	words_free(&args);
	compiler_facts_free(&facts);
	return good;
}

static bool gather_source(const struct request *r, struct layouts *all, struct diags *diags)
{
	struct compiles compiles = { NULL, 0 };
	bool good = source_compiles(r, &compiles, diags);

	for (size_t i = 0; i < compiles.n && good; i++) {
		struct layouts more = { NULL, 0 };

		good = gather_compile(r, &compiles.v[i], i ? &more : all, diags);
		if (good && i && !layouts_same(all, &more))
			good = report_two_ways(all, &more, diags);
		layouts_free(&more);
	}
	compiles_free(&compiles);
	return good;
}

bool report_two_ways(const struct layouts *a, const struct layouts *b, struct diags *diags)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct layout *x = &a->v[i], *y = &b->v[i];
		const struct place at = { x->file, x->line, x->column };
		char *spelling;

		if (layout_same(x, y))
			continue;
		spelling = layout_spelling(x);
		diag_add(diags, SEVERITY_ERROR, &at,
			 "the database compiles the source in more than one way, and %s differs: "
			 "size %" PRIu64 ", alignment %" PRIu64 " and size %" PRIu64
			 ", alignment %" PRIu64,
			 spelling, x->size, x->align, y->size, y->align);
		diag_note(diags, "give the flags of one of them behind '--' in place of -p");
		free(spelling);
	}
	return false;
}

bool gather(const struct request *r, struct layouts *all, struct diags *diags)
{
	struct words files = { NULL, 0 };
	bool good = false;

	*all = (struct layouts){ NULL, 0 };
	switch (r->from) {
	case INPUT_OBJECTS:
		good = gather_objects(r, true, all, &files, diags);
		break;
	case INPUT_LAYOUTS:
		good = gather_layouts(r, all, diags);
		break;
	default:
		good = gather_source(r, all, diags);
	}
	words_free(&files); /* of no interest to who only looks */
	if (!good)
		layouts_free(all);
	return good;
}
