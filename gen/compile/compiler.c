/* SPDX-License-Identifier: MIT */
#include "compile/compiler.h"

#include "base/child.h"
#include "base/paths.h"
#include "base/text.h"
#include "base/words.h"
#include "compile/flags.h"

#include <stdlib.h>
#include <string.h>

/* Flags that decide the target or the system's directories. */
static bool matters_to_target(const char *word)
{
	static const char *const starts[] = {
		"-m",	    "--target", "--sysroot", "-nostdinc",	"-B",
		"--prefix", "-specs",	"--specs",   "--config",	"-std",
		"-ansi",    "-stdlib",	"-isysroot", "--gcc-toolchain", "-f"
	};

	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
		if (text_starts(word, starts[i]))
			return true;
	return false;
}

static void add_target_flags(const struct compile *c, const struct words *without,
			     struct words *argv)
{
	for (size_t i = 0; i < c->flags.n; i++) {
		const char *word = c->flags.v[i];
		bool two = flag_takes_next(word);

		if ((matters_to_target(word) || strcmp(word, "-target") == 0) &&
		    !words_have(without, word)) {
			words_add(argv, word);
			if (two)
				words_add(argv, c->flags.v[i + 1]);
		}
		i += two;
	}
}

/* Preprocess the ladder of targets, for what is left of it and what an option makes the compiler
 * say. */
static bool run_on_ladder(const struct compile *c, const char *option, const struct words *without,
			  struct child_result *result)
{
	struct words argv = { NULL, 0 };
	char *ladder = target_ladder();
	bool good;

	compile_command(c, &argv);
	words_add(&argv, option);
	words_add(&argv, "-E");
	words_add(&argv, "-P");
	words_add(&argv, c->is_cxx ? "-xc++" : "-xc");
	add_target_flags(c, without, &argv);
	words_add(&argv, "-");
	good = child_ask_command(c->dir, argv.v, ladder, result);
	words_free(&argv);
	free(ladder);
	return good;
}

static bool is_builtin_dir(const char *dir)
{
	char *header = path_join(dir, "stdarg.h");
	bool has_header = path_exists(header);
	bool compiler = strstr(dir, "/gcc") || strstr(dir, "/clang/");

	free(header);
	return text_ends(dir, "include-fixed") || (compiler && has_header);
}

static void take_line(const char *line, bool *in_list, struct compiler_facts *facts)
{
	if (text_starts(line, "Target: ")) {
		free(facts->target);
		facts->target = text_copy(line + 8);
	} else if (text_starts(line, "#include <...>")) {
		*in_list = true;
	} else if (*in_list && line[0] == ' ') {
		char *real = path_real(line + 1);

		words_add(is_builtin_dir(real) ? &facts->builtin_dirs : &facts->system_dirs, real);
		free(real);
	} else {
		*in_list = false;
	}
}

static void take_lines(const char *text, struct compiler_facts *facts)
{
	bool in_list = false;

	while (*text) {
		size_t len = strcspn(text, "\n");
		char *line = text_copy_n(text, len);

		take_line(line, &in_list, facts);
		free(line);
		text += len + (text[len] == '\n');
	}
}

/* The line that says what is wrong; compilers say much else with -v. */
static const char *find_complaint(const char *text)
{
	const char *line = text, *last = text;

	while (*line) {
		size_t len = strcspn(line, "\n");
		const char *error = strstr(line, "error: ");

		if (error && error < line + len)
			return line;
		if (len > 0)
			last = line;
		line += len + (line[len] == '\n');
	}
	return last;
}

static void report_compiler(const struct compile *c, const struct child_result *result,
			    struct diags *diags)
{
	const char *complaint;

	if (result->exit_status == 127) {
		diag_error(diags, "the compiler '%s' cannot be run", c->compiler.v[0]);
		diag_note(diags, "name another with --cc, or do without with --no-confirm");
	} else {
		diag_error(diags, "the compiler '%s' does not say what its target is",
			   c->compiler.v[0]);
		if (result->exit_status == 0)
			diag_note(diags, "libclang cannot be like it; --from cc asks it alone");
	}
	complaint = find_complaint(result->err);
	if (complaint[0])
		diag_note(diags, "it said: %.*s", (int)strcspn(complaint, "\n"), complaint);
}

bool compiler_ask(const struct compile *c, struct compiler_facts *facts, struct diags *diags)
{
	const struct words none = { NULL, 0 };
	struct child_result result;
	bool good;

	good = run_on_ladder(c, "-v", &none, &result);
	if (!good) {
		diag_error(diags, "the compiler '%s' cannot be started", c->compiler.v[0]);
		return false;
	}
	take_lines(result.err, facts);
	facts->known = target_answer(result.out);
	good = result.exit_status == 0 && facts->target;
	if (!good)
		report_compiler(c, &result, diags);
	child_result_free(&result);
	return good;
}

/* ---- macros ---- */

/* "#define NAME VALUE", line by line, sorted. */
static bool get_macros(const struct compile *c, const struct words *without, struct words *lines)
{
	struct child_result result;
	bool good;

	if (!run_on_ladder(c, "-dM", without, &result))
		return false;
	good = result.exit_status == 0;
	for (const char *s = result.out; *s; s += strcspn(s, "\n"), s += *s == '\n')
		words_add_n(lines, s, strcspn(s, "\n"));
	words_sort_unique(lines);
	child_result_free(&result);
	return good;
}

static void add_macro(const char *line, bool defined, struct words *args)
{
	static const char start[] = "#define ";
	const char *name, *value;

	if (!text_starts(line, start))
		return;
	name = line + strlen(start);
	value = strchr(name, ' ');
	if (!value)
		return;
	if (defined)
		words_addf(args, "-D%.*s=%s", (int)(value - name), name, value + 1);
	else
		words_addf(args, "-U%.*s", (int)(value - name), name);
}

bool compiler_macros(const struct compile *c, const struct words *flags, struct words *args)
{
	const struct words none = { NULL, 0 };
	struct words with = { NULL, 0 }, without = { NULL, 0 };
	bool good = get_macros(c, &none, &with) && get_macros(c, flags, &without);

	for (size_t i = 0; i < without.n && good; i++)
		if (!words_have(&with, without.v[i]))
			add_macro(without.v[i], false, args);
	for (size_t i = 0; i < with.n && good; i++)
		if (!words_have(&without, with.v[i]))
			add_macro(with.v[i], true, args);
	words_free(&with);
	words_free(&without);
	return good;
}

void compiler_facts_free(struct compiler_facts *facts)
{
	free(facts->target);
	words_free(&facts->system_dirs);
	words_free(&facts->builtin_dirs);
	facts->target = NULL;
}
