/* SPDX-License-Identifier: MIT */
/*
 * A source may include the very header that is being made. So libclang is shown a stand-in at its
 * path: first one with made-up numbers and checks that check nothing, then the real text, until
 * what it reads is what the text says. The compiler then confirms that.
 */
#include "generate/find_layouts.h"

#include "base/paths.h"
#include "base/text.h"
#include "base/words.h"
#include "generate/aliasing.h"
#include "generate/banner.h"
#include "generate/compilation.h"
#include "generate/confirm.h"
#include "generate/fallback.h"
#include "generate/header_texts.h"
#include "generate/pending.h"
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
	struct pending pending;		     /* headers that are not there yet */
	bool used_stand_in;
	bool alone;		    /* only the compiler is asked */
	bool broken;		    /* libclang makes nothing of the source */
	struct found_layouts found; /* the types of pending headers that are known follow */
};

static bool is_nested(const struct request *r, enum purpose purpose)
{
	return purpose == TO_SHOW ? r->types.n > 0 : type_requests_are_nested(&r->types);
}

/* ---- stand-ins ---- */

/* Of the types that are asked for. */
static struct layouts wanted(const struct reading *g, const struct layouts *layouts)
{
	size_t n = g->r->types.n;

	return (struct layouts){ layouts->v, n > 0 && n < layouts->n ? n : layouts->n };
}

static void make_texts(struct reading *g, const struct layouts *layouts, bool neutral)
{
	const struct header_target target = { .confirmed = g->found.confirmed,
					      .layouts = wanted(g, layouts) };
	const struct header_plan plan = { g->r, g->command, &target, 1, neutral };

	if (g->purpose == FOR_HEADER)
		header_texts_make(&plan, &g->text, &g->forward_text);
	pending_take_numbers(&g->pending, layouts);
}

static bool check_texts(const struct reading *g, const struct layouts *layouts, struct diags *diags)
{
	const struct header_target target = { .layouts = wanted(g, layouts) };
	const struct header_plan plan = { g->r, g->command, &target, 1, false };

	return g->purpose != FOR_HEADER || header_texts_check(&plan, diags);
}

static size_t get_stand_ins(const struct reading *g, struct stand_in *stand_ins)
{
	const struct request *r = g->r;
	const struct output_path *second = request_second_half(r);
	size_t n = 0;

	if (r->output.real && g->text)
		stand_ins[n++] = (struct stand_in){ r->output.real, g->text };
	if (second->real && g->forward_text)
		stand_ins[n++] = (struct stand_in){ second->real, g->forward_text };
	pending_stand_ins(&g->pending, stand_ins + n);
	/* The header that is made, under the name that the source has for it. */
	for (size_t i = 0; i < g->pending.n; i++, n++)
		if (g->pending.v[i].is_made && g->text)
			stand_ins[n].text = g->text;
	return n;
}

static size_t make_stand_ins(void *context, const struct layouts *layouts, bool neutral,
			     struct stand_in *stand_ins)
{
	make_texts(context, layouts, neutral);
	return get_stand_ins(context, stand_ins);
}

/* ---- libclang ---- */

/* The types that are asked for, and behind them those of pending headers that are known. */
static struct type_name *types_to_read(const struct reading *g, size_t *n)
{
	struct type_name *asked = type_requests_names(&g->r->types);
	struct type_name *types = text_resize(asked, g->r->types.n + g->pending.n, sizeof(*types));

	*n = g->r->types.n;
	if (*n > 0) /* else it is a list, which has them all */
		*n += pending_known_types(&g->pending, types + *n);
	return types;
}

static bool read_types(struct reading *g, const struct type_name *types, size_t n,
		       struct read_answer *answer, struct diags *diags)
{
	struct stand_in stand_ins[MOST_STAND_INS];
	const struct read_request request = {
		.types = types,
		.n_types = n,
		.input = g->r->input,
		.args = &g->clang_args,
		.compile = g->facts.target ? g->compile : NULL,
		.builtin_dirs = &g->facts.builtin_dirs,
		.stand_ins = stand_ins,
		.n_stand_ins = get_stand_ins(g, stand_ins),
		.nested = is_nested(g->r, g->purpose),
		.for_show = g->purpose == TO_SHOW,
		.keep_going = g->pending.n > 0,
	};

