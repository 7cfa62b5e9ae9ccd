/* SPDX-License-Identifier: MIT */
/*
 * The bytes of a type: its members, the holes between them and the padding after them.
 *
 *	struct conn { char state; int fd; char name[3]; };
 *
 *	|state| hole ..........| fd                    | name            |.....|
 *	0     1                4                       8         padding 11    12
 *
 * A hole lies before a member, padding behind the last. All in bits, for bit-fields' sake.
 */
#ifndef GEN_HOLES_H
#define GEN_HOLES_H

#include "model/layout.h"

enum piece_kind { PIECE_FIELD, PIECE_HOLE, PIECE_PADDING };

struct piece {
	enum piece_kind kind;
	size_t field;	     /* its index; that of its record, where it is a hole or padding */
	uint64_t start, end; /* in bits from the start of the whole type */
};

struct pieces {
	struct piece *v;
	size_t n;
};

/* A record is a field's index, or the type itself. */
#define WHOLE_TYPE SIZE_MAX

/*
 * The pieces of one record, of the first element where it is an array. Those of a struct follow
 * each other and fill it: what overlaps another begins behind that. Those of a union all start with
 * it; padding lies behind the longest. The caller frees the list with pieces_free().
 */
struct pieces pieces_of(const struct layout *l, size_t record);
void pieces_free(struct pieces *p);

bool piece_is_gap(const struct piece *p);
bool record_is_union(const struct layout *l, size_t record);
bool field_has_members(const struct layout *l, size_t i);
size_t field_after(const struct layout *l, size_t i); /* the next that is no member of i */
uint64_t field_element_size(const struct field *f);   /* in bytes; of no array: all of it */

/* Counts, and sums in bits. Holes of whole bytes, and others, as a user speaks of them. */
struct totals {
	size_t members;
	uint64_t member_bits;
	size_t holes, bit_holes;
	uint64_t hole_bits, bit_hole_bits;
	uint64_t padding_bits;
	size_t inner_gaps; /* holes and padding inside members, each member's counted once */
	uint64_t inner_bits;
};

char *holes_amount(uint64_t bits); /* "3 bytes", "13 bits"; the caller frees it */
struct totals totals_of(const struct layout *l);

#endif
