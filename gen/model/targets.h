/* SPDX-License-Identifier: MIT */
/*
 * The targets that a header can distinguish.
 *
 * What a target is here follows from what decides layouts: the processor's ABI and the object
 * format, not the system above. So x86_64 is every ELF system on it, Windows is two targets, for
 * MSVC and MinGW differ. A compiler for which no condition holds has an unknown target.
 */
#ifndef GEN_TARGETS_H
#define GEN_TARGETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct target {
	const char *name;      /* "armhf" */
	const char *triple;    /* "arm-linux-gnueabihf", for libclang */
	const char *condition; /* of #if, on macros that gcc, clang and MSVC define themselves */
	const char *patterns;  /* of other triples that mean the same; between blanks */
};

extern const struct target known_targets[];
extern const size_t n_known_targets;

/* By its name, or by any triple that means it; NULL: not known. */
const struct target *target_find(const char *name_or_triple);
/* Do two triples mean the same? NULL is a target that is not known, and only like itself. */
bool target_same(const char *a, const char *b);
/* What libclang gets wrong there; NULL: nothing known. */
const char *target_doubt(const struct target *t);

/* The largest alignment that the target's object files allow; 0: none that is known. */
uint64_t target_most_align(const char *triple);

/* What libclang has to be told besides the triple; NULL: nothing. */
const char *target_flag(const struct target *t);

/*
 * What a compiler's preprocessor makes of the ladder's text tells its target, whatever flags it
 * has; NULL: not one that is known. The caller frees the text.
 */
char *target_ladder(void);
const struct target *target_answer(const char *preprocessed);

#endif
