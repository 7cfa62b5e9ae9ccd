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
	size_t number;	       /* of the type: makes its anchors unlike those of others */
	struct pieces *pieces; /* of each field's record, the whole type's behind them */
	unsigned char *hues;   /* of each field: that of the member of the type which it is in */
};

/* Text, escaped so that nothing in it begins or ends a tag. */
void html_text(FILE *out, const char *s);
const struct pieces *html_pieces(const struct sheet *s, size_t record);

#endif
