/* SPDX-License-Identifier: MIT */
/*
 * The facts of types in object files: what two engines deliver (libdw in C, and the helper over
 * pyelftools, which sends them as JSON), and from which the mind (dwarf_answer.h) makes layouts.
 *
 * An engine finds DIEs and copies what stands in them. It computes no alignment, no layout, no size
 * of an array and no name with scopes; so the two can only differ in what they have read.
 *
 * Delivered are the DIEs found and all that they lead to: the members and base classes of a record,
 * the ranges of an array, the parameters of a function, DW_AT_type, the scope. What is reached only
 * through a pointer or a reference is needed to be spelled, so records and enumerations there come
 * without children (FACT_BRIEF).
 */
#ifndef GEN_DWARF_FACTS_H
#define GEN_DWARF_FACTS_H

#include "base/words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- the request ---- */

enum fact_op {
	FACT_FIND, /* records and typedefs of some names, declarations too */
	FACT_LIST, /* the definitions of all names */
	FACT_NAMES /* only the names, for what was not found */
};

struct fact_request {
	enum fact_op op;
	struct words names; /* plain: "conn" for "net::conn"; of FACT_NAMES those to be near to */
	const struct words *inputs;
	const struct words *debug_dirs;
	double seconds;	    /* of processor time */
	unsigned mebibytes; /* of memory */
};

/* ---- the answer ---- */

/* A compiler as a compile unit names it. */
struct fact_producer {
	char *text;
	unsigned version; /* of DWARF */
	unsigned language;
};

/* An ELF file or an archive's member. What stands in separate files counts as the object's own. */
struct fact_object {
	char *label;  /* "conn.o", "libconn.a(conn.o)" */
	size_t input; /* of the request's, which one it is or is in */
	unsigned machine, bits, flags;
	bool big;		 /* big endian */
	int enum_size, vfp_args; /* ARM's build attributes; -1: not said */
	/* Of all compile units. Needed where a delivered unit does not say its own. */
	struct fact_producer *producers;
	size_t n_producers;
};

struct fact_unit {
	struct fact_object *object;
	unsigned version, address;
	unsigned language; /* 0: not said */
	char *producer;	   /* NULL: not said */
};

enum fact_flag {
	FACT_DECLARATION = 1,
	FACT_EXTERNAL = 2, /* a static member */
	FACT_VECTOR = 4,
	FACT_PROTOTYPED = 8,
	FACT_VIRTUAL = 16,
	FACT_EXPORT_SYMBOLS = 32, /* an inline namespace */
	FACT_ARTIFICIAL = 64,
	FACT_BRIEF = 128,
	FACT_VARIES = 256,	  /* its size, or length, is no constant */
	FACT_PLACE_VARIES = 512,  /* so is its place: a virtual base */
	FACT_VARIANT = 1024,	  /* has a variant part: members that are not delivered */
	FACT_SPECIFICATION = 2048 /* of what is declared elsewhere */
};

/* Which numbers a DIE has. */
enum fact_has {
	HAS_SIZE = 1,
	HAS_BITS = 2,
	HAS_ALIGN = 4,
	HAS_AT = 8,
	HAS_BIT_AT = 16,
	HAS_BIT_OFFSET = 32,
	HAS_ENCODING = 64,
	HAS_COUNT = 128,
	HAS_UPPER = 256,
	HAS_LOWER = 512
};

struct fact_die {
	unsigned tag, flags, has;
	unsigned line;
	struct fact_unit *unit;
	char *name; /* "" where it has none */
	char *file; /* absolute, or relative to nobody knows what; NULL: not said */
	int64_t size, bits, align;
	int64_t at;	    /* DW_AT_data_member_location, in bytes */
	int64_t bit_at;	    /* DW_AT_data_bit_offset */
	int64_t bit_offset; /* DW_AT_bit_offset */
	int64_t encoding, count, upper, lower;
	struct fact_die *scope, *type, *definition; /* of a type unit */
	struct fact_die **children;
	size_t n_children;

	/* The mind's notes: see dwarf_types.h. */
	unsigned size_noted, bounds_noted;
	uint64_t noted_size, noted_lo, noted_hi;
};

enum fact_error_kind {
	FACT_ABSENT, /* this file has no types to offer; others may */
	FACT_REFUSED,
	FACT_CORRUPT,
	FACT_UNABLE, /* the other engine may read it */
	FACT_LIMIT   /* of time or memory */
};

struct fact_error {
	enum fact_error_kind kind;
	char *file, *text; /* the text stands behind "FILE: error: " */
	struct words notes;
};

struct fact_name {
	char *kind, *name; /* "struct", "net::conn" */
};

struct fact_chunk;

/* All that is in here lives as long as it does. */
struct facts {
	/* At least the first of each input. */
	struct fact_object **objects;
	size_t n_objects;
	struct fact_die **found;
	size_t n_found;
	struct fact_error *errors;
	size_t n_errors;
	struct fact_name *names;
	size_t n_names;
	bool has_types; /* FACT_NAMES: is there any type at all? */
	struct words files;
	struct fact_chunk *chunks;
};

void *facts_alloc(struct facts *f, size_t size); /* zeroed */
char *facts_copy(struct facts *f, const char *s);
struct fact_object *facts_object(struct facts *f, const char *label, size_t input);
void facts_found(struct facts *f, struct fact_die *die);
void facts_name(struct facts *f, const char *kind, const char *name);
struct fact_error *facts_error(struct facts *f, enum fact_error_kind kind, const char *file,
			       const char *format, ...) __attribute__((format(printf, 4, 5)));
/* The one that ends the reading, or NULL. */
const struct fact_error *facts_stopped(const struct facts *f);
void facts_forget(struct facts *f); /* what was found and all DIEs; errors and files stay */
void facts_free(struct facts *f);

/* ---- engines ---- */

/*
 * Fill *f. Of a list, take() gets what was found so far, any number of times, and is the last to
 * see it. Both engines put their errors into f.
 */
typedef void facts_take(void *arg, struct facts *f);
typedef void fact_engine(const struct fact_request *request, struct facts *f, facts_take *take,
			 void *arg);

/* Runs in a child process: a broken file may bring libdw down. */
fact_engine libdw_facts;
/* Starts a process of its own. */
fact_engine helper_facts;

#endif
