/* SPDX-License-Identifier: MIT */
#include "compile/compile.h"

#include "base/paths.h"
#include "compile/flags.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_RESPONSE_DEPTH = 32,   /* of response files that name others, or themselves */
	MAX_RESPONSE_FILES = 1000, /* in all; each may name others more than once */
};

/* A file that C++ compilers take for C++. */
static bool is_cxx_file(const char *path)
{
	static const char *const ends[] = { ".cc",  ".cpp", ".cxx", ".c++", ".C",
					    ".hpp", ".hh",  ".hxx", ".h++", ".H" };

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (text_ends(path, ends[i]))
			return true;
	return false;
}

struct compile *compile_add(struct compiles *all, const char *dir, const char *source,
			    const char *root)
{
	struct compile *c;

	all->v = text_resize(all->v, all->n + 1, sizeof(*all->v));
	c = &all->v[all->n++];
	memset(c, 0, sizeof(*c));
	c->dir = text_copy(dir);
	c->source = text_copy(source);
	c->root = text_copy(root);
	c->is_cxx = is_cxx_file(source);
	return c;
}

/* ---- flags ---- */

/* What a flag says that somebody wants to know; the last of its kind counts. */
static void note_facts(struct compile *c, const char *word, const char *next)
{
	const char *language = strcmp(word, "-x") == 0	 ? next
			       : text_starts(word, "-x") ? word + 2
							 : NULL;

	if (strcmp(word, "-fno-strict-aliasing") == 0)
		c->no_strict_aliasing = true;
	else if (strcmp(word, "-fstrict-aliasing") == 0)
		c->no_strict_aliasing = false;
	else if (strcmp(word, "-flto") == 0 || text_starts(word, "-flto="))
		c->lto = true;
	else if (strcmp(word, "-fno-lto") == 0)
		c->lto = false;
	else if (language && strcmp(language, "none") != 0)
		c->is_cxx = text_starts(language, "c++");
	else if (text_starts(word, "-std=c++") || text_starts(word, "-std=gnu++"))
		c->is_cxx = true;
}

static bool is_source(const struct compile *c, const char *word)
{
	char *whole = path_join(c->dir, word), *real = path_real(whole);
	bool same = strcmp(real, c->source) == 0;

	free(whole);
	free(real);
	return same;
}

/* Some builds hand them to the compiler, too, which has no use for them without linking. */
static bool is_for_linker(const char *word)
{
	static const char *const ends[] = { ".o",  ".lo",  ".a",   ".la",
					    ".so", ".obj", ".lib", ".dylib" };

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (text_ends(word, ends[i]))
			return true;
	return strstr(word, ".so.") != NULL;
}

/* Is it a file or directory of the project or its build? A bare name is looked for elsewhere. */
static bool is_of_project(const struct compile *c, const char *path)
{
	char *whole = path_join(c->dir, path), *real = path_real(whole);
	const char *const roots[] = { c->root, c->dir };
	bool is = false;

	for (size_t i = 0; i < 2; i++)
		is = is || (strcmp(roots[i], "/") != 0 &&
			    (strcmp(roots[i], real) == 0 || path_inside(roots[i], real)));
	is = is && (strchr(path, '/') || path_exists(real));
	free(whole);
	free(real);
	return is;
}

/* Running a compiler must not run what nobody asked for. */
static bool check_refusals(const struct compile *c, const char *word, const char *next,
			   struct diags *diags)
{
	const struct flag_rule *r = flag_rule_for(word);
	const char *argument = next ? next : r ? word + strlen(r->flag) : "";

	if (r && r->fate == FLAG_REFUSE) {
		diag_error(diags, "compile flag '%s' is refused: it loads code into the compiler",
			   word);
		return false;
	}
	if (r && r->fate == FLAG_TOOLS && is_of_project(c, argument)) {
		diag_error(diags,
			   "compile flag '%s%s%s' is refused: '%s' of the project would decide "
			   "which programs the compiler runs",
			   word, next ? " " : "", next ? next : "", argument);
		return false;
	}
	return true;
}

static bool add_words(struct compile *c, const struct words *words, unsigned depth,
		      struct diags *diags);

static bool add_response_file(struct compile *c, const char *name, unsigned depth,
			      struct diags *diags)
{
	char *path = path_join(c->dir, name), *text = text_read_file(path, NULL);
	struct words words = { NULL, 0 };
	bool good = false;

	if (depth == MAX_RESPONSE_DEPTH)
		diag_error(diags, "the file '%s' of compile flags names itself", path);
	else if (c->files.n >= MAX_RESPONSE_FILES)
		diag_error(diags, "there are more than %d files of compile flags",
			   MAX_RESPONSE_FILES);
	else if (!text || !words_split_response(&words, text))
		diag_error(diags, "the file '%s' of compile flags cannot be read", path);
	else
		good = add_words(c, &words, depth + 1, diags);
	if (good) {
		char *real = path_real(path);

		words_add(&c->files, real);
		free(real);
	}
	words_free(&words);
	free(path);
	free(text);
	return good;
}

/* A word that is no flag: the source itself goes, as does what is linked; else it is a mistake. */
static bool add_other(struct compile *c, const char *word, unsigned depth, struct diags *diags)
{
	if (word[0] == '@' && word[1])
		return add_response_file(c, word + 1, depth, diags);
	if (is_source(c, word) || is_for_linker(word))
		return true;
	diag_error(diags, "'%s' is not a compile flag", word);
	diag_note(diags, "give one source, and its flags behind '--'");
	return false;
}

