/* SPDX-License-Identifier: MIT */
#include "base/text.h"
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
	assert_string_equal(l->reader, "cc");
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
	};

	return RUN(tests);
}
