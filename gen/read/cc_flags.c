/* SPDX-License-Identifier: MIT */
#include "read/cc_flags.h"

#include "base/scratch.h"
#include "base/text.h"
#include "compile/flags.h"
#include "compile/precompiled.h"

#include <stdlib.h>
#include <string.h>

/* Warnings cost time, and some of them tell what we want to know: only ours are of use. */
static bool is_about_warnings(const char *word)
{
	static const char *const others[] = { "-Wno-", "-Wp,", "-Wa,", "-Wl," };

	if (strcmp(word, "-w") == 0)
		return true;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (text_starts(word, others[i]))
			return false; /* some errors are warnings that can be turned off */
	return text_starts(word, "-W");
}

static bool is_level(const char *word)
{
	return text_starts(word, "-O") && strcmp(word, "-O0") != 0;
}

/* The code is of no matter. What the level says in macros is, as sources look at them. */
static void drop_level(const struct compile *c, struct words *argv)
{
	const char *level = NULL;

	for (size_t i = 0; i < c->flags.n; i++)
		if (text_starts(c->flags.v[i], "-O"))
			level = c->flags.v[i];
	if (!level || !is_level(level))
		return;
	words_add(argv, "-O0");
	words_add(argv, "-D__OPTIMIZE__=1");
	words_add(argv, "-U__NO_INLINE__");
	if (strcmp(level, "-Os") == 0 || strcmp(level, "-Oz") == 0)
		words_add(argv, "-D__OPTIMIZE_SIZE__=1");
}

/*
 * `-include FILE`: of FILE itself, not of what was precompiled from it, which gcc takes only as
 * long as no declaration came before.
 */
static bool add_include(const struct compile *c, const char *dir, const char *given,
			struct words *argv, struct diags *diags)
{
	char *text = precompiled_beside(c, given);
	char *name = text_format("include/%zu.h", argv->n);
	char *include = text ? text_include(text) : NULL;
	char *whole = text ? text_format("struct gen_opaque_reads_texts;\n%s", include) : NULL;
	bool good = !text || scratch_put(dir, name, whole, diags);

	words_add(argv, "-include");
	if (text)
		words_addf(argv, "%s/%s", dir, name);
	else
		words_add(argv, given);
	free(text);
	free(name);
	free(include);
	free(whole);
	return good;
}

bool cc_flags_add(const struct compile *c, const char *dir, bool makes_code, struct words *argv,
		  struct diags *diags)
{
	bool good = true;

	for (size_t i = 0; i < c->flags.n && good; i++) {
		const char *word = c->flags.v[i];
		bool two = flag_takes_next(word);

		if (two && strcmp(word, "-include") == 0) {
			good = add_include(c, dir, c->flags.v[i + 1], argv, diags);
		} else if (!is_about_warnings(word)) {
			words_add(argv, word);
			if (two)
				words_add(argv, c->flags.v[i + 1]);
		}
		i += two;
	}
	if (makes_code)
		drop_level(c, argv);
	return good;
}
