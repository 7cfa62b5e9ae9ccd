/* SPDX-License-Identifier: MIT */
#include "write/declaration.h"

#include "base/text.h"

#include <ctype.h>
#include <string.h>

/* Past stars, qualifiers and what nests: "(*(*const)(int))[3]" has its name behind "const". */
static const char *behind_stars(const char *s)
{
	for (;;) {
		while (*s == '*' || *s == '&' || *s == '^' || *s == ' ')
			s++;
		if (s[0] == '(' && s[1] && strchr("*&^", s[1]))
			s++;
		else if (text_starts(s, "const") || text_starts(s, "volatile") ||
			 text_starts(s, "restrict") || text_starts(s, "_Atomic"))
			while (isalpha((unsigned char)*s) || *s == '_')
				s++;
		else
			return s;
	}
}

/* Where the dimensions of an array begin, unless they are a template's; else the end. */
static const char *find_bracket(const char *s)
{
	int nested = 0;

	for (; *s && (nested > 0 || *s != '['); s++) {
		if (strchr("<({", *s))
			nested++;
		else if (strchr(">)}", *s) && nested > 0)
			nested--;
	}
	return s;
}

void declaration_split(const char *type, const char *name, char **left, char **right)
{
	const char *open = strstr(type, "(*"), *slot, *end;

	if (!open)
		open = strstr(type, "(^");
	slot = open ? behind_stars(open) : find_bracket(type);
	if (!open)
		open = slot;
	end = open;
	while (end > type && end[-1] == ' ')
		end--;
	*left = text_copy_n(type, (size_t)(end - type));
	*right = text_format("%.*s%s%s%s", (int)(slot - open), open,
			     slot > open && text_is_name_byte(slot[-1]) ? " " : "", name, slot);
}
