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
static bool opens_definition(const char *s, struct words *names)
{
	for (;;) {
		size_t len = 0;

		while (isspace((unsigned char)*s))
			s++;
		if (*s == '{')
			return true;
		while (text_is_name_byte(s[len]))
			len++;
		if (len > 0) {
			words_add_n(names, s, len);
			s += len;
		} else if (*s == '(') {
			s = skip_parentheses(s);
		} else {
			return false;
		}
	}
}

void scan_definitions(const char *text, const char *keyword, struct words *names)
{
	size_t len = strlen(keyword);

	for (const char *s = strstr(text, keyword); s; s = strstr(s + len, keyword)) {
		struct words own = { NULL, 0 };

		if ((s != text && text_is_name_byte(s[-1])) || text_is_name_byte(s[len]))
			continue;
		if (opens_definition(s + len, &own)) {
			words_sort_unique(&own);
			words_add_all(names, &own);
		}
		words_free(&own);
	}
}
