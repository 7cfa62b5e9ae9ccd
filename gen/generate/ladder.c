/* SPDX-License-Identifier: MIT */
#include "generate/ladder.h"

#include "base/text.h"
#include "base/words.h"
#include "compile/compiler.h"
#include "generate/banner.h"
#include "generate/compose.h"
#include "generate/source.h"

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

/* The request for one rung alone; its cc is to be freed. */
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
		good = source_ask(r, &cc, &facts, diags) &&
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

/* ---- the header ---- */

static bool compose_all(const struct request *r, const char *command,
			const struct header_target *parts, size_t n, struct generated *g,
			struct diags *diags)
{
	const struct composition c = { r, command, parts, n, false };

	if (!compose_check(&c, diags))
		return false;
	compose(&c, &g->text, &g->forward_text);
	return true;
}

/* Made again by the names of its targets; compilers are never named. */
static char *command_for(const struct request *r, const struct rungs *all)
{
	struct request shown = *r;
	char *command;

	shown.targets = (struct words){ NULL, 0 };
	for (size_t i = 0; i < all->n; i++)
		words_add(&shown.targets, all->v[i].known->name);
	command = banner_command(&shown);
	words_free(&shown.targets);
	return command;
}

static bool read_rung(const struct request *r, const struct rung *rung, struct generated *part,
		      struct diags *diags)
{
	const struct request one = request_for(r, rung);
	bool good = generate_from_source(&one, "", part, diags);

	if (!good)
		diag_note(diags, "so it is on %s", rung->known->name);
	if (!good && rung->cc.n == 0)
		diag_note(diags, "a compiler for it, named with --cc, knows where its headers are");
	return good;
}

/* One triple for each, whatever its compiler or libclang calls it. */
static void name_target(struct layouts *all, const struct target *known)
{
	for (size_t i = 0; i < all->n; i++) {
		free(all->v[i].target);
		all->v[i].target = text_copy(known->triple);
	}
}

bool ladder_from_source(const struct request *r, struct generated *g, struct diags *diags)
{
	struct rungs all = { NULL, 0 };
	bool good = find_rungs(r, &all, diags);
	struct generated *read = text_alloc(all.n, sizeof(*read));
	struct header_target *parts = text_alloc(all.n, sizeof(*parts));
	char *command = command_for(r, &all);

	for (size_t i = 0; i < all.n && good; i++) {
		good = read_rung(r, &all.v[i], &read[i], diags);
		words_add_all(&g->files, &read[i].files);
		parts[i] = (struct header_target){ .known = all.v[i].known,
						   .confirmed = read[i].confirmed,
						   .layouts = read[i].layouts };
	}
	good = good && compose_all(r, command, parts, all.n, g, diags);
	for (size_t i = 0; i < all.n; i++) {
		name_target(&read[i].layouts, all.v[i].known);
		if (good)
			layouts_move(&g->layouts, &read[i].layouts);
		generated_release(&read[i]);
	}
	free(command);
	free(parts);
	free(read);
	free_rungs(&all);
	return good;
}

bool ladder_from_layouts(const struct request *r, const char *command, const struct layouts *all,
			 struct generated *g, struct diags *diags)
{
	size_t n = all->n / r->n_wanted;
	struct header_target *parts = text_alloc(n, sizeof(*parts));
	bool good = true;

	for (size_t i = 0; i < n && good; i++) {
		struct layout *first = &all->v[i * r->n_wanted];

		parts[i].known = target_find(first->target);
		parts[i].layouts = (struct layouts){ first, r->n_wanted };
		good = n == 1 || parts[i].known;
		if (!good)
			report_unknown(first->target, diags);
	}
	good = good && compose_all(r, command, parts, n, g, diags);
	for (size_t i = 0; i < n && n > 1 && good; i++)
		name_target(&parts[i].layouts, parts[i].known);
	free(parts);
	return good;
}
