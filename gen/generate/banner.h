/* SPDX-License-Identifier: MIT */
/*
 * The command and the names in a header's banner. The same source must give the same bytes on every
 * machine: no absolute path, no date, nothing of the build directory.
 */
#ifndef GEN_BANNER_H
#define GEN_BANNER_H

#include "request/request.h"

/* The command line that makes the header again. The caller frees all three. */
char *banner_command(const struct request *r);
/* A real path below the root, else its name alone; so too an output in the build directory. */
char *banner_path(const struct request *r, const char *real, bool is_output);
/* "x86_64-linux-gnu": a triple without the vendor, which says nothing of layouts. */
char *banner_target(const char *triple);

#endif
