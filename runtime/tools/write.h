/* SPDX-License-Identifier: MIT */
#ifndef WRITE_H
#define WRITE_H

/* The forms in which slabinfo says what it has seen. Errors are left in the stream. */

#include <stdio.h>

#include "columns.h"

struct target;

/* "32.1 %" of what is there, in the words of slabtop(1) of procps; each line ends with @end. */
void write_summary(FILE *out, const struct snapshot *s, const char *end);

/* A JSON object, see slabinfo(1). */
void write_json(FILE *out, const struct target *target, const struct snapshot *s);

/* A page that needs nothing else. Wants DETAIL_OBJECTS. */
void write_html(FILE *out, const struct target *target, const struct snapshot *s);

#endif
