/* SPDX-License-Identifier: MIT */
#include "check/match_compilers.h"

#include "base/text.h"
#include "base/words.h"
#include "generate/banner.h"
#include "generate/compilation.h"
#include "model/targets.h"

#include <stdlib.h>
#include <string.h>

/* ---- what a compiler is for ---- */

typedef bool fits_function(const struct old_banner *banner, const struct compiler_facts *facts);

static bool is_of_target(const struct old_banner *banner, const struct compiler_facts *facts)
{
	const struct target *known = banner->target ? target_find(banner->target) : NULL;
	char *triple;
	bool same;

	if (known || facts->known)
		return known == facts->known;
	triple = banner_target(facts->target);
	same = banner->target && strcmp(triple, banner->target) == 0;
	free(triple);
	return same;
}

static const char confirmation[] = ", confirmed by the compiler";

/* A rung that libclang alone answered for is left to it. */
static bool is_of_rung(const struct old_banner *banner, const struct compiler_facts *facts)
{
	char *rung = text_format("%s%s", facts->known ? facts->known->name : "", confirmation);
	bool fits = words_have(&banner->rungs, rung);

	free(rung);
	return fits;
}

/* A compiler may not know the flags of a header that is for another one: that is no error yet. */
static bool add_fitting(const struct request *r, const struct old_banner *banner,
			const char *command, fits_function *fits, struct words *fitting,
			struct diags *unheard)
{
	struct compiler_facts facts = { 0 };
	struct words cc = { NULL, 0 };
	bool good = words_split(&cc, command) && cc.n > 0;

	if (good && compilation_ask(r, &cc, &facts, unheard) && fits(banner, &facts))
		words_add(fitting, command);
	compiler_facts_free(&facts);
	words_free(&cc);
	return good;
}

/* Those that fit, in *fitting. Only if too few do is it reported why others cannot be asked. */
static bool find_fitting(const struct request *r, const struct old_banner *banner,
			 const struct words *compilers, fits_function *fits, size_t needed,
			 struct words *fitting, struct diags *diags)
{
	struct diags unheard = { NULL, 0 };
	bool good = true;

	for (size_t i = 0; i < compilers->n && good; i++) {
		good = add_fitting(r, banner, compilers->v[i], fits, fitting, &unheard);
		if (!good)
			diag_error(diags, "'%s' is not a compiler's command", compilers->v[i]);
	}
	if (fitting->n < needed)
		diag_move(diags, &unheard);
	diag_free(&unheard);
	return good && !diag_failed(diags);
}

/* ---- a header for one target ---- */

static bool choose_one(struct request *r, const struct old_banner *banner,
		       const struct words *compilers, struct diags *diags)
{
	const char *target = banner->target ? banner->target : "its target";
	struct words fitting = { NULL, 0 };
	bool good = true;

	if (compilers->n == 1) /* should it not fit, the header's numbers tell */
		words_add_all(&fitting, compilers);
	else
		good = find_fitting(r, banner, compilers, is_of_target, 1, &fitting, diags);
	if (good && fitting.n > 1) {
		diag_error(diags, "two compilers are for the header's target %s: '%s' and '%s'",
			   target, fitting.v[0], fitting.v[1]);
		good = false;
	} else if (good && fitting.n == 0) {
		diag_error(diags, "no compiler of --cc is for the header's target %s", target);
		diag_note(diags, "name one with another --cc");
		good = false;
	}
	good = good && words_split(&r->cc, fitting.v[0]);
	words_free(&fitting);
	return good;
}

/* ---- either ---- */

static size_t confirmed_rungs(const struct old_banner *banner)
{
	size_t n = 0;

	for (size_t i = 0; i < banner->rungs.n; i++)
		n += text_ends(banner->rungs.v[i], confirmation);
	return n;
}

bool match_compilers(struct request *r, const struct old_banner *banner,
		     const struct words *compilers, struct diags *diags)
{
	if (!input_is_source(r->from))
		return true;	   /* it is compiled already */
	if (request_has_floors(r)) /* for any target: floors_check() tries the others */
		return compilers->n == 0 || words_split(&r->cc, compilers->v[0]);
	if (request_has_many_targets(r))
		return find_fitting(r, banner, compilers, is_of_rung, confirmed_rungs(banner),
				    &r->compilers, diags);
	if (r->target && !banner->confirmed)
		return true; /* libclang was all that was asked */
	if (r->target && compilers->n == 0) {
		diag_error(diags, "a compiler for %s confirmed the header", r->target);
		diag_note(diags, "name it with --cc");
		return false;
	}
	return compilers->n == 0 || choose_one(r, banner, compilers, diags);
}
