/* SPDX-License-Identifier: MIT */
/* What all parts of the header's writer use: write_header*.c. */
#ifndef GEN_HEADER_PARTS_H
#define GEN_HEADER_PARTS_H

#include "write/header_templates.h"
#include "write/template.h"
#include "write/writer.h"

/* One type's text on its way out, with the numbers of one target. */
struct pen {
	FILE *out;
	const struct header *header;
	const struct header_type *type;
	const struct layout *layout;
	size_t index; /* of the type */
	const char *base;
	char *upper;
	char *spelling;	     /* of the private type: "struct conn" */
	char *shadow;	     /* and of its shadow: "struct conn_opaque" */
	const char *member;  /* of the shadow: "opaque" */
	const char *pointee; /* what a pointer to it points to: "struct conn", or "void" */
};

void pen_open(struct pen *p, FILE *out, const struct header *h, size_t target, size_t type);
void pen_close(struct pen *p);
/*
 * Print the template. BASE, UPPER, TYPE (the private one), SHADOW, MEMBER, POINTEE and FILE (the
 * header's name) come from the pen, all other places from the caller: VALUES(), or NULL.
 */
void pen_print(const struct pen *p, enum header_template which, const struct template_value *own);

/* The layouts of one type, target by target. */
static inline const struct layout *header_layout(const struct header *h, size_t target, size_t type)
{
	return &h->targets[target].layouts.v[type];
}

/* Do sizes and alignments of all types have floors, so that the numbers serve every target? */
bool header_has_floors(const struct header *h);

/* Is the numbers' place the ladder of #if, which says them for each target? */
static inline bool header_has_ladder(const struct header *h)
{
	return h->n_targets > 1 && !header_has_floors(h);
}

/* The array whose elements are counted; NULL: none, or it is not known which. */
const struct flexible_array *header_flexible(const struct header_type *type,
					     const struct layout *l);
/* A flexible array has a place, but no size. */
static inline bool header_has_size(const struct layout *l, const char *path)
{
	return !layout_find_flexible(l, path);
}
/* How many bytes the type takes, with those elements; 0: none, or more than there can be. */
uint64_t header_need(const struct header_type *type, const struct layout *l);
/* How many bytes the shadow has. */
uint64_t header_room(const struct header_type *type, const struct layout *l);
/* How the shadow is aligned. */
uint64_t header_align(const struct header_type *type, const struct layout *l);
/* Is the alignment only a bound from above? */
bool layout_is_open(const struct layout *l);

void print_light(const struct pen *p);
void print_numbers(const struct pen *p);
/* The same without a word beside them. */
void print_bare_numbers(const struct pen *p);
void print_ladder(FILE *out, const struct header *h);
/* The members of the shadow, each line with this end. */
void print_members(const struct pen *p, const char *end);
void print_shadow(const struct pen *p);
void print_public_shadow(const struct pen *p);
void print_helpers(const struct pen *p);
/* At the end of the header, as what follows it is a system header to g++. */
void print_init(const struct pen *p);
void print_guard(const struct pen *p);
void print_check(const struct pen *p);

#endif
