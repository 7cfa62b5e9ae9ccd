/* SPDX-License-Identifier: MIT */
/* What cmocka's header needs before it, and a little help for tests. */
#ifndef TEST_GEN_UNIT_H
#define TEST_GEN_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/diag.h"
#include "base/text.h"
#include "base/words.h"

#define RUN(tests) cmocka_run_group_tests(tests, NULL, NULL)

/* The words of a line in a shell's syntax. */
static inline struct words words_of(const char *line)
{
	struct words w = { NULL, 0 };

	assert_true(words_split(&w, line));
	return w;
}

/* They again as one line. */
static inline char *line_of(const struct words *w)
{
	struct text t;

	text_open(&t);
	for (size_t i = 0; i < w->n; i++)
		fprintf(t.file, "%s%s", i ? " " : "", w->v[i]);
	return text_close(&t);
}

/* Does the list say exactly these words? The list is freed. */
static inline void assert_words(struct words *w, const char *line)
{
	char *actual = line_of(w);

	assert_string_equal(actual, line);
	free(actual);
	words_free(w);
}

/* All that is recorded, as it would be printed without colour. */
static inline char *printed(struct diags *d)
{
	struct text t;

	text_open(&t);
	diag_print(d, t.file, false, "/here");
	return text_close(&t);
}

/* The diagnostics print as this; they are freed. */
static inline void assert_printed(struct diags *d, const char *expected)
{
	char *actual = printed(d);

	assert_string_equal(actual, expected);
	free(actual);
	diag_free(d);
}

/* A directory of the test's own, empty. */
static inline char *make_dir(void)
{
	char *dir = text_copy("/tmp/gen-unit.XXXXXX");

	assert_non_null(mkdtemp(dir));
	return dir;
}

#endif
