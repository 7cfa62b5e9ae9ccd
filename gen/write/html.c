/* SPDX-License-Identifier: MIT */
#include "write/html.h"

#include <ctype.h>

void html_text(FILE *out, const char *s)
{
	for (; *s; s++) {
		if (*s == '<')
			fputs("&lt;", out);
		else if (*s == '>')
			fputs("&gt;", out);
		else if (*s == '&')
			fputs("&amp;", out);
		else if (*s == '"')
			fputs("&quot;", out);
		else
			fputc(iscntrl((unsigned char)*s) ? '?' : *s, out);
	}
}

const struct pieces *html_pieces(const struct sheet *s, size_t record)
{
	struct pieces *pieces = &s->pieces[record == WHOLE_TYPE ? s->layout->n_fields : record];

	if (!pieces->v)
		*pieces = pieces_of(s->layout, record);
	return pieces;
}
