/* SPDX-License-Identifier: MIT */
#include "base/nearest.h"
#include "base/words.h"
#include "read/scan.h"
#include "unit.h"

static void check(const char *wanted, const char *expected)
{
	struct words names = { NULL, 0 }, found = { NULL, 0 };

	words_add(&names, "struct connection");
	words_add(&names, "struct conn");
	words_add(&names, "conn_t");
	words_add(&names, "struct coin");
	words_add(&names, "struct conn");
	words_add(&names, "union value");
	words_add(&names, "struct net::parser");
	nearest_names(wanted, &names, 3, &found);
	words_free(&names);
	assert_words(&found, expected);
}

static void finds_the_nearest(void **state)
{
	(void)state;
	check("struct conm", "struct conn");
	check("struct connektion", "struct connection");
	check("union valeu", "union value");
}

static void finds_a_forgotten_word(void **state)
{
	(void)state;
	check("conn", "struct conn");
	check("struct value", "union value");
	check("struct conn_t", "conn_t");
}

static void finds_what_is_in_scopes(void **state)
{
	(void)state;
	check("parser", "struct net::parser");
	check("net::parsr", "struct net::parser");
	check("web::parser", "struct net::parser");
}

static void finds_all_that_are_as_near(void **state)
{
	(void)state;
	check("struct con", "struct coin struct conn");
}

static void finds_nothing_far_off(void **state)
{
	(void)state;
	check("struct widget", "");
}

static void counts_what_looks_like_definitions(void **state)
{
	(void)state;
	assert_int_equal(scan_definitions("struct a { struct b { int x; } y; };", "struct", "a"),
			 1);
	assert_int_equal(scan_definitions("struct A(1, (2)) a\n{ } struct a*f() {", "struct", "a"),
			 1);
	assert_int_equal(scan_definitions("struct a; struct ab {}; xstruct a {", "struct", "a"), 0);
	assert_int_equal(scan_definitions("union a {} void f() { union a {} b; }", "union", "a"),
			 2);
	assert_int_equal(scan_definitions("struct a (", "struct", "a"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_nearest),
		cmocka_unit_test(finds_a_forgotten_word),
		cmocka_unit_test(finds_what_is_in_scopes),
		cmocka_unit_test(finds_all_that_are_as_near),
		cmocka_unit_test(finds_nothing_far_off),
		cmocka_unit_test(counts_what_looks_like_definitions),
	};

	return RUN(tests);
}