	return read_clang(&request, answer, diags);
}

static bool read_once(struct reading *g, struct read_answer *answer, struct diags *diags)
{
	size_t n;
	struct type_name *types = types_to_read(g, &n);
	bool good = read_types(g, types, n, answer, diags);

	free(types);
	return good;
}

/* ---- headers that are not there yet ---- */

/* Headers that errors say are missing. True: there are new ones, and stand-ins for them. */
static bool add_missing(struct reading *g, const struct diags *errors)
{
	size_t before = g->pending.n;

	pending_add_missing(&g->pending, errors, g->r->input);
	for (size_t i = before; i < g->pending.n && g->purpose == FOR_HEADER; i++)
		for (size_t k = 0; k < g->r->types.n; k++)
			if (strcmp(g->pending.v[i].base, g->r->types.v[k].base) == 0)
				g->pending.v[i].is_made = true;
	return g->pending.n > before;
}

/* All that are missing, and which of their types the source has. */
static bool learn_pending(struct reading *g, struct diags *diags)
{
	struct read_answer list;
	bool again = true, good = true;

	while (again && good) {
		good = read_types(g, NULL, 0, &list, diags);
		again = good && add_missing(g, &list.diags);
		if (good && !again) {
			pending_find_types(&g->pending, &list.layouts);
			pending_take_numbers(&g->pending, &list.layouts);
		}
		if (good)
			read_answer_free(&list);
	}
	return good;
}

/* A stand-in lacks what options of another run add to its header. */
static void note_pending(const struct reading *g, struct diags *diags)
{
	for (size_t i = 0; i < g->pending.n; i++)
		if (!g->pending.v[i].is_made)
			diag_note(
				diags,
				"'%s' is not there yet: without it a plain shadow of '%s' was assumed",
				g->pending.v[i].name, g->pending.v[i].base);
}

static bool read_with_pending(struct reading *g, struct read_answer *answer, struct diags *diags)
{
	struct diags said = { NULL, 0 };
	bool good = read_once(g, answer, &said);

	if (add_missing(g, good ? &answer->diags : &said)) {
		if (good)
			read_answer_free(answer);
		diag_free(&said);
		good = learn_pending(g, diags) && read_once(g, answer, diags);
		if (!good)
			note_pending(g, diags);
		return good;
	}
	diag_move(diags, &said);
	return good;
}

static struct compiler_numbers_request numbers_request(struct reading *g)
{
	return (struct compiler_numbers_request){
		.compile = g->compile,
		.input = g->r->input,
		.used_stand_in = g->used_stand_in,
		.alone = g->alone,
		.stand_ins = make_stand_ins,
		.context = g,
		.for_show = g->purpose == TO_SHOW,
	};
}

/* Only the compiler is asked. */
static bool ask_alone(struct reading *g, struct read_answer *answer, struct diags *diags)
{
	const struct compiler_numbers_request request = numbers_request(g);
	struct layouts made_up;
	bool good;

	placeholders_make(g->r, &made_up);
	for (;;) {
		struct diags said = { NULL, 0 };

		good = compiler_numbers_alone(&request, &made_up, answer, &said);
		if (good || !add_missing(g, &said)) {
			diag_move(diags, &said);
			if (!good)
				note_pending(g, diags);
			break;
		}
		diag_free(&said);
	}
	layouts_free(&made_up);
	return good;
}

/* Is what was found the same with these numbers for some of the headers? */
static bool is_same_with(struct reading *g, size_t first, size_t n, enum made_up numbers)
{
	struct diags unheard = { NULL, 0 };
	struct read_answer answer;
	bool same = true, good;

	for (size_t i = first; i < first + n; i++)
		pending_make_up(&g->pending, i, numbers);
	good = g->alone ? ask_alone(g, &answer, &unheard) : read_once(g, &answer, &unheard);
	if (good) {
		const struct layouts now = wanted(g, &answer.layouts),
				     before = wanted(g, &g->found.layouts);

		same = !diag_failed(&answer.diags) && layouts_same(&now, &before);
		read_answer_free(&answer);
	}
	for (size_t i = first; i < first + n; i++)
		pending_make_up(&g->pending, i, FIRST_NUMBERS);
	diag_free(&unheard);
	return good && same;
}

