/* SPDX-License-Identifier: MIT */
/*
 * The source may include the very header that is being made. So libclang is shown a stand-in at its
 * path: first one with made-up numbers and checks that check nothing, then the real text, until
 * what it reads is what the text says. The compiler then confirms that.
 */
#include "generate/generate.h"

#include "base/text.h"
#include "base/words.h"
#include "generate/banner.h"
#include "generate/compose.h"
#include "generate/confirm.h"
#include "generate/gather.h"
#include "generate/ladder.h"
#include "generate/placeholders.h"
#include "generate/source.h"
#include "model/targets.h"
#include "read/reader.h"
#include "request/type_request.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ROUNDS = 4 };

/* One way in which the source is compiled, while its layouts are found. */
struct job {
	const struct request *r;
	const char *command; /* for the banner */
	struct compile *compile;
	struct compiler_facts facts;
	struct words clang_args;
	bool used_stand_in;
	bool confirmed;
	struct layouts layouts;
	struct words files;
	char *text, *forward_text;
};

/* ---- texts ---- */

static void make_texts(struct job *j, const struct layouts *layouts, bool neutral)
{
	const struct header_target target = { .confirmed = j->confirmed, .layouts = *layouts };
	const struct composition c = { j->r, j->command, &target, 1, neutral };

	compose(&c, &j->text, &j->forward_text);
}

static bool check_texts(const struct job *j, const struct layouts *layouts, struct diags *diags)
{
	const struct header_target target = { .layouts = *layouts };
	const struct composition c = { j->r, j->command, &target, 1, false };

	return compose_check(&c, diags);
}

static size_t get_stand_ins(const struct job *j, struct stand_in *two)
{
	const struct request *r = j->r;
	size_t n = 0;

	if (r->output_real)
		two[n++] = (struct stand_in){ r->output_real, j->text };
	if (r->forward_real)
		two[n++] = (struct stand_in){ r->forward_real, j->forward_text };
	return n;
}

static size_t make_stand_ins(void *context, const struct layouts *layouts, bool neutral,
			     struct stand_in *two)
{
	make_texts(context, layouts, neutral);
	return get_stand_ins(context, two);
}

/* ---- libclang ---- */

static bool read_once(struct job *j, struct read_answer *answer, struct diags *diags)
{
	const struct request *r = j->r;
	struct type_name *types = text_alloc(r->n_wanted, sizeof(*types));
	struct stand_in stand_ins[2];
	const struct read_request request = {
		.types = types,
		.n_types = r->n_wanted,
		.input = r->input,
		.args = &j->clang_args,
		.compile = j->facts.target ? j->compile : NULL,
		.builtin_dirs = &j->facts.builtin_dirs,
		.stand_ins = stand_ins,
		.n_stand_ins = get_stand_ins(j, stand_ins),
		.nested = type_request_is_nested(r),
	};
	bool good;

	for (size_t i = 0; i < r->n_wanted; i++)
		types[i] = r->wanted[i].type;
	good = read_clang(&request, answer, diags);
	free(types);
	return good;
}

static void take_answer(struct job *j, struct read_answer *answer)
{
	layouts_free(&j->layouts);
	j->layouts = answer->layouts;
	answer->layouts = (struct layouts){ NULL, 0 };
	words_free(&j->files);
	j->files = answer->files;
	answer->files = (struct words){ NULL, 0 };
	j->used_stand_in = answer->used_stand_in;
	read_answer_free(answer);
}

/* Errors count only where the source saw nothing that is still to change. */
static bool read_settled(struct job *j, int round, bool *settled, struct diags *diags)
{
	struct read_answer answer;

	if (!read_once(j, &answer, diags))
		return false;
	if (!source_is_confirmed(j->r) && !source_check_dropped(&answer.dropped, diags)) {
		read_answer_free(&answer);
		return false;
	}
	*settled =
		!answer.used_stand_in || (round > 0 && layouts_same(&answer.layouts, &j->layouts));
	if (*settled && diag_failed(&answer.diags)) {
		diag_move(diags, &answer.diags);
		read_answer_free(&answer);
		return false;
	}
	take_answer(j, &answer);
	return true;
}

static bool read_layouts(struct job *j, struct diags *diags)
{
	struct layouts made_up;

	placeholders_make(j->r, &made_up);
	make_texts(j, &made_up, true);
	layouts_free(&made_up);
	for (int round = 0; round < MAX_ROUNDS; round++) {
		bool settled;

		if (!read_settled(j, round, &settled, diags) || !check_texts(j, &j->layouts, diags))
			return false;
		make_texts(j, &j->layouts, false);
		if (settled)
			return true;
	}
	diag_error(diags, "the layout of '%s' depends on the header that is made from it",
		   j->layouts.v[0].name);
	diag_note(diags, "whatever size the header gives it, it then has another one");
	return false;
}

