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

/* What the text seems to define, separated by blanks. */
static void check_definitions(const char *text, const char *keyword, const char *expected)
{
	struct words names = { NULL, 0 };
	struct text t;
	char *all;

	scan_definitions(text, keyword, &names);
	text_open(&t);
	for (size_t i = 0; i < names.n; i++)
		fprintf(t.file, "%s%s", i ? " " : "", names.v[i]);
	all = text_close(&t);
	assert_string_equal(all, expected);
	free(all);
	words_free(&names);
}

static void sees_what_looks_like_definitions(void **state)
{
	(void)state;
	check_definitions("struct a { struct b { int x; } y; };", "struct", "a b");
	check_definitions("struct A(1, (2)) a a\n{ } struct a*f() {", "struct", "A a");
	check_definitions("struct a; struct ab {}; xstruct a {", "struct", "ab");
	check_definitions("union a {} void f() { union a {} b; }", "union", "a a");
	check_definitions("struct a (", "struct", "");
}

static void knows_what_repeats(void **state)
{
	struct words w = { NULL, 0 };
	(void)state;

	assert_false(words_repeat(&w, "a"));
	for (const char *const *word = (const char *const[]){ "b", "a", "c", "b", "d", NULL };
	     *word; word++)
		words_add(&w, *word);
	words_sort(&w);
	assert_true(words_repeat(&w, "b"));
	for (const char *const *word = (const char *const[]){ "a", "c", "d", "e", NULL }; *word;
	     word++)
		assert_false(words_repeat(&w, *word));
	words_sort_unique(&w);
	assert_int_equal(w.n, 4);
	assert_false(words_repeat(&w, "b"));
	words_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_nearest),
		cmocka_unit_test(finds_a_forgotten_word),
		cmocka_unit_test(finds_what_is_in_scopes),
		cmocka_unit_test(finds_all_that_are_as_near),
		cmocka_unit_test(finds_nothing_far_off),
		cmocka_unit_test(sees_what_looks_like_definitions),
		cmocka_unit_test(knows_what_repeats),
	};

	return RUN(tests);
}
