/* SPDX-License-Identifier: MIT */
#include "read/dwarf_answer.h"

#include "base/text.h"
#include "read/dwarf_constants.h"
#include "read/dwarf_language.h"
#include "read/dwarf_list.h"
#include "read/dwarf_names.h"
#include "read/dwarf_near.h"
#include "read/dwarf_report.h"
#include "read/dwarf_search.h"
#include "read/dwarf_target.h"

#include <stdlib.h>
#include <string.h>

/* The work on one question: of the inputs of one target after the other. */
struct work {
	const struct dwarf_question *q;
	fact_engine *engine;
	struct dwarf_answer *a;
	struct facts facts;
	size_t *group_of_input;
	char **targets; /* of the groups */
	size_t n_targets;

	/* For the group at hand. */
	struct group group;
	struct words inputs; /* its own */
	struct search *searches;
	struct facts elsewhere; /* definitions of what is only declared in its unit */
	struct completion *completions;
	size_t n_completions;
};

static struct fact_request request_of(const struct dwarf_question *q, enum fact_op op)
{
	return (struct fact_request){
		.op = op,
		.inputs = q->inputs,
		.debug_dirs = q->debug_dirs,
		.seconds = q->seconds,
		.mebibytes = q->mebibytes,
	};
}

static void ask_for(struct work *w, struct fact_request *request, struct facts *f)
{
	w->engine(request, f, NULL, NULL);
	words_add_all(&w->a->files, &f->files);
	words_free(&request->names);
}

/* ---- targets ---- */

static size_t group_of(struct work *w, const struct fact_object *object)
{
	char *target = target_triple(object);

	for (size_t i = 0; i < w->n_targets; i++) {
		if (strcmp(w->targets[i], target) == 0) {
			free(target);
			return i;
		}
	}
	w->targets = text_resize(w->targets, w->n_targets + 1, sizeof(char *));
	w->targets[w->n_targets] = target;
	return w->n_targets++;
}

/* An input that shows no object belongs to the first group. */
static void find_groups(struct work *w)
{
	size_t n = w->q->inputs->n;

	w->group_of_input = text_alloc(n, sizeof(size_t));
	for (size_t i = 0; i < n; i++) {
		const struct fact_object *first = NULL;

		for (size_t k = 0; k < w->facts.n_objects && !first; k++)
			if (w->facts.objects[k]->input == i)
				first = w->facts.objects[k];
		w->group_of_input[i] = first ? group_of(w, first) : 0;
	}
	if (w->n_targets == 0)
		w->n_targets = 1;
}

/* ---- what a unit only declares ---- */

static const struct fact_die *opaque_target(const struct search *s)
{
	struct candidates c = candidates_of(s->opaque);
	const struct fact_die *target = types_bare(&c.v[0], s->opaque);

	candidates_free(&c);
	return target;
}

static void complete(struct work *w, const struct fact_die *declared, bool *wrong)
{
	struct search s = { .wanted = { .name = die_full_name(declared) } };
	const struct fact_object *in;
	char *nonsense;

	kind_of_die(declared, &s.wanted.kind);
	if (!search_all(&w->elsewhere, &w->group, &s, 1, &in, &nonsense)) {
		report_nonsense(&w->a->diags, in, nonsense);
		*wrong = true;
	} else if (s.n_definitions > 1) {
		report_two(&w->a->diags, &s);
		*wrong = true;
	}
	if (s.n_definitions > 0) {
		w->completions =
			text_resize(w->completions, w->n_completions + 1, sizeof(*w->completions));
		w->completions[w->n_completions++] =
			(struct completion){ declared, s.definitions[0].die };
	}
	free(nonsense);
	free(s.wanted.name);
	search_free(&s);
}

/* For typedefs of records that their own units only declare: the definitions elsewhere. */
static bool complete_all(struct work *w)
{
	struct fact_request request = request_of(w->q, FACT_FIND);
	bool wrong = false;

	for (size_t i = 0; i < w->q->n_types; i++) {
		const struct search *s = &w->searches[i];

		if (s->opaque && s->n_definitions == 0 && opaque_target(s)->name[0])
			words_add(&request.names, opaque_target(s)->name);
	}
	if (request.names.n == 0)
		return true;
	words_sort_unique(&request.names);
	ask_for(w, &request, &w->elsewhere);
	if (facts_stopped(&w->elsewhere)) {
		report_stopped(&w->a->diags, &w->elsewhere);
		return false;
	}
	for (size_t i = 0; i < w->q->n_types; i++) {
		const struct search *s = &w->searches[i];

		if (s->opaque && s->n_definitions == 0)
			complete(w, opaque_target(s), &wrong);
	}
	return !wrong;
}

static bool is_completed(const struct work *w, const struct search *s)
{
	const struct fact_die *target = opaque_target(s);

	for (size_t i = 0; i < w->n_completions; i++)
		if (dies_have_one_name(w->completions[i].declared, target))
			return true;
	return false;
}

/* ---- layouts ---- */

static void describe_found(struct work *w, struct search *s, struct fact_die *die)
{
	struct layout *l = layouts_add(&w->a->layouts);

	if (!describe_for_all(&w->a->diags, die, w->completions, w->n_completions,
			      w->q->nested ? FIELDS_NESTED : FIELDS_OWN, l)) {
		w->a->layouts.n--;
		return;
	}
	free(l->name);
	l->name = text_copy(s->wanted.name);
	l->kind = s->wanted.kind;
}

