/* SPDX-License-Identifier: MIT */
#include "check/trust.h"

#include "base/paths.h"
#include "base/text.h"
#include "compile/flags.h"

#include <stdlib.h>
#include <string.h>

/* ---- paths ---- */

char *trust_path(const char *root, const char *path, struct diags *diags)
{
	char *whole = path_join(root, path), *real = path_real(whole);

	free(whole);
	/* "=" and "$SYSROOT" mean another place to compilers. */
	if (path[0] && !strchr("/=", path[0]) && !text_starts(path, "$SYSROOT") &&
	    path_inside(root, real))
		return real;
	diag_error(diags, "the header names '%s', which is outside the project", path);
	diag_note(diags, "the project is taken to be '%s'; --root says another", root);
	free(real);
	return NULL;
}

static bool is_hidden(const char *inside)
{
	return inside[0] == '.' || strstr(inside, "/.");
}

char *trust_output(const char *root, const char *path, struct diags *diags)
{
	char *real = trust_path(root, path, diags);

	if (real && is_hidden(path_inside(root, real))) {
		diag_error(diags, "the header names '%s' as a file of its own, which is hidden",
			   path);
		free(real);
		real = NULL;
	}
	return real;
}

/* ---- flags ---- */

#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* A flag matches if it is this start, followed only by letters of the set; no set has a slash. */
struct flag_pattern {
	const char *start, *letters;
};

static const struct flag_pattern harmless[] = {
	{ "-std=", LOWER DIGITS "+:" },
	{ "--target=", LOWER DIGITS UPPER "-_." },
	{ "-O", LOWER DIGITS },
	{ "-W", LOWER DIGITS "+=-" }, /* no comma, so none of -Wa, -Wl, -Wp */
	{ "-m", LOWER DIGITS UPPER "+=-_.," },
	{ "-fno-", LOWER DIGITS "-" },
	{ "-fno-sanitize=", LOWER "-," },
	{ "-fsanitize=", LOWER "-," },
	{ "-fstack-protector", LOWER "-" },
	{ "-fvisibility=", LOWER },
	{ "-fpack-struct=", DIGITS },
	{ "-ansi", "" },
	{ "-pedantic", "" },
	{ "-pthread", "" },
	{ "-w", "" },
	{ "-nostdinc", "+" },
	{ "-undef", "" },
	{ "-trigraphs", "" },
	{ "-fshort-enums", "" },
	{ "-fshort-wchar", "" },
	{ "-fpack-struct", "" },
	{ "-fsigned-char", "" },
	{ "-funsigned-char", "" },
	{ "-fsigned-bitfields", "" },
	{ "-funsigned-bitfields", "" },
	{ "-fstrict-aliasing", "" },
	{ "-fms-extensions", "" },
	{ "-fplan9-extensions", "" },
	{ "-fgnu89-inline", "" },
	{ "-ffreestanding", "" },
	{ "-fhosted", "" },
	{ "-fbuiltin", "" },
	{ "-fPIC", "" },
	{ "-fpic", "" },
	{ "-fPIE", "" },
	{ "-fpie", "" },
	{ "-fcommon", "" },
	{ "-fexceptions", "" },
	{ "-fwrapv", "" },
	{ "-fopenmp", "" },
	{ "-ffast-math", "" },
	{ "-fomit-frame-pointer", "" },
	{ "-fdata-sections", "" },
	{ "-ffunction-sections", "" },
	{ "-fblocks", "" },
	{ "-fchar8_t", "" },
};

/* These match a pattern above, but pass their argument on to another program. */
static const char *const exceptions[] = { "-mllvm", "-mmlir" };

/* Names a language that has layouts; not assembler. */
static bool is_language(const char *word)
{
	static const char *const words[] = { "c", "c++", "c-header", "c++-header" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(word, words[i]) == 0)
			return true;
	return false;
}

static bool fits(const struct flag_pattern *p, const char *word)
{
	const char *rest = word + strlen(p->start);

	return text_starts(word, p->start) && !rest[strspn(rest, p->letters)];
}

static bool is_harmless(const char *word, const char *next)
{
	if (text_starts(word, "-D") || text_starts(word, "-U"))
		return true;
	if (text_starts(word, "-x"))
		return is_language(next ? next : word + 2);
	for (size_t i = 0; i < sizeof(exceptions) / sizeof(*exceptions); i++)
		if (text_starts(word, exceptions[i]))
			return false;
	for (size_t i = 0; i < sizeof(harmless) / sizeof(*harmless); i++)
		if (fits(&harmless[i], word))
			return true;
	return false;
}

/* Does the user ask for the same, in one word or in two? */
static bool is_given(const struct words *given, const char *word, const char *next)
{
	for (size_t i = 0; i < given->n; i++)
		if (strcmp(given->v[i], word) == 0 &&
		    (!next || (i + 1 < given->n && strcmp(given->v[i + 1], next) == 0)))
			return true;
	return false;
}

/* Flags that say where headers are. A banner may name no other path, and no toolchain's. */
static bool is_include(const char *word)
{
	static const char *const flags[] = { "-I",	   "-isystem", "-iquote",
					     "-idirafter", "-include", "-imacros" };
	const struct flag_rule *r = flag_rule_for(word);

	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if (r && strcmp(r->flag, flags[i]) == 0)
			return true;
	return false;
}

static bool trust_flag(const char *root, const char *word, const char *next, struct diags *diags)
{
	if (is_include(word)) {
		char *real = trust_path(root, next ? next : word + flag_path(word), diags);
		bool is_inside = real != NULL;

		free(real);
		return is_inside;
	}
	if (flag_fate_of(word) == FLAG_DROP || is_harmless(word, next))
		return true;
	diag_error(diags, "the header asks for compile flag '%s', which no header may ask for",
		   word);
	diag_note(diags, "if it is right, give it on the command line too, behind '--'");
	return false;
}

bool trust_flags(const char *root, const struct words *flags, const struct words *given,
		 struct diags *diags)
{
	bool good = true;

	for (size_t i = 0; i < flags->n; i++) {
		const char *word = flags->v[i];
		bool two = flag_takes_next(word) && i + 1 < flags->n;
		const char *next = two ? flags->v[i + 1] : NULL;

		good = (is_given(given, word, next) || trust_flag(root, word, next, diags)) && good;
		i += two;
	}
	return good;
}

bool trust_triple(const char *triple, struct diags *diags)
{
	static const struct flag_pattern pattern = { "", LOWER DIGITS UPPER "-_." };

	if (fits(&pattern, triple) && triple[0] != '-')
		return true;
	diag_error(diags, "the header names '%s' as its target, which is not the name of one",
		   triple);
	return false;
}
