/* SPDX-License-Identifier: MIT */
/* The real compiler's numbers, of a source that may include the headers that are made from them. */
#ifndef GEN_COMPILER_NUMBERS_H
#define GEN_COMPILER_NUMBERS_H

#include "read/reader.h"

/* After so many changes of a header's numbers the source that includes it is given up. */
enum { MOST_ROUNDS = 4 };

struct compiler_numbers_request {
	const struct compile *compile;
	const char *input;
	/*
	 * Texts of the headers that are being made. Neutral ones check nothing. Returns how many
	 * there are.
	 */
	size_t (*stand_ins)(void *context, const struct layouts *layouts, bool neutral,
			    struct stand_in *stand_ins);
	void *context;
	bool used_stand_in; /* the source includes them, as far as is known */
	bool alone;	    /* as cc_request has it */
	bool for_show;	    /* bit-fields are of interest, too */
};

/*
 * Measure the types until what the compiler says is what the stand-ins say that it was made with.
 * True: *layouts are the compiler's now. False: diags says why, and *layouts are as before.
 */
bool compiler_numbers_measure(const struct compiler_numbers_request *r, struct layouts *layouts,
			      struct diags *diags);

/*
 * The same where the compiler is all there is: *layouts come with made-up numbers, and whether the
 * source includes what is made from it is found out, too. The answer's layouts are the result.
 */
bool compiler_numbers_alone(const struct compiler_numbers_request *r, const struct layouts *made_up,
			    struct read_answer *answer, struct diags *diags);

#endif
