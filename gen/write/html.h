/* SPDX-License-Identifier: MIT */
/* The parts of the page that write_html.c prints. */
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

/* Text that nothing in can end or begin a tag. */
void html_text(FILE *out, const char *s);
const struct pieces *html_pieces(const struct sheet *s, size_t record);

/* The picture: every byte, a line of the cache after the other. */
void html_map(const struct sheet *s);
/* The bytes that have bit-fields, bit by bit; nothing where there are none. */
void html_bits(const struct sheet *s);

#endif
