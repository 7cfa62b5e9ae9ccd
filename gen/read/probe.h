/* SPDX-License-Identifier: MIT */
/*
 * A probe: a source that makes a compiler say what it knows of types. It includes the source that
 * defines them and leaves one record for each number in what the compiler writes:
 *
 *	->gen_opaque probe(x86_64-linux-gnu)=5 5;		how many records follow
 *	->gen_opaque size(struct conn)=96 96;
 *	->gen_opaque align(struct conn)=8 8;
 *	->gen_opaque kind(struct conn)=12 12;			__builtin_classify_type's
 *	->gen_opaque offset(struct conn, fd)=16 16;
 *	->gen_opaque width(struct conn, fd)=4 4;		its sizeof
 *	->gen_opaque offset(struct conn, a[0].b)=20 20;		a member's member
 *	->gen_opaque start(struct conn, data)=24 24;		of a flexible array: its offset
 *	->gen_opaque element(struct conn, data)=2 2;		how large an element is
 *	->gen_opaque open(struct conn, data)=1 1;		and is it one? 0: it has a length
 *
 * The second number is the first modulo 97, by which a damaged one is known. In assembly a number
 * has a '$' or '#' in front of it on some targets.
 */
#ifndef GEN_PROBE_H
#define GEN_PROBE_H

#include "model/layout.h"

#define PROBE_MARK "->gen_opaque "
enum { PROBE_CHECK = 97 };

/* How a number gets into the compiler's output. */
enum probe_printer {
	PROBE_ASSEMBLY,	  /* an assembler string, for compilers with gcc's asm */
	PROBE_DATA,	  /* decimal digits in constant data, for any compiler's object */
	PROBE_WARNINGS,	  /* a warning for each, for compilers that show the number in it */
	PROBE_ASSERTIONS, /* an error where one is not what the types say, behind a warning */
};

struct probe {
	enum probe_printer printer;
	const char *input;	     /* absolute */
	const struct layouts *types; /* their names, kinds and fields; numbers only of assertions */
	bool describes;		     /* what kind of types they are, too */
};

/* The caller frees it. */
char *probe_text(const struct probe *p);

/* What is asked about may_alias. */
enum { PROBE_ALIAS_NOT_SAID, PROBE_NO_ALIAS, PROBE_ALIAS };

/*
 * Each warning stands in a line with the number of its question, and is about a value with this bit
 * set. Two more are for the index of the target, which comes first, and for the end.
 */
enum { PROBE_FIRST_LINE = 1 };
#define PROBE_MARK_BIT (1ULL << 63)

/* The records that a compiler's warnings amount to; cut off where one is missing. */
char *probe_records(const struct probe *p, const char *warnings);
/* Is there the one of the target? */
bool probe_was_read(const struct probe *p, const char *warnings);

/*
 * The compiler's complaints about a question name its type, and its field behind a comma, in place
 * of a file: "gen-opaque: struct conn, fd:1:9: error: ...".
 */
#define PROBE_PLACE "gen-opaque: "

/* Can the compiler be asked for its offset, and for its size as well? */
bool probe_can_ask(const struct field *f);
bool probe_can_measure(const struct field *f);

/* What one probe's compiler said, all of one target. */
struct probe_answer {
	char *target; /* as targets.h has it, or UNKNOWN_TARGET */
	struct layouts layouts;
	uint64_t expected, found; /* records; the same in a whole answer */
};

struct probe_answers {
	struct probe_answer *v;
	size_t n;
};

#define UNKNOWN_TARGET "an unknown target"

/* Find answers among any bytes: assembly, objects of any format, archives of them. */
void probe_search(const char *bytes, size_t len, struct probe_answers *all);
void probe_answers_free(struct probe_answers *all);
bool probe_is_whole(const struct probe_answer *a);

#endif
