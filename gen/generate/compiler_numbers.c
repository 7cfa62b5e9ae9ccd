/* SPDX-License-Identifier: MIT */
#include "generate/compiler_numbers.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the compiler says while the stand-ins say these layouts. */
static bool look(const struct compiler_numbers_request *r, const struct layouts *layouts,
		 bool neutral, struct read_answer *answer, struct diags *diags)
{
	struct stand_in stand_ins[MOST_STAND_INS];
	struct cc_request cc = {
		.compile = r->compile,
		.input = r->input,
		.types = layouts,
		.stand_ins = stand_ins,
		.forced = r->used_stand_in,
		.alone = r->alone,
	};

	if (r->used_stand_in || r->alone)
		cc.n_stand_ins = r->stand_ins(r->context, layouts, neutral, stand_ins);
	return read_cc(&cc, answer, diags);
}

/* The owner's checks may fail only because the numbers are wrong: then once more without. */
static bool look_twice(const struct compiler_numbers_request *r, const struct layouts *layouts,
		       bool *clean, struct read_answer *answer, struct diags *diags)
{
	struct diags unheard = { NULL, 0 }; /* says nothing that the first does not */
	bool good = look(r, layouts, false, answer, diags);

	*clean = good;
	if (!good && r->used_stand_in) {
		read_answer_free(answer);
		good = look(r, layouts, true, answer, &unheard);
	}
	diag_free(&unheard);
	return good;
}

static void take(struct layouts *to, struct layouts *from)
{
	layouts_free(to);
	*to = *from;
	*from = (struct layouts){ NULL, 0 };
}

enum outcome { SETTLED, CHANGED, FAILED };

/* Where the compiler says the same as before, complaints of the owner's checks are for the user. */
static enum outcome measure_once(const struct compiler_numbers_request *r, struct layouts *now,
				 struct diags *diags)
{
	struct diags first = { NULL, 0 };
	struct read_answer answer;
	enum outcome outcome = FAILED;
	bool clean;

	if (look_twice(r, now, &clean, &answer, &first)) {
		if (!layouts_same(now, &answer.layouts))
			outcome = r->used_stand_in ? CHANGED : SETTLED;
		else if (clean)
			outcome = SETTLED;
		take(now, &answer.layouts);
	}
	if (outcome == FAILED)
		diag_move(diags, &first);
	diag_free(&first);
	read_answer_free(&answer);
	return outcome;
}

bool compiler_numbers_measure(const struct compiler_numbers_request *r, struct layouts *layouts,
			      struct diags *diags)
{
	struct layouts now;
	enum outcome outcome = CHANGED;

	layouts_copy(&now, layouts);
	for (int round = 0; round < MOST_ROUNDS && outcome == CHANGED; round++)
		outcome = measure_once(r, &now, diags);
	if (outcome == CHANGED)
		diag_error(diags,
			   "the compiler's layout of '%s' depends on the header that is made "
			   "from it",
			   layouts->v[0].name);
	if (outcome == SETTLED)
		take(layouts, &now);
	layouts_free(&now);
	return outcome == SETTLED;
}

/* ---- the compiler alone ---- */

static bool have_stand_in_files(const struct compiler_numbers_request *r,
				const struct layouts *made_up)
{
	struct stand_in stand_ins[MOST_STAND_INS];
	size_t n = r->stand_ins(r->context, made_up, true, stand_ins);

	for (size_t i = 0; i < n; i++)
		if (access(stand_ins[i].path, F_OK) == 0)
			return true;
	return false;
}

/*
 * First with stand-ins only where nothing else is found. If they, or the old files that they stand
 * in for, are read, or if those might be what stops the compiler, then with stand-ins for sure.
 */
static bool look_first(struct compiler_numbers_request *r, const struct layouts *made_up,
		       struct read_answer *answer, struct diags *diags)
{
	struct diags unheard = { NULL, 0 };
	bool good = look(r, made_up, true, answer, diags);

	r->used_stand_in = good ? answer->used_stand_in : have_stand_in_files(r, made_up);
	if (!r->used_stand_in)
		return good;
	read_answer_free(answer);
	if (good)
		return look(r, made_up, true, answer, diags);
	good = look(r, made_up, true, answer, &unheard);
	diag_free(good ? diags : &unheard);
	return good;
}

bool compiler_numbers_alone(const struct compiler_numbers_request *r, const struct layouts *made_up,
			    struct read_answer *answer, struct diags *diags)
{
	struct compiler_numbers_request alone = *r;
	struct diags first = { NULL, 0 };
	bool good = look_first(&alone, made_up, answer, &first);

	diag_move(diags, &first);
	good = good &&
	       (!alone.used_stand_in || compiler_numbers_measure(&alone, &answer->layouts, diags));
	answer->used_stand_in = alone.used_stand_in;
	return good;
}