/* ---- the compiler ---- */

static struct compiler_numbers_request measure_request(struct job *j)
{
	return (struct compiler_numbers_request){
		.compile = j->compile,
		.input = j->r->input,
		.used_stand_in = j->used_stand_in,
		.alone = j->r->from == INPUT_ALONE,
		.stand_ins = make_stand_ins,
		.context = j,
	};
}

static bool confirm_layouts(struct job *j, struct diags *diags)
{
	const struct compiler_numbers_request request = measure_request(j);

	if (!source_is_confirmed(j->r))
		return true;
	j->confirmed = true;
	if (!confirm(&request, &j->layouts, diags) || !check_texts(j, &j->layouts, diags))
		return false;
	make_texts(j, &j->layouts, false);
	return true;
}

/* Nobody but the compiler is asked. */
static bool read_alone(struct job *j, struct diags *diags)
{
	const struct compiler_numbers_request request = measure_request(j);
	struct read_answer answer;
	struct layouts made_up;
	bool good;

	placeholders_make(j->r, &made_up);
	good = compiler_numbers_alone(&request, &made_up, &answer, diags);
	if (good && j->r->depfile && answer.files.n == 0) {
		diag_error(diags,
			   "the compiler '%s' does not say which files it read, as "
			   "--depfile wants",
			   j->compile->compiler.v[0]);
		good = false;
	}
	good = good && check_texts(j, &answer.layouts, diags);
	layouts_free(&made_up);
	take_answer(j, &answer);
	if (good)
		make_texts(j, &j->layouts, false);
	return good;
}

/* Without a compiler nobody says that libclang is wrong, where it is known to be at times. */
static void warn_of_doubt(const struct job *j, struct diags *diags)
{
	const struct target *known = target_find(j->layouts.v[0].target);
	const char *doubt = known ? target_doubt(known) : NULL;

	if (j->confirmed || j->r->from == INPUT_ALONE || !doubt)
		return;
	diag_warning(diags, "on %s libclang is not always right: %s", known->name, doubt);
	diag_note(diags, "a compiler for it, named with --cc, has the last word");
}

static void warn_of_aliasing(const struct job *j, const struct layout *l,
			     const struct type_request *w, struct diags *diags)
{
	const struct place at = { l->file, l->line, l->column };
	const char *tag = l->declared ? strchr(l->declared, ' ') : "";
	char *spelling = layout_spelling(l), *upper = text_upper(w->base);
	char *shadow =
		w->shadow.tag ? text_copy(w->shadow.tag) : text_format("struct %s_opaque", w->base);
	bool lto = j->compile->lto;

	diag_add(diags, lto ? SEVERITY_ERROR : SEVERITY_WARNING, &at,
		 "%s lacks may_alias and the flags lack -fno-strict-aliasing: copies of a "
		 "%s, or of what holds one, may go wrong%s",
		 spelling, shadow, lto ? ", and do so with -flto" : "");
	diag_note(
		diags,
		"compile the owner with -fno-strict-aliasing, or define the type as '%s %s_PRIVATE%s "
		"{ ... };' (the header defines %s_PRIVATE)",
		l->is_union ? "union" : "struct", upper, tag, upper);
	free(spelling);
	free(upper);
	free(shadow);
}

/*
 * Strict aliasing: may_alias on the shadow mends copies through pointers to shadows; all others are
 * right only if the private type has it too, or the compiler does not look.
 */
static void check_aliasing(const struct job *j, struct diags *diags)
{
	for (size_t i = 0; i < j->layouts.n; i++) {
		const struct layout *l = &j->layouts.v[i];

		if (l->is_record && !l->has_may_alias && !j->compile->no_strict_aliasing)
			warn_of_aliasing(j, l, &j->r->wanted[i], diags);
	}
}

static bool run_job(struct job *j, struct diags *diags)
{
	bool good;

	if (j->r->from == INPUT_ALONE)
		good = read_alone(j, diags);
	else
		good = source_clang_args(j->r, j->compile, &j->facts, &j->clang_args, diags) &&
		       read_layouts(j, diags) && confirm_layouts(j, diags);
	if (good) {
		check_aliasing(j, diags);
		warn_of_doubt(j, diags);
	}
	return good && !diag_failed(diags);
}

static void release_job(struct job *j)
{
	compiler_facts_free(&j->facts);
	words_free(&j->clang_args);
	words_free(&j->files);
	layouts_free(&j->layouts);
	free(j->text);
	free(j->forward_text);
}

/* ---- all ways in which the source is compiled ---- */

static void take_result(struct job *j, struct generated *g)
{
	g->layouts = j->layouts;
	j->layouts = (struct layouts){ NULL, 0 };
	g->confirmed = j->confirmed;
	g->text = j->text;
	g->forward_text = j->forward_text;
	j->text = j->forward_text = NULL;
}

