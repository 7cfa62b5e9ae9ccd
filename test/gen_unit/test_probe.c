/* SPDX-License-Identifier: MIT */
#include "base/text.h"
#include "model/targets.h"
#include "read/probe.h"
#include "unit.h"

#define WHOLE                                                           \
	"->gen_opaque probe(m68k-linux-gnu)=6 6;"                       \
	"->gen_opaque size(struct conn)=100 3;"                         \
	"->gen_opaque align(struct conn)=2 2;"                          \
	"->gen_opaque kind(session_t)=13 13;"                           \
	"->gen_opaque offset(struct conn, fd)=00000000000000000098 01;" \
	"->gen_opaque width(struct conn, fd)=2 2;"                      \
	"->gen_opaque alias(session_t)=1 1;"

static struct probe_answers search(const char *bytes, size_t len)
{
	char *exact = text_alloc(len, 1); /* so that a look behind the end is seen */
	struct probe_answers all;

	memcpy(exact, bytes, len);
	probe_search(exact, len, &all);
	free(exact);
	return all;
}

static void finds_numbers_among_bytes(void **state)
{
	static const char bytes[] = "\177ELF\0\xff" WHOLE "\0more";
	struct probe_answers all = search(bytes, sizeof(bytes) - 1);
	const struct layout *l;

	(void)state;
	assert_int_equal(all.n, 1);
	assert_true(probe_is_whole(&all.v[0]));
	assert_int_equal(all.v[0].layouts.n, 2);
	l = &all.v[0].layouts.v[0];
	assert_string_equal(l->declared, "struct conn");
	assert_string_equal(l->target, "m68k-linux-gnu");
	assert_int_equal(l->reader, READER_CC);
	assert_int_equal(l->size, 100);
	assert_int_equal(l->align, 2);
	assert_int_equal(l->align_low, 2);
	assert_int_equal(layout_find_field(l, "fd")->offset, 98);
	assert_int_equal(layout_find_field(l, "fd")->size, 2);
	l = &all.v[0].layouts.v[1];
	assert_null(l->declared);
	assert_true(l->is_record && l->is_union && !l->has_may_alias);
	probe_answers_free(&all);
}

static void a_null_may_stand_before_a_number(void **state)
{
	static const char bytes[] =
		"->gen_opaque probe(unknown)=\0001 1;->gen_opaque size(u)=\0004 4;";
	struct probe_answers all = search(bytes, sizeof(bytes) - 1);

	(void)state;
	assert_int_equal(all.n, 1);
	assert_true(probe_is_whole(&all.v[0]));
	assert_string_equal(all.v[0].target, UNKNOWN_TARGET);
	probe_answers_free(&all);
}

static void keeps_two_answers_apart(void **state)
{
	static const char bytes[] =
		WHOLE "....->gen_opaque probe(i386)=1 1;->gen_opaque size(x)=5 5;";
	struct probe_answers all = search(bytes, sizeof(bytes) - 1);

	(void)state;
	assert_int_equal(all.n, 2);
	assert_true(probe_is_whole(&all.v[0]) && probe_is_whole(&all.v[1]));
	assert_int_equal(all.v[1].layouts.v[0].size, 5);
	probe_answers_free(&all);
}

static void finds_flexible_arrays(void **state)
{
	static const char bytes[] = "->gen_opaque probe(i386)=6 6;"
				    "->gen_opaque start(struct a, last.data)=20 20;"
				    "->gen_opaque element(struct a, last.data)=2 2;"
				    "->gen_opaque open(struct a, last.data)=1 1;"
				    "->gen_opaque start(struct b, tail)=4 4;"
				    "->gen_opaque element(struct b, tail)=1 1;"
				    "->gen_opaque open(struct b, tail)=0 0;";
	struct probe_answers all = search(bytes, sizeof(bytes) - 1);
	const struct layout *l = all.v[0].layouts.v;

	(void)state;
	assert_true(probe_is_whole(&all.v[0]));
	assert_int_equal(l[0].n_flexible, 1);
	assert_string_equal(l[0].flexible[0].path, "last.data");
	assert_int_equal(l[0].flexible[0].offset, 20);
	assert_int_equal(l[0].flexible[0].element, 2);
	assert_false(l[1].has_flexible); /* it has a length */
	probe_answers_free(&all);
}

/* As when a type is asked for twice, under two base names. */
static void takes_the_same_again(void **state)
{
#define TWICE(what, number)                            \
	"->gen_opaque " what "=" number " " number ";" \
	"->gen_opaque " what "=" number " " number ";"
	static const char bytes[] = "->gen_opaque probe(i386)=6 6;" TWICE("size(struct a)", "24")
		TWICE("offset(struct a, tail)", "20") TWICE("start(struct a, tail)", "20");
	struct probe_answers all = search(bytes, sizeof(bytes) - 1);
	const struct layout *l = all.v[0].layouts.v;

	(void)state;
	assert_true(probe_is_whole(&all.v[0]));
	assert_int_equal(all.v[0].layouts.n, 1);
	assert_int_equal(l->n_fields, 1);
	assert_int_equal(l->n_flexible, 1);
	assert_int_equal(l->flexible[0].offset, 20);
	probe_answers_free(&all);
#undef TWICE
}

