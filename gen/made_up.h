/* SPDX-License-Identifier: MIT */
/* Layouts of which only the names are right: for a first text, before anything is known. */
#ifndef GEN_MADE_UP_H
#define GEN_MADE_UP_H

#include "request.h"

/* Every type that is wanted, with every field that it is wanted for. */
void make_up(const struct request *r, struct layouts *all);

#endif
