/* SPDX-License-Identifier: MIT */
/*
 * A source may include the very header that is being made. So libclang is shown a stand-in at its
 * path: first one with made-up numbers and checks that check nothing, then the real text, until
 * what it reads is what the text says. The compiler then confirms that.
 */
#include "generate/find_layouts.h"

#include "base/text.h"
#include "base/words.h"
#include "generate/aliasing.h"
#include "generate/banner.h"
#include "generate/compilation.h"
#include "generate/confirm.h"
#include "generate/header_texts.h"
#include "generate/placeholders.h"
#include "model/targets.h"
#include "read/reader.h"
#include "request/type_request.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* One way in which the source is compiled, while its layouts are found. */
struct reading {
	const struct request *r;
	enum purpose purpose;
	const struct compile *compile;
	struct compiler_facts facts;
	struct words clang_args;
	char *command, *text, *forward_text; /* of the stand-ins; NULL: no header is made */
	bool used_stand_in;
	struct found_layouts found;
};

static bool is_nested(const struct request *r, enum purpose purpose)
{
	return purpose == TO_SHOW ? r->types.n > 0 : type_requests_are_nested(&r->types);
}

/* ---- stand-ins ---- */

static void make_texts(struct reading *g, const struct layouts *layouts, bool neutral)
{
	const struct header_target target = { .confirmed = g->found.confirmed,
					      .layouts = *layouts };
	const struct header_plan plan = { g->r, g->command, &target, 1, neutral };

	if (g->purpose == FOR_HEADER)
		header_texts_make(&plan, &g->text, &g->forward_text);
}

static bool check_texts(const struct reading *g, const struct layouts *layouts, struct diags *diags)
{
	const struct header_target target = { .layouts = *layouts };
	const struct header_plan plan = { g->r, g->command, &target, 1, false };

	return g->purpose != FOR_HEADER || header_texts_check(&plan, diags);
}

static size_t get_stand_ins(const struct reading *g, struct stand_in *two)
{
	const struct request *r = g->r;
	const struct output_path *second = request_second_half(r);
	size_t n = 0;

	if (r->output.real && g->text)
		two[n++] = (struct stand_in){ r->output.real, g->text };
	if (second->real && g->forward_text)
		two[n++] = (struct stand_in){ second->real, g->forward_text };
	return n;
}

static size_t make_stand_ins(void *context, const struct layouts *layouts, bool neutral,
			     struct stand_in *two)
{
	make_texts(context, layouts, neutral);
	return get_stand_ins(context, two);
}

/* ---- libclang ---- */

static bool read_once(struct reading *g, struct read_answer *answer, struct diags *diags)
{
	struct type_name *types = type_requests_names(&g->r->types);
	struct stand_in stand_ins[2];
	const struct read_request request = {
		.types = types,
		.n_types = g->r->types.n,
		.input = g->r->input,
		.args = &g->clang_args,
		.compile = g->facts.target ? g->compile : NULL,
		.builtin_dirs = &g->facts.builtin_dirs,
		.stand_ins = stand_ins,
		.n_stand_ins = get_stand_ins(g, stand_ins),
		.nested = is_nested(g->r, g->purpose),
		.for_show = g->purpose == TO_SHOW,
	};
	bool good = read_clang(&request, answer, diags);

	free(types);
	return good;
}

static void take_answer(struct reading *g, struct read_answer *answer)
{
	layouts_free(&g->found.layouts);
	g->found.layouts = answer->layouts;
	answer->layouts = (struct layouts){ NULL, 0 };
	words_free(&g->found.files);
	g->found.files = answer->files;
	answer->files = (struct words){ NULL, 0 };
	g->used_stand_in = answer->used_stand_in;
	read_answer_free(answer);
}

/* Errors count only where the source saw nothing that is still to change. */
static bool read_settled(struct reading *g, int round, bool *settled, struct diags *diags)
{
	struct read_answer answer;

	if (!read_once(g, &answer, diags))
		return false;
	if (!compilation_is_confirmed(g->r) && !compilation_check_dropped(&answer.dropped, diags)) {
		read_answer_free(&answer);
		return false;
	}
	*settled = !answer.used_stand_in ||
		   (round > 0 && layouts_same(&answer.layouts, &g->found.layouts));
	if (*settled && diag_failed(&answer.diags)) {
		diag_move(diags, &answer.diags);
		read_answer_free(&answer);
		return false;
	}
	take_answer(g, &answer);
	return true;
}

static bool read_source(struct reading *g, struct diags *diags)
{
	struct layouts made_up;

	placeholders_make(g->r, &made_up);
	make_texts(g, &made_up, true);
	layouts_free(&made_up);
	for (int round = 0; round < MOST_ROUNDS; round++) {
		bool settled;

		if (!read_settled(g, round, &settled, diags) ||
		    !check_texts(g, &g->found.layouts, diags))
			return false;
		make_texts(g, &g->found.layouts, false);
		if (settled)
			return true;
	}
	diag_error(diags, "the layout of '%s' depends on the header that is made from it",
		   g->found.layouts.v[0].name);
	diag_note(diags, "whatever size the header gives it, it then has another one");
	return false;
}

/* ---- the compiler ---- */

static struct compiler_numbers_request numbers_request(struct reading *g)
{
	return (struct compiler_numbers_request){
		.compile = g->compile,
		.input = g->r->input,
		.used_stand_in = g->used_stand_in,
		.alone = g->r->from == INPUT_ALONE,
		.stand_ins = make_stand_ins,
		.context = g,
		.for_show = g->purpose == TO_SHOW,
	};
}

static bool confirm_layouts(struct reading *g, struct diags *diags)
{
	const struct compiler_numbers_request request = numbers_request(g);

	if (!compilation_is_confirmed(g->r))
		return true;
	g->found.confirmed = true;
	return confirm(&request, &g->found.layouts, diags) &&
	       check_texts(g, &g->found.layouts, diags);
}

