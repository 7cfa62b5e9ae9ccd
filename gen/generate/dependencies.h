/* SPDX-License-Identifier: MIT */
/* The Make rule that --depfile writes. */
#ifndef GEN_DEPENDENCIES_H
#define GEN_DEPENDENCIES_H

#include "request/request.h"

/*
 * What -o, --fwd and --layout name is made of these files, and of the database if there is one.
 * With --stamp the rule is the stamp's alone: it is newer than what it is made of, as the others,
 * which keep their time, need not be.
 */
char *dependencies_text(const struct request *r, struct words *files);

#endif
