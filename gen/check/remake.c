/* SPDX-License-Identifier: MIT */
#include "check/remake.h"

#include "base/paths.h"
#include "base/text.h"
#include "base/words.h"
#include "check/banner_request.h"
#include "check/floors.h"
#include "check/match_compilers.h"
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
		diag_add(diags, SEVERITY_ERROR, &at, "is not text: it has a zero byte");
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
static const char *name_of(const struct old_banner *banner, const char *option)
{
	const char *name = argument_of(&banner->command, option);
	bool built = name && !strchr(name, '/') && argument_of(&banner->command, "-p");

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
static char *find_root(const struct request *check, const char *file,
		       const struct old_banner *banner)
{
	char *here, *outer, *start;

	if (check->root)
		return path_real(check->root);
	here = path_here();
	outer = request_root(file, here);
	free(here);
	start = start_of(file, name_of(banner, "-o"));
	if (!start)
		start = start_of(file, name_of(banner, "--fwd"));
	if (!start)
		start = start_of(file, name_of(banner, "--private"));
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
	const char *second = request_second_half(r)->given;

	if (second && strcmp(file, second) == 0)
		return true;
	return is_name_of(file, second) && !is_name_of(file, r->output.given);
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
	words_add(&r->header.shown, real);
	words_add(&r->header.shown, path_inside(r->root, claimed));
}

/* The header may have been moved, or installed, since it was made. */
static bool find_outputs(struct remade *m, const char *file, struct diags *diags)
{
	struct request *r = &m->request;
	bool light = is_light(r, file);
	struct output_path *second =
		r->header.private_half.given ? &r->header.private_half : &r->header.forward;
	char **ours = light ? &second->given : &r->output.given,
	     **others = light ? &r->output.given : &second->given;
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
	const struct old_banner *banner = &m->banner;
	const struct place at = { file, banner->line, 1 };
	struct diags said = { NULL, 0 };
	char *root = find_root(check, file, banner);
	bool good = banner_request(&m->request, &banner->command, check, root, &said) &&
		    find_outputs(m, file, &said) && request_settle_header(&m->request, &said) &&
		    match_compilers(&m->request, banner, &check->compilers, &said);

	diag_move_to(diags, &said, &at);
	free(root);
	return good;
}

/* What confirmed a rung before has to do so again. */
static bool check_rungs(const struct old_banner *banner, const struct old_banner *fresh,
			const struct place *at, struct diags *diags)
{
	for (size_t i = 0; i < banner->rungs.n; i++) {
		if (words_have(&fresh->rungs, banner->rungs.v[i]))
			continue;
		diag_add(diags, SEVERITY_ERROR, at, "the header says '%s', which does not hold now",
			 banner->rungs.v[i]);
		diag_note(diags, "name the compilers that confirmed it, each with a --cc");
		return false;
	}
	return true;
}

/* Another target's numbers say nothing of this one's. */
static bool check_target(const char *file, const struct old_banner *banner, const char *now,
			 struct diags *diags)
{
	const struct place at = { file, banner->line, 1 };
	struct old_banner fresh;
	bool good = old_banner_read(&fresh, now, file, diags) &&
		    check_rungs(banner, &fresh, &at, diags);

	if (good && banner->target && fresh.target && strcmp(banner->target, fresh.target) != 0) {
		diag_add(diags, SEVERITY_ERROR, &at, "the header is for %s, the compiler for %s",
			 banner->target, fresh.target);
		diag_note(diags, "name a compiler for %s with --cc", banner->target);
		good = false;
	}
	old_banner_free(&fresh);
	return good;
}

static bool make(const struct request *check, const char *file, struct remade *m,
		 struct diags *diags)
{
	const struct place at = { file, m->banner.line, 1 };
	struct diags said = { NULL, 0 };
	bool good = generate(&m->request, &m->now, &said);

	if (!good)
		diag_add(&said, SEVERITY_NOTE, &at, "this header cannot be made again");
	diag_move(diags, &said);
	if (good)
		good = floors_check(check, &m->request, &m->now.layouts, &at, diags);
	if (m->request.header.private_half.given) /* has the banner */
		return good && check_target(file, &m->banner, m->now.forward_text, diags);
	return good && check_target(file, &m->banner, m->now.text, diags);
}

bool remake(const struct request *check, const char *file, struct remade *m, struct diags *diags)
{
	bool has_cr;
	char *text = remade_read(file, &has_cr, diags);
	bool good;

	*m = (struct remade){ 0 };
	good = text && old_banner_read(&m->banner, text, file, diags) &&
	       understand(check, file, m, diags) && make(check, file, m, diags);
	free(text);
	return good;
}

static bool same_argument(const struct old_banner *a, const struct old_banner *b,
			  const char *option)
{
	const char *x = argument_of(&a->command, option), *y = argument_of(&b->command, option);

	return x && y ? strcmp(x, y) == 0 : !x && !y;
}

bool remade_belongs(const struct remade *m, const char *file, const char *text, struct diags *diags)
{
	const struct place at = { file, 1, 1 };
	struct old_banner other;
	bool good;

	if (m->request.header.private_half.given && old_banner_is_elsewhere(text))
		return true; /* it has no banner of its own */
	good = old_banner_read(&other, text, file, diags);
	if (good && !(same_argument(&m->banner, &other, "-o") &&
		      same_argument(&m->banner, &other, "--fwd") &&
		      same_argument(&m->banner, &other, "--private"))) {
		diag_add(diags, SEVERITY_ERROR, &at,
			 "another header's banner takes this for a part of that header");
		good = false;
	}
	old_banner_free(&other);
	return good;
}

void remade_release(struct remade *m)
{
	old_banner_free(&m->banner);
	generated_release(&m->now);
	request_release(&m->request);
	free(m->header);
	free(m->forward);
}
