/* SPDX-License-Identifier: MIT */
/* What all parts of the page use: write_html.c, html_map.c. */
#ifndef GEN_HTML_H
#define GEN_HTML_H

#include "model/holes.h"
#include "write/writer.h"

/* One type on the page. */
struct sheet {
	FILE *out;
	const struct layout *layout;
	const struct text_style *style;
	size_t number;	       /* of the type: makes its anchors unique on the page */
	struct pieces *pieces; /* of each field's record; the last one is the whole type's */
	unsigned char
		*hues; /* the colour of each field: that of the type's member which it is part of */
};

/* Text, escaped so that nothing in it begins or ends a tag. */
void html_text(FILE *out, const char *s);
const struct pieces *html_pieces(const struct sheet *s, size_t record);

#endif
