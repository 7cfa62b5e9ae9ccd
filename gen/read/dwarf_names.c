/* SPDX-License-Identifier: MIT */
#include "read/dwarf_names.h"

#include "base/text.h"
#include "read/dwarf_constants.h"
#include "read/dwarf_language.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_SCOPES = 50 };
#define ANONYMOUS "(anonymous namespace)" /* as clang spells it */

bool kind_of_die(const struct fact_die *die, enum layout_kind *kind)
{
	switch (die->tag) {
	case TAG_STRUCT:
	case TAG_CLASS:
		*kind = LAYOUT_STRUCT;
		return true;
	case TAG_UNION:
		*kind = LAYOUT_UNION;
		return true;
	case TAG_TYPEDEF:
		*kind = LAYOUT_TYPEDEF;
		return true;
	default:
		return false;
	}
}

static bool is_anonymous(const struct fact_die *scope)
{
	return scope->tag == TAG_NAMESPACE && !scope->name[0];
}

/* From the inside; what has no name and is no namespace adds nothing. C has no scopes at all. */
static size_t scopes_of(const struct fact_die *die, const struct fact_die *scopes[MOST_SCOPES])
{
	size_t n = 0;

	if (language_is_c(die->unit->language))
		return 0;
	for (const struct fact_die *s = die->scope; s && n < MOST_SCOPES; s = s->scope)
		if (s->name[0] || is_anonymous(s))
			scopes[n++] = s;
	return n;
}

char *die_full_name(const struct fact_die *die)
{
	const struct fact_die *scopes[MOST_SCOPES];
	size_t n = scopes_of(die, scopes);
	struct text t;

	text_open(&t);
	while (n-- > 0)
		fprintf(t.file, "%s::", is_anonymous(scopes[n]) ? ANONYMOUS : scopes[n]->name);
	fputs(die->name, t.file);
	return text_close(&t);
}

/* What follows "NAME::"; NULL: the text does not start so. */
static const char *behind(const char *text, const char *name)
{
	size_t len = strlen(name);

	return strncmp(text, name, len) == 0 && strncmp(text + len, "::", 2) == 0 ? text + len + 2
										  : NULL;
}

static enum name_match match(const struct fact_die *const *scopes, size_t n, const char *name,
			     const char *rest)
{
	const struct fact_die *scope;
	const char *inner;
	enum name_match found = NAME_DIFFERS;

	if (n == 0)
		return strcmp(name, rest) == 0 ? NAME_FITS : NAME_DIFFERS;
	scope = scopes[n - 1];
	inner = behind(rest, is_anonymous(scope) ? ANONYMOUS : scope->name);
	if (inner)
		found = match(scopes, n - 1, name, inner);
	if (!found && (scope->flags & FACT_EXPORT_SYMBOLS) && scope->name[0])
		found = match(scopes, n - 1, name, rest);
	if (!found && is_anonymous(scope))
		found = match(scopes, n - 1, name, rest) ? NAME_FITS_HIDDEN : NAME_DIFFERS;
	return found;
}

enum name_match die_is_called(const struct fact_die *die, const char *name)
{
	const struct fact_die *scopes[MOST_SCOPES];
	size_t n = scopes_of(die, scopes);

	return match(scopes, n, die->name, name);
}

bool dies_have_one_name(const struct fact_die *a, const struct fact_die *b)
{
	char *x, *y;
	bool same;

	if (a->tag != b->tag || strcmp(a->name, b->name) != 0)
		return false;
	x = die_full_name(a);
	y = die_full_name(b);
	same = strcmp(x, y) == 0;
	free(x);
	free(y);
	return same;
}

/* "::" inside of "<>" or "()" belongs to an argument. */
const char *name_last(const char *name)
{
	const char *last = name;
	int depth = 0;

	for (const char *at = name; *at; at++) {
		if (strchr("<([{", *at))
			depth++;
		else if (strchr(">)]}", *at))
			depth--;
		else if (depth == 0 && at[0] == ':' && at[1] == ':')
			last = at + 2;
	}
	return last;
}

char *name_spelled(enum layout_kind kind, const char *name)
{
	static const char *const words[] = { "struct ", "union ", "" };

	return text_format("%s%s", words[kind], name);
}

char *die_spelled_name(const struct fact_die *die)
{
	enum layout_kind kind = LAYOUT_TYPEDEF;
	char *name = die_full_name(die), *spelled;

	kind_of_die(die, &kind);
	spelled = name_spelled(kind, name);
	free(name);
	return spelled;
}
