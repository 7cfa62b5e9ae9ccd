/* SPDX-License-Identifier: MIT */
#include "generate/compilation.h"

#include "base/paths.h"
#include "base/words.h"
#include "compile/clang_args.h"
#include "compile/compdb.h"
#include "compile/flags.h"
#include "compile/precompiled.h"

#include <stdlib.h>
#include <string.h>

/* --cc or $CC; without them the database's compiler, or else cc. */
static void get_command(const struct request *r, struct words *command)
{
	const char *cc = getenv("CC");

	if (r->cc.n > 0)
		words_add_all(command, &r->cc);
	else if (!r->database && (!cc || !words_split(command, cc) || command->n == 0))
		words_add(command, "cc");
	/* Relative to where the user is, which need not be where compilers run. */
	if (command->n > 0 && strchr(command->v[0], '/')) {
		char *here = path_here(), *whole = path_join(here, command->v[0]);

		if (r->database || strcmp(here, r->here) != 0)
			words_set(command, 0, whole);
		free(here);
		free(whole);
	}
}

bool compilation_ways(const struct request *r, struct compiles *all, struct diags *diags)
{
	struct words command = { NULL, 0 };
	bool good = true;

	get_command(r, &command);
	if (r->database)
		good = compile_from_database(r->database, r->input, r->root, all, diags);
	else
		compile_add(all, r->here, r->input, r->root);
	for (size_t i = 0; i < all->n && good; i++) {
		struct compile *c = &all->v[i];

		good = (command.n == 0 || compile_set_compiler(c, &command, diags)) &&
		       compile_flags_add(c, &r->flags, diags) &&
		       compile_flags_add(c, &r->header.more_flags, diags);
		if (good)
			precompiled_use_texts(c);
	}
	words_free(&command);
	return good;
}

bool compilation_ask(const struct request *r, const struct words *cc, struct compiler_facts *facts,
		     struct diags *diags)
{
	struct request one = *r;
	struct compiles compiles = { NULL, 0 };
	bool good;

	one.cc = *cc;
	good = compilation_ways(&one, &compiles, diags) &&
	       compiler_ask(&compiles.v[0], facts, diags);
	compiles_free(&compiles);
	return good;
}

bool compilation_is_confirmed(const struct request *r)
{
	return !r->no_confirm && (!r->target || r->cc.n > 0);
}

/* Must there be a compiler to imitate, or is it optional? */
static bool needs_compiler(const struct request *r)
{
	return !r->no_confirm || r->cc.n > 0 || r->database || getenv("CC");
}

static bool ask_compiler(const struct request *r, const struct compile *c,
			 struct compiler_facts *facts, struct diags *diags)
{
	struct diags unheard = { NULL, 0 };

	if (r->target && r->cc.n == 0)
		return true; /* libclang alone: no compiler for the target is known */
	if (needs_compiler(r))
		return compiler_ask(c, facts, diags);
	if (!compiler_ask(c, facts, &unheard))
		compiler_facts_free(facts);
	diag_free(&unheard);
	return true;
}

bool compilation_clang_args(const struct request *r, const struct compile *c,
			    struct compiler_facts *facts, struct words *args, struct diags *diags)
{
	if (!ask_compiler(r, c, facts, diags))
		return false;
	clang_args(c, facts, r->target, args);
	return true;
}

/* How to have a compiler asked, as each command has it; a list asks one unless told not to. */
static const char *way_to_compiler(const struct request *r)
{
	if (r->target && r->cc.n == 0)
		return "name it with --cc";
	return r->types.n == 0 ? "leave out --from clang" : "leave out --no-confirm";
}

bool compilation_check_dropped(const struct request *r, const struct words *dropped,
			       struct diags *diags)
{
	bool good = true;

	for (size_t i = 0; i < dropped->n; i++) {
		const char *flag = dropped->v[i];

		if (flag_fate_of(flag) == FLAG_LAYOUT) {
			diag_error(diags, "libclang does not know '%s', which layouts depend on",
				   flag);
			diag_note(diags, "the compiler does: %s", way_to_compiler(r));
			good = false;
		} else {
			diag_warning(diags,
				     "libclang does not know '%s', and does as for another "
				     "processor with the same macros",
				     flag);
		}
	}
	return good;
}
