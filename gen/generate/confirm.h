/* SPDX-License-Identifier: MIT */
/* Compares libclang's answer with that of the real compiler. */
#ifndef GEN_CONFIRM_H
#define GEN_CONFIRM_H

#include "generate/compiler_numbers.h"

/*
 * True: *layouts are the compiler's now, with a warning where libclang had it otherwise. False:
 * diags says why, and *layouts are as before.
 */
bool confirm(const struct compiler_numbers_request *request, struct layouts *layouts,
	     struct diags *diags);

#endif
