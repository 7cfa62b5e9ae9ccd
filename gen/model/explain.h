/* SPDX-License-Identifier: MIT */
/*
 * What changed in a type: compares an older layout with a newer one, field by field.
 *
 * Fields are the same when their names are, those of structs around them included. An anonymous
 * member is the same when it starts with the same name. Nothing here prints.
 */
#ifndef GEN_EXPLAIN_H
#define GEN_EXPLAIN_H

#include "model/layout.h"

/* Several may be true of one field; the first three only alone. */
enum {
	CHANGE_ADDED = 1 << 0,
	CHANGE_REMOVED = 1 << 1,
	CHANGE_RENAMED = 1 << 2, /* all else is as it was */
	CHANGE_MOVED = 1 << 3,
	CHANGE_GREW = 1 << 4,
	CHANGE_SHRANK = 1 << 5,
	CHANGE_RETYPED = 1 << 6, /* spelled otherwise, or made a bit-field or none */
	CHANGE_REALIGNED = 1 << 7,
};

struct change {
	unsigned what;
	char *name;	/* "pos", "in.pos"; of an anonymous member the first name in it, or "" */
	char *old_name; /* of a renamed one, else NULL */
	const struct field *before,
		*now; /* the layouts' own; NULL where it was added, or removed */
};

/* In the order of the places that the fields have, or had when they were removed. */
struct changes {
	struct change *v;
	size_t n;
};

/* Both layouts have to outlive the changes. */
void explain(const struct layout *before, const struct layout *now, struct changes *changes);
void changes_free(struct changes *changes);

#endif