/* Only the compiler is asked. */
static bool read_alone(struct reading *g, struct diags *diags)
{
	const struct compiler_numbers_request request = numbers_request(g);
	struct read_answer answer;
	struct layouts made_up;
	bool good;

	placeholders_make(g->r, &made_up);
	good = compiler_numbers_alone(&request, &made_up, &answer, diags);
	if (good && g->r->depfile.given && answer.files.n == 0) {
		diag_error(diags,
			   "the compiler '%s' does not say which files it read, as "
			   "--depfile wants",
			   g->compile->compiler.v[0]);
		good = false;
	}
	good = good && check_texts(g, &answer.layouts, diags);
	layouts_free(&made_up);
	take_answer(g, &answer);
	return good;
}

/* Where no compiler confirms, and libclang is known to be wrong at times. */
static void warn_of_doubt(const struct reading *g, struct diags *diags)
{
	const struct target *known = target_find(g->found.layouts.v[0].target);
	const char *doubt = known ? target_doubt(known) : NULL;

	if (g->found.confirmed || g->r->from == INPUT_ALONE || !doubt)
		return;
	diag_warning(diags, "on %s libclang is not always right: %s", known->name, doubt);
	diag_note(diags, "a compiler for it, named with --cc, has the last word");
}

/* ---- every way in which the source is compiled ---- */

static bool read_way(struct reading *g, struct diags *diags)
{
	bool good;

	if (g->r->from == INPUT_ALONE)
		good = read_alone(g, diags);
	else
		good = compilation_clang_args(g->r, g->compile, &g->facts, &g->clang_args, diags) &&
		       read_source(g, diags) && confirm_layouts(g, diags);
	if (good && g->purpose == FOR_HEADER) {
		aliasing_check(g->r, g->compile, &g->found.layouts, diags);
		warn_of_doubt(g, diags);
	}
	return good && !diag_failed(diags);
}

static void release(struct reading *g)
{
	compiler_facts_free(&g->facts);
	words_free(&g->clang_args);
	found_layouts_free(&g->found);
	free(g->command);
	free(g->text);
	free(g->forward_text);
}

/* Returns false, as it is an error. */
static bool report_two_ways(const struct layouts *a, const struct layouts *b, struct diags *diags)
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

/* All ways have to agree on the types that are named; of a list each adds its own. */
static bool add_way(struct found_layouts *found, struct reading *g, bool is_first,
		    struct diags *diags)
{
	if (!is_first && g->r->types.n > 0)
		return layouts_same(&found->layouts, &g->found.layouts) ||
		       report_two_ways(&found->layouts, &g->found.layouts, diags);
	layouts_move(&found->layouts, &g->found.layouts);
	found->confirmed = g->found.confirmed;
	return true;
}

static bool find_in_source(const struct request *r, enum purpose purpose,
			   struct found_layouts *found, struct diags *diags)
{
	struct compiles compiles = { NULL, 0 };
	bool good = compilation_ways(r, &compiles, diags);

	for (size_t i = 0; i < compiles.n && good; i++) {
		struct reading g = { .r = r, .purpose = purpose, .compile = &compiles.v[i] };

		if (purpose == FOR_HEADER)
			g.command = banner_command(r);
		good = read_way(&g, diags);
		words_add_all(&found->files, &g.found.files);
		words_add_all(&found->files, &compiles.v[i].files);
		good = good && add_way(found, &g, i == 0, diags);
		release(&g);
	}
	compiles_free(&compiles);
	return good;
}

/* ---- what is compiled already ---- */

static bool find_in_objects(const struct request *r, enum purpose purpose,
			    struct found_layouts *found, struct diags *diags)
{
	struct type_name *types = type_requests_names(&r->types);
	const struct dwarf_request request = {
		.types = types,
		.n_types = r->types.n,
		.inputs = &r->inputs,
		.nested = is_nested(r, purpose),
	};
	bool good = read_dwarf(&request, &found->layouts, &found->files, diags);

	free(types);
	return good;
}

static bool find_in_probes(const struct request *r, struct layouts *layouts, struct diags *diags)
{
	struct type_name *types = type_requests_names(&r->types);
	const struct probe_request request = { types, r->types.n, &r->inputs };
	struct probed probed;
	bool good = read_probes(&request, &probed, diags);

	for (size_t t = 0; t < probed.n && good; t++)
		layouts_move(layouts, &probed.v[t]);
	probed_free(&probed);
	free(types);
	return good;
}

static bool find_in_json(const struct request *r, struct layouts *layouts, struct diags *diags)
{
	struct type_name *types = type_requests_names(&r->types);
	const struct json_request request = {
		.types = types,
		.n_types = r->types.n,
		.path = r->inputs.v[0],
	};
	bool good = read_json(&request, layouts, diags);

	free(types);
	return good;
}

/* ---- any of them ---- */

bool find_layouts(const struct request *r, enum purpose purpose, struct found_layouts *found,
		  struct diags *diags)
{
	bool good;

	*found = (struct found_layouts){ .confirmed = false };
	switch (r->from) {
	case INPUT_OBJECTS:
		good = find_in_objects(r, purpose, found, diags);
		break;
	case INPUT_PROBES:
		good = find_in_probes(r, &found->layouts, diags);
		break;
	case INPUT_LAYOUTS:
		return find_in_json(r, &found->layouts, diags);
	default:
		return find_in_source(r, purpose, found, diags);
	}
	words_add_all(&found->files, &r->objects);
	return good;
}

void found_layouts_free(struct found_layouts *found)
{
	layouts_free(&found->layouts);
	words_free(&found->files);
}
