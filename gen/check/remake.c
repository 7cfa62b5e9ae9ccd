/* SPDX-License-Identifier: MIT */
#include "check/remake.h"

#include "base/paths.h"
#include "base/text.h"
#include "base/words.h"
#include "check/choose_compilers.h"
#include "check/floors.h"
#include "check/trust.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- the file as it is ---- */

/* git may give text files CR LF where they are checked out. */
static bool remove_cr(char *text)
{
	char *to = text;
	bool removed = false;

	for (const char *from = text; *from; from++) {
		if (from[0] == '\r' && from[1] == '\n')
			removed = true;
		else
			*to++ = *from;
	}
	*to = '\0';
	return removed;
}

char *remade_read(const char *file, bool *has_cr, struct diags *diags)
{
	const struct place at = { .file = file };
	size_t len;
	char *text = text_read_file(file, &len);

	if (!text) {
		diag_add(diags, SEVERITY_ERROR, &at, "cannot be read: %s", strerror(errno));
		return NULL;
	}
	if (strlen(text) != len) {
		diag_add(diags, SEVERITY_ERROR, &at, "is no text: it has a zero byte");
		free(text);
		return NULL;
	}
	*has_cr = remove_cr(text);
	return text;
}

/* ---- the project ---- */

static const char *argument_of(const struct words *command, const char *option)
{
	for (size_t i = 0; i + 1 < command->n; i++)
		if (strcmp(command->v[i], option) == 0)
			return command->v[i + 1];
	return NULL;
}

/* What the header is called, from where the project starts; NULL: its banner leaves that out. */
static const char *name_of(const struct claim *claim, const char *option)
{
	const char *name = argument_of(&claim->command, option);
	bool built = name && !strchr(name, '/') && argument_of(&claim->command, "-p");

	return built ? NULL : name;
}

/* Where a path starts that ends as the other; NULL: it does not. */
static char *start_of(const char *file, const char *end)
{
	size_t len = strlen(file), end_len = end ? strlen(end) : 0;

	if (!end_len || len <= end_len || file[len - end_len - 1] != '/' || !text_ends(file, end))
		return NULL;
	return text_copy_n(file, len - end_len - 1);
}

/*
 * The project is in the repository around the header, or around us; inside that, the header itself
 * may say where it starts, for what its banner calls it is its path from there.
 */
static char *find_root(const struct request *check, const char *file, const struct claim *claim)
{
	char *here, *outer, *start;

	if (check->root)
		return path_real(check->root);
	here = path_here();
	outer = request_root(file, here);
	free(here);
	start = start_of(file, name_of(claim, "-o"));
	if (!start)
		start = start_of(file, name_of(claim, "--fwd"));
	if (!start)
		start = start_of(file, name_of(claim, "--private"));
	if (!start || !path_inside(outer, start)) {
		free(start);
		return outer;
	}
	free(outer);
	return start;
}

/* ---- what was made together ---- */

static bool is_name_of(const char *file, const char *path)
{
	return path && strcmp(path_name(file), path_name(path)) == 0;
}

/* Is the file the light half, rather than the full header? */
static bool is_light(const struct request *r, const char *file)
{
	if (r->forward && strcmp(file, r->forward) == 0)
		return true;
	return is_name_of(file, r->forward) && !is_name_of(file, r->output);
}

/* The other half: where it is from the one that we have, by the banner. */
static char *find_other(const struct request *r, const char *file, const char *claimed,
			const char *other, struct diags *diags)
{
	char *from = path_dir(claimed), *to = path_dir(file);
	char *way = path_from(from, other), *whole = path_join(to, way), *real = path_real(whole);

	if (!path_inside(r->root, real) && !path_inside(to, real)) {
		diag_error(diags, "the header names '%s', which is outside the project", way);
		free(real);
		real = NULL;
	}
	free(from);
	free(to);
	free(way);
	free(whole);
	return real;
}

static void replace(char **slot, char *with)
{
	free(*slot);
	*slot = with;
}

/* The banner shows an installed header as it was before. */
static void show_as(struct request *r, const char *real, const char *claimed)
{
	if (!real || path_inside(r->root, real))
		return;
	words_add(&r->shown, real);
	words_add(&r->shown, path_inside(r->root, claimed));
}

