/* SPDX-License-Identifier: MIT */
/* The picture of a type's bytes, for the page of write_html.c. */
#ifndef GEN_HTML_MAP_H
#define GEN_HTML_MAP_H

#include "write/html.h"

/* Every byte, one cache line after the other. */
void html_map(const struct sheet *s);
/* The bytes that have bit-fields, bit by bit; nothing where there are none. */
void html_bits(const struct sheet *s);

#endif
