/* SPDX-License-Identifier: MIT */
/* What a probe asks of each type, in order. */
#ifndef GEN_PROBE_QUESTIONS_H
#define GEN_PROBE_QUESTIONS_H

#include "read/probe.h"

#include <stdio.h>

/* One number to be asked for, and where the compiler's complaints about it are to point. */
struct question {
	const char *what;  /* "offset(struct conn, fd)" */
	const char *value; /* an expression */
	const char *place; /* "struct conn, fd" */
	uint64_t known;	   /* what the probe's types say */
	bool is_alias;	   /* may the type alias others? PROBE_ALIAS and the like */
};

typedef void question_function(void *context, const struct question *q, size_t index);

/* Returns how many there are; without a function they are only counted. */
size_t probe_ask(const struct probe *p, question_function *ask, void *context);

#endif