/* Only what was asked for is left. */
static void drop_pending(struct reading *g)
{
	const size_t n = wanted(g, &g->found.layouts).n;

	while (g->found.layouts.n > n)
		layout_release(&g->found.layouts.v[--g->found.layouts.n]);
}

static void report_dependence(const struct reading *g, const struct pending_header *h,
			      struct diags *diags)
{
	const struct request *r = g->r;
	const struct layout *l = &g->found.layouts.v[0];
	const struct place at = { l->file, l->line, l->column };
	const char *name = path_name(h->name), *made = r->header.stamp.given;

	if (!made)
		made = r->output.real ? path_name(r->output.real) : NULL;
	diag_add(diags, SEVERITY_ERROR, &at,
		 "the layout depends on '%s', which is not there yet: it has to be made first",
		 h->name);
	if (g->purpose == FOR_HEADER && made)
		diag_note(diags,
			  "Meson: 'depends:' with the custom_target of %s; CMake: 'DEPENDS %s' in "
			  "gen_opaque_header(); make: '%s: %s'",
			  name, name, made, name);
	else
		diag_note(diags, "'gen-opaque emit -o %s' makes it", h->name);
}

/* What a list says of types that depend on such a header is made up: it goes without them. */
static bool drop_dependent(struct reading *g, struct diags *diags)
{
	struct layouts *all = &g->found.layouts;
	struct read_answer other;
	size_t n = 0;

	for (size_t i = 0; i < g->pending.n; i++)
		pending_make_up(&g->pending, i, OTHER_NUMBERS);
	if (!read_once(g, &other, diags))
		return false;
	for (size_t i = 0; i < all->n; i++) {
		struct layout *l = &all->v[i];
		const struct layout *o = layouts_find(&other.layouts, l->kind, l->name, NULL);
		const struct place at = { l->file, l->line, l->column };
		bool is_ours = l->file && pending_at(&g->pending, l->file);

		if (o && !is_ours && o->size == l->size && o->align == l->align) {
			all->v[n++] = *l;
			continue;
		}
		if (!is_ours)
			diag_add(diags, SEVERITY_WARNING, &at,
				 "'%s' is left out: it depends on headers that are not there yet",
				 l->name);
		layout_release(l);
	}
	all->n = n;
	read_answer_free(&other);
	return true;
}

static bool check_pending(struct reading *g, struct diags *diags)
{
	if (g->pending.n > 0 && g->r->types.n == 0)
		return drop_dependent(g, diags);
	if (g->pending.n == 0 || is_same_with(g, 0, g->pending.n, OTHER_NUMBERS))
		return true;
	for (size_t i = 0; i < g->pending.n; i++)
		if (!is_same_with(g, i, 1, OTHER_NUMBERS))
			report_dependence(g, &g->pending.v[i], diags);
	if (!diag_failed(diags)) /* it takes several of them */
		report_dependence(g, &g->pending.v[0], diags);
	return false;
}

/*
 * Headers of other runs that are there and of which no layout depends: if they were named to make
 * or Ninja, two sources that include each other's headers would wait for each other.
 */
static bool depends_on_file(struct reading *g, const char *path)
{
	bool is_free;

	pending_add_file(&g->pending, path);
	is_free = is_same_with(g, g->pending.n - 1, 1, FIRST_NUMBERS) &&
		  is_same_with(g, g->pending.n - 1, 1, OTHER_NUMBERS);
	pending_drop(&g->pending, 1);
	return !is_free;
}

