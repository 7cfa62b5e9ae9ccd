/* SPDX-License-Identifier: MIT */
/* Do programs that were built with an older header still work with a library that has this one? */
#ifndef GEN_ABI_H
#define GEN_ABI_H

#include "check/remake.h"

/*
 * Holds the shadows of the older header, which may be made by hand, against those of the one that
 * was made again, with each compiler of --cc. *broken: a difference was found, and diags says
 * which. False: one of the headers cannot be read.
 */
bool abi_check(const struct request *check, const struct remade *m, bool *broken,
	       struct diags *diags);

#endif
