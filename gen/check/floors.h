/* SPDX-License-Identifier: MIT */
/* A header whose numbers are floors, held against every compiler of --cc. */
#ifndef GEN_FLOORS_H
#define GEN_FLOORS_H

#include "check/remake.h"

/*
 * The first compiler made the header again; do all types fit with the others too? With more than
 * one, a note says which is nearest to a limit.
 */
bool floors_check(const struct request *check, const char *file, const struct remade *m,
		  struct diags *diags);

#endif
