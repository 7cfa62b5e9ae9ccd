/* SPDX-License-Identifier: MIT */
/* A header whose numbers are floors, held against every compiler of --cc. */
#ifndef GEN_FLOORS_H
#define GEN_FLOORS_H

#include "request/request.h"

/*
 * `r` asks for the header, `now` are the types as they are, and the header is `at` this place.
 * The first compiler made the header again; do all types fit with the others too? With more than
 * one, a note says which is nearest to a limit.
 */
bool floors_check(const struct request *check, const struct request *r, const struct layouts *now,
		  const struct place *at, struct diags *diags);

#endif