/* The header may have been moved, or installed, since it was made. */
static bool find_outputs(struct remade *m, const char *file, struct diags *diags)
{
	struct request *r = &m->request;
	bool light = is_light(r, file);
	char **ours = light ? &r->forward : &r->output, **others = light ? &r->output : &r->forward;
	char *claimed = *ours ? text_copy(*ours) : NULL;
	char *other = *others ? text_copy(*others) : NULL;
	bool good = true;

	if (claimed && other) {
		replace(&other, find_other(r, file, claimed, *others, diags));
		good = other;
	}
	if (claimed && good) {
		show_as(r, file, claimed);
		replace(ours, text_copy(file));
	}
	if (other && good) {
		show_as(r, other, *others);
		replace(others, text_copy(other));
	}
	m->header = light ? other : text_copy(file);
	m->forward = light ? text_copy(file) : other;
	free(claimed);
	return good;
}

/* ---- again ---- */

static bool understand(const struct request *check, const char *file, struct remade *m,
		       struct diags *diags)
{
	const struct claim *claim = &m->claim;
	const struct place at = { file, claim->line, 1 };
	struct diags said = { NULL, 0 };
	char *root = find_root(check, file, claim);
	bool good = request_parse_claim(&m->request, &claim->command, check, root, &said) &&
		    find_outputs(m, file, &said) && request_settle(&m->request, &said) &&
		    choose_compilers(&m->request, claim, &check->compilers, &said);

	diag_move_to(diags, &said, &at);
	free(root);
	return good;
}

/* What confirmed a rung before has to do so again. */
static bool check_rungs(const struct claim *claim, const struct claim *fresh,
			const struct place *at, struct diags *diags)
{
	for (size_t i = 0; i < claim->rungs.n; i++) {
		if (words_have(&fresh->rungs, claim->rungs.v[i]))
			continue;
		diag_add(diags, SEVERITY_ERROR, at, "the header says '%s', which does not hold now",
			 claim->rungs.v[i]);
		diag_note(diags, "name the compilers that confirmed it, each with a --cc");
		return false;
	}
	return true;
}

/* Another target's numbers say nothing of this one's. */
static bool check_target(const char *file, const struct claim *claim, const char *now,
			 struct diags *diags)
{
	const struct place at = { file, claim->line, 1 };
	struct claim fresh;
	bool good = claim_read(&fresh, now, file, diags) && check_rungs(claim, &fresh, &at, diags);

	if (good && claim->target && fresh.target && strcmp(claim->target, fresh.target) != 0) {
		diag_add(diags, SEVERITY_ERROR, &at, "the header is for %s, the compiler for %s",
			 claim->target, fresh.target);
		diag_note(diags, "name a compiler for %s with --cc", claim->target);
		good = false;
	}
	claim_free(&fresh);
	return good;
}

static bool make(const struct request *check, const char *file, struct remade *m,
		 struct diags *diags)
{
	const struct place at = { file, m->claim.line, 1 };
	struct diags said = { NULL, 0 };
	bool good = generate(&m->request, &m->now, &said);

	if (!good)
		diag_add(&said, SEVERITY_NOTE, &at, "this header cannot be made again");
	diag_move(diags, &said);
	return good && floors_check(check, file, m, diags) &&
	       check_target(file, &m->claim,
			    m->request.has_private ? m->now.forward_text : m->now.text, diags);
}

bool remake(const struct request *check, const char *file, struct remade *m, struct diags *diags)
{
	bool has_cr;
	char *text = remade_read(file, &has_cr, diags);
	bool good;

	*m = (struct remade){ 0 };
	good = text && claim_read(&m->claim, text, file, diags) &&
	       understand(check, file, m, diags) && make(check, file, m, diags);
	free(text);
	return good;
}

static bool same_argument(const struct claim *a, const struct claim *b, const char *option)
{
	const char *x = argument_of(&a->command, option), *y = argument_of(&b->command, option);

	return x && y ? strcmp(x, y) == 0 : !x && !y;
}

bool remade_belongs(const struct remade *m, const char *file, const char *text, struct diags *diags)
{
	const struct place at = { file, 1, 1 };
	struct claim other;
	bool good;

	if (m->request.has_private && claim_is_public_half(text))
		return true; /* it has no banner of its own */
	good = claim_read(&other, text, file, diags);
	if (good &&
	    !(same_argument(&m->claim, &other, "-o") && same_argument(&m->claim, &other, "--fwd") &&
	      same_argument(&m->claim, &other, "--private"))) {
		diag_add(diags, SEVERITY_ERROR, &at,
			 "another header's banner takes this for a part of that header");
		good = false;
	}
	claim_free(&other);
	return good;
}

void remade_release(struct remade *m)
{
	claim_free(&m->claim);
	generated_release(&m->now);
	request_release(&m->request);
	free(m->header);
	free(m->forward);
}
