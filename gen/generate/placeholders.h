/* SPDX-License-Identifier: MIT */
/* Layouts whose numbers are made up: for the first text, before anything is known. */
#ifndef GEN_PLACEHOLDERS_H
#define GEN_PLACEHOLDERS_H

#include "request/request.h"

/* Every type that is wanted, with every field that it is wanted for. */
void placeholders_make(const struct request *r, struct layouts *all);

#endif
