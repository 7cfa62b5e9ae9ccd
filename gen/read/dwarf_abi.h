/* SPDX-License-Identifier: MIT */
/*
 * What a machine and a compiler do about alignment that DWARF does not say.
 *
 * Whatever is not known here errs towards more alignment: storage that is too well aligned works.
 */
#ifndef GEN_DWARF_ABI_H
#define GEN_DWARF_ABI_H

#include "read/dwarf_facts.h"

#include <stdbool.h>
#include <stdint.h>

struct bounds {
	uint64_t lo, hi;
};

enum compiler_kind { COMPILER_GCC, COMPILER_CLANG, COMPILER_RUSTC, COMPILER_OTHER };

/* What of a producer's flags counts. */
enum {
	FLAG_STRICT_DWARF = 1,
	FLAG_ALIGN_DOUBLE = 2,
	FLAG_ALIGN_INT = 4,
	FLAG_STRICT_ALIGN = 8, /* or a processor that cannot do without */
	FLAG_REDUCED = 16,     /* leaves out the types of headers */
};

/* A compiler, as far as alignments depend on it. */
struct traits {
	enum compiler_kind kind;
	unsigned version, flags;
	unsigned dwarf, language;
	uint64_t pack;	       /* -fpack-struct: the most that any member is aligned to */
	uint64_t least_record; /* -mstructure-size-boundary, in bytes */
	const char *text;      /* the producer, as it is */
};

struct abi {
	unsigned number;
	bool narrow; /* a MIPS of 32 bits, as its ABI has it */
	struct traits traits;
};

uint64_t power_above(uint64_t n); /* the smallest power of two that is not below n */
uint64_t power_in(uint64_t n);	  /* the largest one that divides n; 0 of 0 */

struct traits traits_of(const char *producer, unsigned dwarf, unsigned language);
bool traits_same(const struct traits *a, const struct traits *b);
/* Why the alignment of types may have been left out, or NULL: it has not. The caller frees it. */
char *traits_doubt(const struct traits *t);
bool traits_is_doubtful(const struct traits *t);
/* clang before DWARF 5 does not say what a typedef is aligned to, only what a member is. */
bool traits_hide_typedefs(const struct traits *t);
/* Before DWARF 5 there is no word for _Atomic, which aligns a type to its size. */
bool traits_hide_atomic(const struct traits *t);

struct abi abi_of(const struct fact_object *object, struct traits traits);
/* What a scalar member is aligned to: at least and at most. */
struct bounds abi_scalar(const struct abi *abi, uint64_t size, unsigned encoding);
/* The most that a scalar is aligned to by any attribute of the record that it is a member of. */
uint64_t abi_most_in_record(const struct abi *abi, uint64_t size, unsigned encoding);
/* Up to this size, clang makes size and alignment of an _Atomic type the next power of two. */
uint64_t abi_padded_atomic(const struct abi *abi);
/* Does gcc lose a record's alignment where it equals the size? */
bool abi_is_strict(const struct abi *abi);

#endif
