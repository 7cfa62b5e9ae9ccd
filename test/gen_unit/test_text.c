/* SPDX-License-Identifier: MIT */
#include "base/paths.h"
#include "base/text.h"
#include "base/words.h"
#include "unit.h"

#include <sys/stat.h>
#include <unistd.h>

static void splits_like_a_shell(void **state)
{
	struct words w = words_of("  cc -DA='x y' \"-DB=\\\"q\\\"\" a\\ b '' ");

	(void)state;
	assert_int_equal(w.n, 5);
	assert_string_equal(w.v[0], "cc");
	assert_string_equal(w.v[1], "-DA=x y");
	assert_string_equal(w.v[2], "-DB=\"q\"");
	assert_string_equal(w.v[3], "a b");
	assert_string_equal(w.v[4], "");
	assert_null(w.v[5]);
	words_free(&w);
}

static void an_open_quote_is_no_word(void **state)
{
	struct words w = { NULL, 0 };

	(void)state;
	assert_false(words_split(&w, "cc 'a b"));
	words_free(&w);
}

static void lists_sort_and_lose_doubles(void **state)
{
	struct words w = words_of("b a c a b a");

	(void)state;
	words_sort_unique(&w);
	words_remove(&w, 1);
	assert_words(&w, "a c");
}

static void knows_what_is_inside(void **state)
{
	(void)state;
	assert_string_equal(path_inside("/a/b", "/a/b/c/d"), "c/d");
	assert_string_equal(path_inside("/a/b/", "/a/b/c"), "c");
	assert_string_equal(path_inside("/", "/a"), "a");
	assert_string_equal(path_inside("/a", "/a"), ".");
	assert_null(path_inside("/a/b", "/a/bc"));
	assert_null(path_inside("/a/b", "/a"));
}

static void check_from(const char *dir, const char *path, const char *expected)
{
	char *from = path_from(dir, path);

	assert_string_equal(from, expected);
	free(from);
}

static void finds_ways_between_paths(void **state)
{
	(void)state;
	check_from("/a/b", "/a/b/c.h", "c.h");
	check_from("/a/b", "/a/c/d.h", "../c/d.h");
	check_from("/a/bc", "/a/b/d.h", "../b/d.h");
	check_from("/a/b/c", "/d.h", "../../../d.h");
	check_from("/", "/a/d.h", "a/d.h");
}

static void check_real(const char *path, const char *expected)
{
	char *real = path_real(path);

	assert_string_equal(real, expected);
	free(real);
}

static void real_paths_need_not_exist(void **state)
{
	char *dir = make_dir(), *target = path_join(dir, "target"), *link = path_join(dir, "link");
	char *through = path_join(dir, "link/new/../x.h"), *expected = path_join(target, "x.h");

	(void)state;
	assert_int_equal(mkdir(target, 0700), 0);
	assert_int_equal(symlink("target", link), 0);
	check_real(through, expected);
	check_real("/no/such/./dir//file", "/no/such/dir/file");
	check_real("/no/../../..", "/");
	check_real("/", "/");
	unlink(link);
	rmdir(target);
	rmdir(dir);
	free(through);
	free(expected);
	free(target);
	free(link);
	free(dir);
}

static void knows_identifiers(void **state)
{
	(void)state;
	assert_true(text_is_identifier("_a1"));
	assert_false(text_is_identifier(""));
	assert_false(text_is_identifier("1a"));
	assert_false(text_is_identifier("a b"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(splits_like_a_shell),
		cmocka_unit_test(an_open_quote_is_no_word),
		cmocka_unit_test(lists_sort_and_lose_doubles),
		cmocka_unit_test(knows_what_is_inside),
		cmocka_unit_test(finds_ways_between_paths),
		cmocka_unit_test(real_paths_need_not_exist),
		cmocka_unit_test(knows_identifiers),
	};

	return RUN(tests);
}