/* Wherever the bytes end, no part of an answer passes for the whole. */
static void knows_what_is_cut_off(void **state)
{
	(void)state;
	for (size_t len = 0; len < strlen(WHOLE); len++) {
		struct probe_answers all = search(WHOLE, len);

		for (size_t i = 0; i < all.n; i++)
			assert_false(probe_is_whole(&all.v[i]));
		probe_answers_free(&all);
	}
}

/* Whatever single byte is another one, the answer is not whole, or says the same. */
static void knows_a_damaged_digit(void **state)
{
	(void)state;
	for (size_t i = 0; i < strlen(WHOLE); i++) {
		char bytes[] = WHOLE;
		struct probe_answers all;

		if (bytes[i] < '0' || bytes[i] > '9')
			continue;
		if (strncmp(bytes + i, "68k", 3) == 0 || strncmp(bytes + i, "8k", 2) == 0)
			continue; /* of the target's name */
		bytes[i] = bytes[i] == '9' ? '0' : (char)(bytes[i] + 1);
		all = search(bytes, sizeof(bytes) - 1);
		assert_false(all.n == 1 && probe_is_whole(&all.v[0]));
		probe_answers_free(&all);
	}
}

static void sees_nothing_in_its_own_source(void **state)
{
	struct layouts types = { NULL, 0 };
	const struct probe probe = { PROBE_DATA, "/src/\"odd\\.c", &types, true };
	struct layout *l = layouts_add(&types);
	struct probe_answers all;
	char *text;

	(void)state;
	l->kind = LAYOUT_UNION;
	l->name = text_copy("u");
	text = probe_text(&probe);
	assert_non_null(strstr(text, "#include </src/\"odd\\.c>\n"));
	assert_non_null(strstr(text, "sizeof(union u)"));
	all = search(text, strlen(text));
	assert_int_equal(all.n, 0);
	free(text);
	layouts_free(&types);
}

/* One type with one field, asked for in the way of warnings: six questions. */
static struct layouts one_type(void)
{
	struct layouts types = { NULL, 0 };
	struct layout *l = layouts_add(&types);
	struct field *f = layout_add_field(l);

	l->name = text_copy("conn");
	f->name = text_copy("fd");
	f->type = text_copy("int");
	return types;
}

#define LOST(line, number)                                                                      \
	"gen-opaque: struct conn:" line ":1: warning: conversion from 'unsigned long long' to " \
	"'unsigned char' changes value from " number " to 1 [-Woverflow]\n"
#define ARGUMENT(line)                                                                            \
	"gen-opaque: struct conn:" line ":1: warning: 'alloc_size' attribute argument value '2' " \
	"exceeds the number of function parameters 1 [-Wattributes]\n"
#define NUMBERS                            \
	LOST("7", "9223372036854775808")   \
	LOST("1", "'9223372036854775832'") \
	LOST("2", "9223372036854775816")   \
	LOST("3", "9223372036854775820")   \
	LOST("5", "9223372036854775808") LOST("6", "9223372036854775812")

static struct probe_answers answer_of(const char *warnings)
{
	struct layouts types = one_type();
	const struct probe probe = { PROBE_WARNINGS, "/src/conn.c", &types, true };
	char *records = probe_records(&probe, warnings);
	struct probe_answers all = search(records, strlen(records));

	free(records);
	layouts_free(&types);
	return all;
}

static void takes_numbers_out_of_warnings(void **state)
{
	struct probe_answers all = answer_of("conn.c:1:1: warning: unused\n" NUMBERS ARGUMENT("8"));
	const struct layout *l;

	(void)state;
	assert_int_equal(all.n, 1);
	assert_true(probe_is_whole(&all.v[0]));
	assert_string_equal(all.v[0].target, known_targets[0].triple);
	l = &all.v[0].layouts.v[0];
	assert_int_equal(l->size, 24);
	assert_int_equal(l->align, 8);
	assert_int_equal(l->fields[0].size, 4);
	assert_true(l->is_record && !l->is_union && !l->has_may_alias);
	probe_answers_free(&all);
	all = answer_of(NUMBERS ARGUMENT("4") ARGUMENT("8"));
	assert_true(probe_is_whole(&all.v[0]) && all.v[0].layouts.v[0].has_may_alias);
	probe_answers_free(&all);
}

/* Of silence nothing is concluded, unless it has an end. */
static void misses_a_warning(void **state)
{
	static const char *const cut[] = { NUMBERS, LOST("1", "9223372036854775832"),
					   NUMBERS LOST("8", "17") };
	struct probe_answers all;

	(void)state;
	for (size_t i = 0; i < sizeof(cut) / sizeof(*cut); i++) {
		all = answer_of(cut[i]);
		assert_false(all.n == 1 && probe_is_whole(&all.v[0]));
		probe_answers_free(&all);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_numbers_among_bytes),
		cmocka_unit_test(a_null_may_stand_before_a_number),
		cmocka_unit_test(keeps_two_answers_apart),
		cmocka_unit_test(finds_flexible_arrays),
		cmocka_unit_test(takes_the_same_again),
		cmocka_unit_test(knows_what_is_cut_off),
		cmocka_unit_test(knows_a_damaged_digit),
		cmocka_unit_test(sees_nothing_in_its_own_source),
		cmocka_unit_test(takes_numbers_out_of_warnings),
		cmocka_unit_test(misses_a_warning),
	};

	return RUN(tests);
}
