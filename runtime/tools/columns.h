/* SPDX-License-Identifier: MIT */
#ifndef COLUMNS_H
#define COLUMNS_H

/* What there is to say about a cache in one line, and what caches may be sorted by. */

#include <stdbool.h>
#include <stdio.h>

#include "snapshot.h"

struct column {
	const char *key;     /* its long name, for --sort */
	const char *heading; /* as wide as the column */
	const char *what;    /* in words */
	size_t (*value)(const struct snapshot *s, const struct cache_view *cache);
	enum {
		SHOW_NUMBER,
		SHOW_BYTES,
		SHOW_PERCENT,
		SHOW_NAME,
		SHOW_FLAGS,
	} show;
	char letter; /* its short name */
};

/* Name, objects, and the rest; ends with a column without a key. */
extern const struct column columns[];

/* By long or short name; NULL: there is none. */
const struct column *column_find(const char *name);

/* Sort those shown: largest first, names from A; the other way round if @inverted. Ties go by name.
 */
void columns_sort(struct snapshot *s, const struct column *by, bool inverted);

/* Put one cell, as wide as its heading, into @text. */
void column_format(const struct column *column, const struct snapshot *s,
		   const struct cache_view *cache, char *text, size_t size);

/* "1.5M": at most five characters. */
void format_bytes(size_t bytes, char text[8]);

/* What all caches have together; slabs that are shared count once. */
struct totals {
	size_t caches, active_caches;
	size_t slabs, active_slabs;
	size_t objects, held;
	size_t bytes, held_bytes; /* of slabs, and of objects that callers hold */
	size_t smallest, largest; /* object sizes */
};

struct totals totals_of(const struct snapshot *s);

size_t percent(size_t part, size_t whole);

#endif
