/* SPDX-License-Identifier: MIT */
/* Layouts of which only the names are right: for a first text, before anything is known. */
#ifndef GEN_PLACEHOLDERS_H
#define GEN_PLACEHOLDERS_H

#include "request/request.h"

/* Every type that is wanted, with every field that it is wanted for. */
void placeholders_make(const struct request *r, struct layouts *all);

#endif
