/* SPDX-License-Identifier: MIT */
#include "compile/precompiled.h"

#include "base/paths.h"
#include "base/text.h"
#include "base/words.h"
#include "compile/flags.h"

#include <stdlib.h>
#include <string.h>

/* ---- texts ---- */

/* By the end of its path, as the database tells; NULL: it does not. */
static const char *text_of(const struct compile *c, const char *end)
{
	for (size_t i = 0; i + 1 < c->precompiled.n; i += 2)
		if (text_ends(c->precompiled.v[i], end))
			return c->precompiled.v[i + 1];
	return NULL;
}

static char *real_path(const struct compile *c, const char *given)
{
	char *whole = path_join(c->dir, given), *real = path_real(whole);

	free(whole);
	return real;
}

/* gcc finds NAME.gch for `-include NAME` anywhere on its include path; here the end will do. */
static char *text_for_include(const struct compile *c, const char *given)
{
	char *real = real_path(c, given), *end = text_format("/%s.gch", given);
	const char *known = path_exists(real) ? NULL : text_of(c, end);

	free(real);
	free(end);
	return known ? text_copy(known) : NULL;
}

/* CMake writes the text beside it; Meson's database says what it is made of. */
static char *text_for_pch(const struct compile *c, const char *given)
{
	char *real = real_path(c, given);
	char *beside = text_copy_n(real, strlen(real) - (text_ends(real, ".pch") ? 4 : 0));
	const char *known = text_of(c, real);
	char *text = strcmp(beside, real) != 0 && path_exists(beside) ? text_copy(beside)
		     : known					      ? text_copy(known)
								      : NULL;

	free(real);
	free(beside);
	return text;
}

static char *text_for(const struct compile *c, const char *word, const char *next)
{
	if (!next)
		return NULL;
	if (strcmp(word, "-include") == 0)
		return text_for_include(c, next);
	return strcmp(word, "-include-pch") == 0 ? text_for_pch(c, next) : NULL;
}

/* CMake names both the precompiled header and its text, as a compiler reads one only once. */
static bool is_included(const struct compile *c, const struct words *flags, const char *text)
{
	bool found = false;

	for (size_t i = 0; i + 1 < flags->n && !found; i++) {
		char *real = real_path(c, flags->v[i + 1]);

		found = strcmp(flags->v[i], "-include") == 0 && strcmp(real, text) == 0;
		free(real);
	}
	return found;
}

void precompiled_use_texts(struct compile *c)
{
	struct words flags = { NULL, 0 };

	for (size_t i = 0; i < c->flags.n; i++) {
		const char *word = c->flags.v[i];
		const char *next = flag_takes_next(word) ? c->flags.v[i + 1] : NULL;
		char *text = text_for(c, word, next);
		bool twice = text && (is_included(c, &flags, text) ||
				      (i + 2 < c->flags.n && is_included(c, &c->flags, text)));

		if (text && !twice) {
			words_add(&flags, "-include");
			words_add(&flags, text);
		} else if (!text) {
			words_add(&flags, word);
			if (next)
				words_add(&flags, next);
		}
		i += next != NULL;
		free(text);
	}
	words_free(&c->flags);
	c->flags = flags;
}

/* ---- files beside texts ---- */

char *precompiled_beside(const struct compile *c, const char *given)
{
	static const char *const ends[] = { ".gch", ".pch" };
	char *real = real_path(c, given);
	bool found = false;

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends) && !found; i++) {
		char *path = text_format("%s%s", real, ends[i]);

		found = path_exists(path);
		free(path);
	}
	if (found && path_exists(real))
		return real;
	free(real);
	return NULL;
}
