/* SPDX-License-Identifier: MIT */
/*
 * What DIEs say of types: sizes, members, and alignments as bounds; on one machine, of one
 *compiler.
 *
 * DWARF states a size, and an alignment only where a user asked for one. A record's alignment is
 * then between
 *	hi  the most that its members can ask for: natural alignment, as far as it divides their
 *	    offset and the size
 *	lo  what was stated; else what its holes prove: a hole of h bytes comes only before a
 *	    member, or at the end of a record, that is aligned to more than h
 */
#ifndef GEN_DWARF_TYPES_H
#define GEN_DWARF_TYPES_H

#include "read/dwarf_abi.h"
#include "read/dwarf_facts.h"

#define ALIGN_UNKNOWN ((uint64_t)1 << 62) /* an upper bound where nothing is known */
#define LONGEST	      ((int64_t)1 << 60)

/* For a record that its own unit only declares: the definition that another has. */
struct completion {
	const struct fact_die *declared; /* any of that tag and full name */
	struct fact_die *definition;
};

struct types {
	struct abi abi;
	const struct completion *completions;
	size_t n_completions;
	unsigned round; /* whose notes in the DIEs are these types' own */
	unsigned depth;
	char *wrong; /* the first thing that makes no sense; all numbers are void then */
};

/* A member of a record, or a base class. */
struct member {
	const struct fact_die *die;
	struct fact_die *type;
	bool placed;	   /* false: its place depends on the object (a virtual base) */
	bool is_bit_field; /* width bits wide */
	uint64_t bits;	   /* from the start of the record */
	uint64_t width;
	uint64_t size; /* of its type */
};

struct types types_of(const struct fact_object *object, struct traits traits);
void types_free(struct types *t);
void types_wrong(struct types *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

bool die_is_record(const struct fact_die *die);
bool die_is_qualifier(const struct fact_die *die);
bool die_is_pointer(const struct fact_die *die);
bool die_is_declaration(const struct fact_die *die);
/* The type behind typedefs and qualifiers, and behind a reference to a type unit; NULL: void. */
struct fact_die *types_bare(struct types *t, const struct fact_die *die);
/* The lengths of an array's dimensions; -1: not known. *varies: one depends on the object. */
struct dimensions {
	size_t n;
	int64_t v[100];
	bool varies;
};
void types_dimensions(struct types *t, const struct fact_die *array, struct dimensions *d);

uint64_t types_size(struct types *t, struct fact_die *die); /* in bytes; 0 where there is none */
/* Does the size depend on the object? */
bool types_vary(struct types *t, const struct fact_die *die);
/* False: child is none that has a place in the record, or it is a static member. */
bool types_member(struct types *t, const struct fact_die *record, struct fact_die *child,
		  struct member *m);

/* ---- dwarf_bounds.c ---- */

struct bounds types_bounds(struct types *t, struct fact_die *die);  /* as a member has it */
struct bounds types_named(struct types *t, struct fact_die *die);   /* of one that is asked for */
uint64_t types_stated(struct types *t, const struct fact_die *die); /* DW_AT_alignment, or 0 */
/* The most that a member can be aligned to where it stands. */
uint64_t types_member_limit(struct types *t, const struct member *m, uint64_t record_size);

#endif
