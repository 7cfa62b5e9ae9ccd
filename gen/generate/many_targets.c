/* SPDX-License-Identifier: MIT */
#include "generate/many_targets.h"

#include "base/text.h"
#include "base/words.h"
#include "compile/compiler.h"
#include "generate/compilation.h"
#include "generate/find_layouts.h"

#include <stdlib.h>
#include <string.h>

/* One target, and how its numbers are got. */
struct rung {
	const struct target *known;
	char *triple;	 /* for libclang; NULL: the compiler's */
	struct words cc; /* its compiler; empty: none */
};

struct rungs {
	struct rung *v;
	size_t n;
};

/* ---- which there are ---- */

static void report_unknown(const char *what, struct diags *diags)
{
	struct text t;
	char *names;

	text_open(&t);
	for (size_t i = 0; i < n_known_targets; i++)
		fprintf(t.file, "%s%s", i ? ", " : "", known_targets[i].name);
	names = text_close(&t);
	diag_error(diags, "%s is not a target that a header can tell from others", what);
	diag_note(diags, "known are %s", names);
	free(names);
}

static struct rung *find_rung(const struct rungs *all, const struct target *known)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].known == known)
			return &all->v[i];
	return NULL;
}

static struct rung *add_rung(struct rungs *all, const struct target *known, const char *triple)
{
	struct rung *rung;

	all->v = text_resize(all->v, all->n + 1, sizeof(*all->v));
	rung = &all->v[all->n++];
	*rung = (struct rung){ .known = known, .triple = triple ? text_copy(triple) : NULL };
	return rung;
}

static bool add_target(struct rungs *all, const char *word, struct diags *diags)
{
	const struct target *known = target_find(word);
	char *quoted;

	if (known && !find_rung(all, known)) {
		add_rung(all, known, strcmp(known->name, word) == 0 ? known->triple : word);
		return true;
	}
	if (known) {
		diag_error(diags, "--target %s is given twice", known->name);
		return false;
	}
	quoted = text_format("'%s'", word);
	report_unknown(quoted, diags);
	free(quoted);
	return false;
}

/* The request for one rung alone: a copy that owns nothing, good while both are there. */
static struct request request_for(const struct request *r, const struct rung *rung)
{
	struct request one = *r;

	one.target = rung->cc.n > 0 ? NULL : rung->triple;
	one.cc = rung->cc;
	one.targets = one.compilers = (struct words){ NULL, 0 };
	return one;
}

static bool place_compiler(struct rungs *all, const char *command, const struct words *cc,
			   const struct target *known, struct diags *diags)
{
	struct rung *rung = known ? find_rung(all, known) : NULL;
	char *what;

	if (!known) {
		what = text_format("what the compiler '%s' compiles for", command);
		report_unknown(what, diags);
		free(what);
		return false;
	}
	if (rung && rung->cc.n > 0) {
		diag_error(diags, "two compilers are for the target %s: '%s' and '%s'", known->name,
			   rung->cc.v[0], cc->v[0]);
		return false;
	}
	if (!rung)
		rung = add_rung(all, known, NULL);
	words_add_all(&rung->cc, cc);
	return true;
}

static bool add_compiler(const struct request *r, struct rungs *all, const char *command,
			 struct diags *diags)
{
	struct compiler_facts facts = { 0 };
	struct words cc = { NULL, 0 };
	bool good = words_split(&cc, command) && cc.n > 0;

	if (!good)
		diag_error(diags, "'%s' is not a compiler's command", command);
	else
		good = compilation_ask(r, &cc, &facts, diags) &&
		       place_compiler(all, command, &cc, facts.known, diags);
	compiler_facts_free(&facts);
	words_free(&cc);
	return good;
}

static bool find_rungs(const struct request *r, struct rungs *all, struct diags *diags)
{
	bool good = true;

	for (size_t i = 0; i < r->targets.n && good; i++)
		good = add_target(all, r->targets.v[i], diags);
	for (size_t i = 0; i < r->compilers.n && good; i++)
		good = add_compiler(r, all, r->compilers.v[i], diags);
	return good;
}

static void free_rungs(struct rungs *all)
{
	for (size_t i = 0; i < all->n; i++) {
		free(all->v[i].triple);
		words_free(&all->v[i].cc);
	}
	free(all->v);
}

/* ---- their layouts ---- */

static bool read_rung(const struct request *r, const struct rung *rung, struct found_layouts *found,
		      struct diags *diags)
{
	const struct request one = request_for(r, rung);
	bool good = find_layouts(&one, FOR_HEADER, found, diags);

	if (!good)
		diag_note(diags, "this happens on %s", rung->known->name);
	if (!good && rung->cc.n == 0)
		diag_note(diags, "a compiler for it, named with --cc, knows where its headers are");
	return good;
}

static struct header_target *add_header_target(struct header_targets *all,
					       const struct target *known)
{
	all->v = text_resize(all->v, all->n + 1, sizeof(*all->v));
	all->v[all->n] = (struct header_target){ .known = known };
	return &all->v[all->n++];
}

bool many_targets_find(const struct request *r, struct header_targets *all, struct words *files,
		       struct diags *diags)
{
	struct rungs rungs = { NULL, 0 };
	bool good = find_rungs(r, &rungs, diags);

	for (size_t i = 0; i < rungs.n && good; i++) {
		struct header_target *target = add_header_target(all, rungs.v[i].known);
		struct found_layouts found;

		good = read_rung(r, &rungs.v[i], &found, diags);
		target->confirmed = found.confirmed;
		layouts_move(&target->layouts, &found.layouts);
		words_add_all(files, &found.files);
		found_layouts_free(&found);
	}
	free_rungs(&rungs);
	return good;
}

bool many_targets_split(const struct request *r, struct layouts *layouts,
			struct header_targets *all, struct diags *diags)
{
	size_t n = layouts->n / r->types.n;
	bool good = true;

	for (size_t i = 0; i < layouts->n && good; i++) {
		struct layout *l = &layouts->v[i];
		const struct target *known = target_find(l->target);

		if (i % r->types.n == 0)
			add_header_target(all, known);
		good = n == 1 || known;
		if (!good)
			report_unknown(l->target, diags);
		*layouts_add(&all->v[all->n - 1].layouts) = *l;
		memset(l, 0, sizeof(*l));
	}
	return good;
}

void header_targets_free(struct header_targets *all)
{
	for (size_t i = 0; i < all->n; i++)
		layouts_free(&all->v[i].layouts);
	free(all->v);
}
