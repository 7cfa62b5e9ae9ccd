/* SPDX-License-Identifier: MIT */
/*
 * Numbers out of warnings, as gcc and clang have them:
 *
 *	gen-opaque: struct conn, fd:3:30: warning: conversion from 'unsigned long long' to
 *	'unsigned char' changes value from '9223372036854775824' to '16' [-Woverflow]
 *	gen-opaque: struct conn:9:36: warning: 'alloc_size' attribute argument value '2' exceeds the
 *	number of function parameters 1 [-Wattributes]
 *
 * The second kind is only of types that may alias others: of those that may not there is none.
 */
#include "base/text.h"
#include "model/targets.h"
#include "read/complaints.h"
#include "read/probe_questions.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct numbers {
	uint64_t *v;
	bool *said;
	size_t n;
};

static bool parse_number(const char *text, uint64_t *value)
{
	static const char lost[] = "changes value from ", attribute[] = "attribute argument value ";
	const char *number = strstr(text, lost), *alias = strstr(text, attribute);

	if (number) {
		number += strlen(lost);
		*value = strtoull(number + (*number == '\''), NULL, 10);
		return *value & PROBE_MARK_BIT;
	}
	*value = PROBE_ALIAS;
	return alias != NULL;
}

static void take_warning(const struct complaint *c, void *context)
{
	struct numbers *numbers = context;
	size_t index = c->line - PROBE_FIRST_LINE;
	uint64_t value;

	if (c->line < PROBE_FIRST_LINE || index >= numbers->n || !complaint_is_about_question(c) ||
	    !parse_number(c->text, &value))
		return;
	numbers->v[index] = value & ~PROBE_MARK_BIT;
	numbers->said[index] = true;
}

struct records {
	FILE *out;
	const struct numbers *numbers;
};

static void print_record(FILE *out, const char *what, uint64_t value)
{
	fprintf(out, PROBE_MARK "%s=%" PRIu64 " %" PRIu64 ";", what, value, value % PROBE_CHECK);
}

static void print_answer(void *context, const struct question *q, size_t index)
{
	const struct records *r = context;
	const struct numbers *numbers = r->numbers;

	if (numbers->said[index])
		print_record(r->out, q->what, numbers->v[index]);
	else if (q->is_alias && numbers->said[numbers->n - 1])
		print_record(r->out, q->what, PROBE_NO_ALIAS);
}

static void print_start(FILE *out, uint64_t target, size_t expected)
{
	char *what = text_format(
		"probe(%s)", target < n_known_targets ? known_targets[target].triple : "unknown");

	print_record(out, what, expected);
	free(what);
}

char *probe_records(const struct probe *p, const char *warnings)
{
	size_t n = probe_ask(p, NULL, NULL);
	struct numbers numbers = { text_alloc(n + 2, sizeof(uint64_t)),
				   text_alloc(n + 2, sizeof(bool)), n + 2 };
	struct records records = { .numbers = &numbers };
	struct text t;

	complaints_warnings(warnings, take_warning, &numbers);
	text_open(&t);
	records.out = t.file;
	if (numbers.said[n]) {
		print_start(t.file, numbers.v[n], n);
		probe_ask(p, print_answer, &records);
	}
	free(numbers.v);
	free(numbers.said);
	return text_close(&t);
}

struct search {
	size_t line;
	bool found;
};

static void look_for_line(const struct complaint *c, void *context)
{
	struct search *s = context;

	s->found = s->found || (c->line == s->line && complaint_is_about_question(c));
}

bool probe_was_read(const struct probe *p, const char *warnings)
{
	struct search s = { probe_ask(p, NULL, NULL) + PROBE_FIRST_LINE, false };

	complaints_warnings(warnings, look_for_line, &s);
	return s.found;
}
