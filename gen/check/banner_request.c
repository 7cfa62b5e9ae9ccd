/* SPDX-License-Identifier: MIT */
#include "check/banner_request.h"

#include "base/paths.h"
#include "base/text.h"
#include "base/words.h"
#include "check/trust.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The flags are of a database if they were so before, and of that which the user names. */
static bool take_database(struct request *r, const struct request *check, struct diags *diags)
{
	char *claimed = r->database;
	bool good = !claimed || check->database;

	r->database = claimed && check->database ? text_copy(check->database) : NULL;
	if (claimed && strcmp(claimed, banner_database) != 0) {
		diag_error(diags,
			   "the header names '%s' as a build directory, which no header may do",
			   claimed);
		good = false;
	} else if (!good) {
		diag_error(diags, "the header was made with the flags of a build directory");
		diag_note(diags, "name yours with -p");
	}
	free(claimed);
	return good;
}

/* The object of this name that the user gives. */
static const char *find_given(const struct words *given, const char *path)
{
	for (size_t i = 0; i < given->n; i++)
		if (strcmp(path_name(given->v[i]), path_name(path)) == 0)
			return given->v[i];
	return NULL;
}

/* An input is one that the user gives too, or one in the project. */
static bool take_input(struct request *r, size_t index, const struct words *given,
		       struct diags *diags)
{
	const char *path = r->inputs.v[index], *better = find_given(given, path);
	char *real = better ? path_real(better) : trust_path(r->root, path, diags);
	bool good = real && access(real, F_OK) == 0;

	if (real && !good) {
		diag_error(diags, "the header is made from '%s', which is not in '%s'", path,
			   r->root);
		diag_note(diags, "--root says where its paths start; object files that are "
				 "elsewhere are named beside the headers");
	}
	if (good && better) {
		words_add(&r->header.shown, real);
		words_add(&r->header.shown, path);
	}
	if (good)
		words_set(&r->inputs, index, real);
	free(real);
	return good;
}

static bool take_output(const struct request *r, struct output_path *path, struct diags *diags)
{
	char *real = path->given ? trust_output(r->root, path->given, diags) : NULL;

	if (path->given && !real)
		return false;
	free(path->given);
	path->given = real;
	return true;
}

static bool trust_targets(const struct request *r, struct diags *diags)
{
	for (size_t i = 0; i < r->targets.n; i++)
		if (!trust_triple(r->targets.v[i], diags))
			return false;
	return true;
}

bool banner_request(struct request *r, const struct words *command, const struct request *check,
		    const char *root, struct diags *diags)
{
	bool good = request_parse_banner(r, command, diags);

	r->root = text_copy(root);
	r->here = text_copy(root); /* flags are relative to it */
	words_add_all(&r->header.more_flags, &check->flags);
	good = good && trust_targets(r, diags) && take_database(r, check, diags);
	for (size_t i = 0; i < r->inputs.n && good; i++)
		good = take_input(r, i, &check->objects, diags);
	return good && take_output(r, &r->output, diags) &&
	       take_output(r, &r->header.forward, diags) &&
	       take_output(r, &r->header.private_half, diags) &&
	       take_output(r, &r->header.layout, diags) &&
	       trust_flags(root, &r->flags, &check->flags, diags);
}
