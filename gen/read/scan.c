/* SPDX-License-Identifier: MIT */
#include "read/scan.h"

#include "base/text.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

/* Behind a parenthesis that is open at s. */
static const char *skip_parentheses(const char *s)
{
	size_t depth = 0;

	do {
		depth += *s == '(';
		depth -= *s == ')';
	} while (*s++ && depth > 0 && *s);
	return s;
}

/* Behind the keyword: names, attributes and macros, the name among them, and then a brace. */
static bool opens_definition(const char *s, const char *name)
{
	bool seen = false;

	for (;;) {
		size_t len = 0;

		while (isspace((unsigned char)*s))
			s++;
		if (*s == '{')
			return seen;
		while (text_is_name_byte(s[len]))
			len++;
		if (len > 0) {
			seen = seen || (len == strlen(name) && strncmp(s, name, len) == 0);
			s += len;
		} else if (*s == '(') {
			s = skip_parentheses(s);
		} else {
			return false;
		}
	}
}

size_t scan_definitions(const char *text, const char *keyword, const char *name)
{
	size_t n = 0, len = strlen(keyword);

	for (const char *s = strstr(text, keyword); s; s = strstr(s + len, keyword))
		if ((s == text || !text_is_name_byte(s[-1])) && !text_is_name_byte(s[len]))
			n += opens_definition(s + len, name);
	return n;
}
