/* SPDX-License-Identifier: MIT */
#include "compile/clang_args.h"

#include "base/paths.h"
#include "base/text.h"
#include "base/words.h"
#include "compile/flags.h"

#include <stdlib.h>
#include <string.h>

/*
 * A file that is forced in, searched for like #include "...": the working directory comes first.
 * Handed through, as otherwise libclang would look for a precompiled header beside it, and find
 * gcc's.
 */
static void add_forced(const struct compile *c, const char *flag, const char *given,
		       struct words *args)
{
	char *whole = path_join(c->dir, given), *real = path_real(whole);

	words_add(args, "-Xclang");
	words_add(args, flag);
	words_add(args, "-Xclang");
	words_add(args, path_exists(whole) ? real : given);
	free(whole);
	free(real);
}

/* A path among the flags as libclang shall see it: real, so that stand-ins are found by name. */
static void add_path(const struct compile *c, const char *word, const char *next,
		     struct words *args)
{
	const char *flag = flag_rule_for(word)->flag, *given = next ? next : word + strlen(flag);
	char *whole = path_join(c->dir, given), *real = path_real(whole);

	if (strcmp(flag, "-include") == 0 || strcmp(flag, "-imacros") == 0) {
		add_forced(c, flag, given, args);
	} else if (given[0] == '=') { /* -I=DIR: below the sysroot */
		words_add(args, word);
		if (next)
			words_add(args, next);
	} else if (next) {
		words_add(args, word);
		words_add(args, real);
	} else {
		words_addf(args, "%s%s", flag, real);
	}
	free(whole);
	free(real);
}

static bool says_target(const struct words *flags)
{
	for (size_t i = 0; i < flags->n; i++)
		if (text_starts(flags->v[i], "--target=") || strcmp(flags->v[i], "-target") == 0)
			return true;
	return false;
}

/* Older libclangs know a new language version only by the name that it had as a draft. */
static void add_flag(const char *word, struct words *args)
{
	static const char *const names[][2] = { { "-std=c23", "-std=c2x" },
						{ "-std=gnu23", "-std=gnu2x" },
						{ "-std=c++23", "-std=c++2b" },
						{ "-std=gnu++23", "-std=gnu++2b" } };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(word, names[i][0]) == 0)
			word = names[i][1];
	words_add(args, word);
}

static void add_system_dirs(const struct compiler_facts *facts, struct words *args)
{
	if (facts->system_dirs.n == 0 && facts->builtin_dirs.n == 0)
		return;
	/* libclang's own headers (stddef.h) stay and come first; the system's are the compiler's.
	 */
	words_add(args, "-nostdlibinc");
	for (size_t i = 0; i < facts->system_dirs.n; i++) {
		words_add(args, "-idirafter");
		words_add(args, facts->system_dirs.v[i]);
	}
}

/* The only one there is, which gcc names and libclang does not know. */
static bool is_only_abi(const struct compiler_facts *facts, const char *word)
{
	return strcmp(word, "-mabi=lp64") == 0 && facts->target &&
	       text_starts(facts->target, "aarch64");
}

static void add_one(const struct compile *c, const char *word, const char *next, struct words *args)
{
	switch (flag_fate_of(word)) {
	case FLAG_PATH:
		add_path(c, word, next, args);
		break;
	case FLAG_KEEP:
	case FLAG_CPU:
	case FLAG_LAYOUT:
		add_flag(word, args);
		if (next)
			words_add(args, next);
		break;
	default:
		break; /* of the real compiler */
	}
}

/* Before the user's own flags, which may say otherwise. */
static void add_target_flag(const struct target *known, struct words *args)
{
	const char *flag = known ? target_flag(known) : NULL;

	if (flag)
		words_add(args, flag);
}

/* Of other files libclang makes nothing, taking them for the linker's. */
static bool is_named_as_c(const char *path)
{
	return text_ends(path, ".c") || text_ends(path, ".h") || text_ends(path, ".i");
}

void clang_args(const struct compile *c, const struct compiler_facts *facts, const char *target,
		struct words *args)
{
	if (target)
		words_addf(args, "--target=%s", target);
	else if (facts->target && !says_target(&c->flags))
		words_addf(args, "--target=%s", facts->target);
	add_target_flag(target ? target_find(target) : facts->known, args);
	if (c->is_cxx)
		words_add(args, "-xc++");
	else if (!is_named_as_c(c->source))
		words_add(args, "-xc");
	words_addf(args, "-working-directory=%s", c->dir);
	for (size_t i = 0; i < c->flags.n; i++) {
		const char *word = c->flags.v[i];
		bool two = flag_takes_next(word);

		if (!is_only_abi(facts, word))
			add_one(c, word, two ? c->flags.v[i + 1] : NULL, args);
		i += two;
	}
	words_add(args, "-DGEN_OPAQUE=1");
	add_system_dirs(facts, args);
}