static bool add_flag(struct compile *c, const char *word, const char *next, struct diags *diags)
{
	if (!check_refusals(c, word, next, diags))
		return false;
	/* What is handed through to a part of the compiler may load code as well. */
	if (next && word[1] == 'X' && !check_refusals(c, next, NULL, diags))
		return false;
	if (next && strcmp(word, "-mllvm") == 0 && !check_refusals(c, next, NULL, diags))
		return false;
	note_facts(c, word, next);
	if (flag_fate_of(word) == FLAG_DROP || strcmp(word, "--") == 0)
		return true;
	words_add(&c->flags, word);
	if (next)
		words_add(&c->flags, next);
	return true;
}

/*
 * "-Xclang -include -Xclang FILE" hands flags through that we know, as CMake does for precompiled
 * headers: they are as good without. What we do not know stays as it is.
 */
static void unwrap(const struct words *from, struct words *to)
{
	for (size_t i = 0; i < from->n; i++) {
		bool wraps = strcmp(from->v[i], "-Xclang") == 0 && i + 1 < from->n;
		bool two;

		if (!wraps || !flag_rule_for(from->v[i + 1])) {
			words_add(to, from->v[i]);
			continue;
		}
		words_add(to, from->v[++i]);
		two = flag_takes_next(from->v[i]);
		if (two && i + 2 < from->n && strcmp(from->v[i + 1], "-Xclang") == 0) {
			words_add(to, from->v[i + 2]);
			i += 2;
		}
	}
}

static bool add_words(struct compile *c, const struct words *words, unsigned depth,
		      struct diags *diags)
{
	struct words plain = { NULL, 0 };
	bool good = true;

	unwrap(words, &plain);
	for (size_t i = 0; i < plain.n && good; i++) {
		const char *word = plain.v[i];
		bool two = flag_takes_next(word);

		if (two && i + 1 == plain.n) {
			diag_error(diags, "compile flag '%s' needs an argument", word);
			good = false;
		} else if (word[0] == '-' && word[1]) {
			good = add_flag(c, word, two ? plain.v[i + 1] : NULL, diags);
		} else {
			good = add_other(c, word, depth, diags);
		}
		i += two;
	}
	words_free(&plain);
	return good;
}

bool compile_flags_add(struct compile *c, const struct words *flags, struct diags *diags)
{
	return add_words(c, flags, 0, diags);
}

/* ---- the compiler ---- */

static bool is_launcher(const char *word)
{
	static const char *const names[] = { "ccache", "sccache", "distcc", "icecc",
					     "gomacc", "pump",	  "time" };
	const char *name = path_name(word);

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static bool is_assignment(const char *word)
{
	size_t len = strcspn(word, "=");

	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)word[i]) && word[i] != '_')
			return false;
	return len > 0 && word[len] && !isdigit((unsigned char)word[0]);
}

/*
 * Words before the compiler: launchers go, they only get in the way; the environment stays. Both
 * `env A=b gcc` and CMake's `cmake -E env A=b gcc` are known. Returns where the compiler stands.
 */
static size_t skip_launchers(struct compile *c, const struct words *command)
{
	size_t i = 0;

	while (i + 1 < command->n) { /* the last word is the compiler whatever its name */
		const char *word = command->v[i], *next = command->v[i + 1];

		if (is_assignment(word) || text_starts(word, "--unset=") ||
		    strcmp(word, "-i") == 0) {
			words_add(&c->environment, word);
		} else if (strcmp(word, "-u") == 0) {
			words_addf(&c->environment, "--unset=%s", next);
			i++;
		} else if (strcmp(path_name(word), "cmake") == 0 && strcmp(next, "-E") == 0) {
			i++;
		} else if (strcmp(path_name(word), "env") != 0 && strcmp(word, "--") != 0 &&
			   !is_launcher(word)) {
			break;
		}
		i++;
	}
	return i;
}

/* "g++", "clang++-16", "aarch64-linux-gnu-g++-12": these take any source for C++. */
static bool is_cxx_compiler(const char *word)
{
	return strstr(path_name(word), "++") != NULL;
}

bool compile_set_compiler(struct compile *c, const struct words *command, struct diags *diags)
{
	struct words flags = { NULL, 0 };
	bool in_flags = false, good;

	words_free(&c->environment);
	words_free(&c->compiler);
	for (size_t i = skip_launchers(c, command); i < command->n; i++) {
		const char *word = command->v[i];

		/* Words before the first flag are the command, as in "zig cc". */
		in_flags = in_flags || (c->compiler.n > 0 &&
					(word[0] == '-' || word[0] == '@' || is_source(c, word)));
		words_add(in_flags ? &flags : &c->compiler, word);
		c->is_cxx = c->is_cxx || (!in_flags && is_cxx_compiler(word));
	}
	good = compile_flags_add(c, &flags, diags);
	words_free(&flags);
	return good;
}

void compile_command(const struct compile *c, struct words *argv)
{
	if (c->environment.n > 0)
		words_add(argv, "env");
	words_add_all(argv, &c->environment);
	words_add_all(argv, &c->compiler);
}

/* ---- lists ---- */

bool compile_same(const struct compile *a, const struct compile *b)
{
	return strcmp(a->dir, b->dir) == 0 && a->is_cxx == b->is_cxx && a->lto == b->lto &&
	       words_same(&a->environment, &b->environment) &&
	       words_same(&a->compiler, &b->compiler) && words_same(&a->flags, &b->flags);
}

void compile_release_last(struct compiles *all)
{
	struct compile *c = &all->v[--all->n];

	free(c->dir);
	free(c->source);
	free(c->root);
	words_free(&c->environment);
	words_free(&c->compiler);
	words_free(&c->flags);
	words_free(&c->files);
	words_free(&c->precompiled);
}

void compiles_free(struct compiles *all)
{
	while (all->n > 0)
		compile_release_last(all);
	free(all->v);
	all->v = NULL;
}