static void answer_one(struct work *w, struct search *s, struct facts *names)
{
	if (s->n_definitions > 1)
		report_two(&w->a->diags, s);
	else if (s->n_definitions == 1)
		describe_found(w, s, s->definitions[0].die);
	else if (s->opaque && is_completed(w, s))
		describe_found(w, s, s->opaque);
	else if (s->opaque || s->declaration)
		report_declared(&w->a->diags, s->opaque ? opaque_target(s) : s->declaration);
	else
		report_missing(&w->a->diags, &s->wanted, &w->inputs, names, &w->facts);
}

static bool nothing_found(const struct search *searches, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (searches[i].n_definitions || searches[i].opaque || searches[i].declaration)
			return false;
	return true;
}

static bool lacks_any(const struct search *searches, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (nothing_found(&searches[i], 1))
			return true;
	return false;
}

/* The names that there are in the group, for messages. */
static void ask_for_names(struct work *w, struct facts *names)
{
	struct fact_request request = request_of(w->q, FACT_NAMES);

	request.inputs = &w->inputs;
	for (size_t i = 0; i < w->q->n_types; i++)
		words_add(&request.names, name_last(w->q->types[i].name));
	ask_for(w, &request, names);
}

static void answer_group(struct work *w)
{
	const struct dwarf_question *q = w->q;
	const struct fact_object *in = NULL;
	struct facts names = { 0 };
	char *nonsense = NULL;

	if (!search_all(&w->facts, &w->group, w->searches, q->n_types, &in, &nonsense)) {
		report_nonsense(&w->a->diags, in, nonsense);
		free(nonsense);
		return;
	}
	if (lacks_any(w->searches, q->n_types))
		ask_for_names(w, &names);
	if (nothing_found(w->searches, q->n_types) && !names.has_types)
		report_no_types(&w->a->diags, &w->facts, &w->inputs);
	else if (complete_all(w))
		for (size_t i = 0; i < q->n_types; i++)
			answer_one(w, &w->searches[i], &names);
	facts_free(&names);
}

static void answer_groups(struct work *w)
{
	const struct dwarf_question *q = w->q;

	find_groups(w);
	w->searches = text_alloc(q->n_types, sizeof(*w->searches));
	for (size_t g = 0; g < w->n_targets; g++) {
		size_t before = w->a->diags.n;

		w->group = (struct group){ w->group_of_input, g };
		for (size_t i = 0; i < q->inputs->n; i++)
			if (w->group_of_input[i] == g)
				words_add(&w->inputs, q->inputs->v[i]);
		for (size_t i = 0; i < q->n_types; i++)
			w->searches[i].wanted = q->types[i];
		answer_group(w);
		for (size_t i = before; w->n_targets > 1 && i < w->a->diags.n; i++)
			report_target(&w->a->diags.v[i], w->targets[g]);
		for (size_t i = 0; i < q->n_types; i++)
			search_free(&w->searches[i]);
		facts_free(&w->elsewhere);
		words_free(&w->inputs);
		w->n_completions = 0;
	}
	free(w->searches);
}

static void answer_types(struct work *w)
{
	struct fact_request request = request_of(w->q, FACT_FIND);

	for (size_t i = 0; i < w->q->n_types; i++)
		words_add(&request.names, name_last(w->q->types[i].name));
	words_sort_unique(&request.names);
	ask_for(w, &request, &w->facts);
	if (facts_stopped(&w->facts))
		report_stopped(&w->a->diags, &w->facts);
	else
		answer_groups(w);
}

/* ---- a list ---- */

static void answer_list(struct work *w)
{
	struct fact_request request = request_of(w->q, FACT_LIST);
	struct dwarf_list list = { .layouts = &w->a->layouts, .diags = &w->a->diags };

	w->engine(&request, &w->facts, list_take, &list);
	words_add_all(&w->a->files, &w->facts.files);
	if (facts_stopped(&w->facts))
		report_stopped(&w->a->diags, &w->facts);
	else if (w->a->layouts.n == 0 && !diag_failed(&w->a->diags)) {
		struct facts names = { 0 };

		words_add_all(&w->inputs, w->q->inputs);
		ask_for_names(w, &names);
		if (!names.has_types)
			report_no_types(&w->a->diags, &w->facts, &w->inputs);
		facts_free(&names);
		words_free(&w->inputs);
	}
	list_end(&list);
}

void dwarf_answer(const struct dwarf_question *q, fact_engine *engine, struct dwarf_answer *a)
{
	struct work w = { .q = q, .engine = engine, .a = a };
	const struct fact_error *stopped;

	memset(a, 0, sizeof(*a));
	if (q->n_types > 0)
		answer_types(&w);
	else
		answer_list(&w);
	stopped = facts_stopped(&w.facts);
	a->unable = stopped && stopped->kind == FACT_UNABLE;
	if (diag_failed(&a->diags))
		layouts_free(&a->layouts);
	words_sort_unique(&a->files);
	facts_free(&w.facts);
	for (size_t i = 0; w.targets && i < w.n_targets; i++)
		free(w.targets[i]);
	free(w.targets);
	free(w.group_of_input);
	free(w.completions);
}

void dwarf_answer_free(struct dwarf_answer *a)
{
	layouts_free(&a->layouts);
	diag_free(&a->diags);
	words_free(&a->files);
}