static void drop_free_files(struct reading *g)
{
	struct words *files = &g->found.files;

	if (!g->r->depfile.given || g->r->types.n == 0)
		return;
	for (size_t i = files->n; i-- > 0;)
		if (pending_is_made_file(files->v[i]) && !depends_on_file(g, files->v[i]))
			words_remove(files, i);
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
	bool read = read_with_pending(g, &answer, diags);

	g->broken = answer.broken;
	if (!read)
		return false;
	if (!compilation_is_confirmed(g->r) &&
	    !compilation_check_dropped(g->r, &answer.dropped, diags)) {
		g->broken = true;
		read_answer_free(&answer);
		return false;
	}
	*settled = !answer.used_stand_in ||
		   (round > 0 && layouts_same(&answer.layouts, &g->found.layouts));
	if (*settled && diag_failed(&answer.diags)) {
		diag_move(diags, &answer.diags);
		note_pending(g, diags);
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
	diag_note(diags, "each size that the header gives it changes its size again");
	return false;
}

/* ---- the compiler ---- */

static bool confirm_layouts(struct reading *g, struct diags *diags)
{
	const struct compiler_numbers_request request = numbers_request(g);

	if (!compilation_is_confirmed(g->r))
		return true;
	g->found.confirmed = true;
	return confirm(&request, &g->found.layouts, diags) &&
	       check_texts(g, &g->found.layouts, diags);
}

static bool read_alone(struct reading *g, struct diags *diags)
{
	struct read_answer answer;
	bool good = ask_alone(g, &answer, diags);

	if (good && g->r->depfile.given && answer.files.n == 0) {
		diag_error(diags,
			   "the compiler '%s' does not say which files it read, which "
			   "--depfile needs",
			   g->compile->compiler.v[0]);
		good = false;
	}
	good = good && check_texts(g, &answer.layouts, diags);
	take_answer(g, &answer);
	return good;
}

/* Where no compiler confirms, and libclang is known to be wrong at times. */
static void warn_of_doubt(const struct reading *g, struct diags *diags)
{
	const struct target *known = target_find(g->found.layouts.v[0].target);
	const char *doubt = known ? target_doubt(known) : NULL;

	if (g->found.confirmed || g->alone || !doubt)
		return;
	diag_warning(diags, "on %s libclang is not always right: %s", known->name, doubt);
	diag_note(diags, "name a compiler for it with --cc: its numbers count");
}

/* ---- every way in which the source is compiled ---- */

static bool read_and_confirm(struct reading *g, struct diags *diags)
{
	bool good;

	if (g->alone)
		good = read_alone(g, diags);
	else
		good = compilation_clang_args(g->r, g->compile, &g->facts, &g->clang_args, diags) &&
		       read_source(g, diags);
	good = good && check_pending(g, diags);
	if (good)
		drop_free_files(g);
	return good && (g->alone || confirm_layouts(g, diags));
}

/* What libclang said is of interest only if the compiler does no better. */
static bool fall_back(struct reading *g, struct diags *said, struct diags *diags)
{
	struct diags of_compiler = { NULL, 0 };
	bool good;

	if (g->purpose == FOR_HEADER) {
		g->alone = true;
		good = read_and_confirm(g, &of_compiler);
	} else {
		layouts_free(&g->found.layouts);
		good = fallback_layouts(g->r, g->compile, &g->found.layouts, &g->found.files,
					&of_compiler);
	}
	if (good) {
		fallback_tell(said,
			      g->purpose == FOR_HEADER ? "the numbers are its own"
			      : g->r->types.n > 0 ? "the layout is that of its debug information"
						  : "the list is of its debug information",
			      diags);
		diag_free(said);
		diag_move(diags, &of_compiler);
	}
	diag_free(&of_compiler);
	return good;
}

static bool read_way(struct reading *g, struct diags *diags)
{
	struct diags said = { NULL, 0 };
	bool good;

	g->alone = g->r->from == INPUT_ALONE;
	good = read_and_confirm(g, &said);
	if (!good && g->broken && fallback_is_open(g->r, g->purpose == FOR_HEADER))
		good = fall_back(g, &said, diags);
	diag_move(diags, &said);
	drop_pending(g);
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
	pending_free(&g->pending);
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
		.second_opinion = r->header.second_opinion,
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