bool generate_from_source(const struct request *r, const char *command, struct generated *g,
			  struct diags *diags)
{
	struct compiles compiles = { NULL, 0 };
	bool good = source_compiles(r, &compiles, diags);

	for (size_t i = 0; i < compiles.n && good; i++) {
		struct job j = { .r = r, .command = command, .compile = &compiles.v[i] };

		good = run_job(&j, diags);
		words_add_all(&g->files, &j.files);
		words_add_all(&g->files, &compiles.v[i].files);
		if (good && i == 0)
			take_result(&j, g);
		else if (good && !layouts_same(&g->layouts, &j.layouts))
			good = report_two_ways(&g->layouts, &j.layouts, diags);
		release_job(&j);
	}
	compiles_free(&compiles);
	return good;
}

/* ---- object files ---- */

/* An alignment that is only a bound: taken, settled by --align, or refused. */
static bool settle(const struct request *r, const struct type_request *w, struct layout *l,
		   struct diags *diags)
{
	const struct place at = { l->file, l->line, l->column };
	char *spelling = layout_spelling(l);
	bool good = true;

	if (w->align && (w->align < l->align_low || w->align > l->align)) {
		diag_add(diags, SEVERITY_ERROR, &at,
			 "the alignment of %s cannot be %" PRIu64 ": it is from %" PRIu64
			 " to %" PRIu64,
			 spelling, w->align, l->align_low, l->align);
		good = false;
	} else if (w->align) {
		l->align = l->align_low = w->align;
		l->align_exact = true;
	} else if (r->exact && !l->align_exact) {
		diag_add(diags, SEVERITY_ERROR, &at,
			 "the alignment of %s is from %" PRIu64 " to %" PRIu64
			 ": the object files do not say it exactly",
			 spelling, l->align_low, l->align);
		diag_note(diags, "say it with --align, or do without --exact");
		good = false;
	}
	free(spelling);
	return good;
}

static struct type_name *wanted_types(const struct request *r)
{
	struct type_name *types = text_alloc(r->n_wanted, sizeof(*types));

	for (size_t i = 0; i < r->n_wanted; i++)
		types[i] = r->wanted[i].type;
	return types;
}

/* All that the probes say, target by target. */
static bool read_probed(const struct request *r, struct layouts *all, struct diags *diags)
{
	struct type_name *types = wanted_types(r);
	const struct probe_request request = { types, r->n_wanted, &r->inputs };
	struct probed probed;
	bool good = read_probes(&request, &probed, diags);

	for (size_t t = 0; t < probed.n && good; t++)
		layouts_move(all, &probed.v[t]);
	probed_free(&probed);
	free(types);
	return good;
}

static bool generate_from_objects(const struct request *r, const char *command, struct generated *g,
				  struct diags *diags)
{
	bool good = r->from == INPUT_PROBES ? read_probed(r, &g->layouts, diags)
					    : gather_objects(r, type_request_is_nested(r),
							     &g->layouts, &g->files, diags);

	for (size_t i = 0; i < g->layouts.n && good; i++)
		good = settle(r, &r->wanted[i % r->n_wanted], &g->layouts.v[i], diags);
	good = good && ladder_from_layouts(r, command, &g->layouts, g, diags);
	words_add_all(&g->files, &r->objects);
	return good;
}

/* ---- the layouts themselves ---- */

/* Of the owner's file only the name: a line that moves is no change of a layout. */
static char *layout_text(const struct request *r, const struct layouts *layouts)
{
	struct layouts shown = { NULL, 0 };
	char *text;

	layouts_copy(&shown, layouts);
	for (size_t i = 0; i < shown.n; i++) {
		struct layout *l = &shown.v[i];
		char *file = l->file;

		l->file = file ? banner_path(r, file, false) : NULL;
		l->line = l->column = 0;
		free(file);
	}
	text = layouts_json(&shown, NULL);
	layouts_free(&shown);
	return text;
}

bool generate(const struct request *r, struct generated *g, struct diags *diags)
{
	char *command = banner_command(r);
	bool good;

	memset(g, 0, sizeof(*g));
	if (!input_is_source(r->from))
		good = generate_from_objects(r, command, g, diags);
	else if (request_has_ladder(r))
		good = ladder_from_source(r, g, diags);
	else
		good = generate_from_source(r, command, g, diags);
	if (good && r->layout)
		g->layout_text = layout_text(r, &g->layouts);
	free(command);
	return good;
}

void generated_release(struct generated *g)
{
	layouts_free(&g->layouts);
	words_free(&g->files);
	free(g->text);
	free(g->forward_text);
	free(g->layout_text);
	memset(g, 0, sizeof(*g));
}
