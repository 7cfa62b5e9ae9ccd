/* SPDX-License-Identifier: MIT */
#include "base/paths.h"
#include "base/text.h"
#include "base/words.h"
#include "unit.h"

#include <errno.h>
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

static void names_may_be_of_any_script(void **state)
{
	(void)state;
	assert_true(text_is_identifier("gr\xc3\xb6\xc3\x9f"
				       "e"));
	assert_true(text_is_identifier("$money"));
	assert_true(text_is_identifier("\xf0\x9d\x92\xb3"));
	assert_false(text_is_identifier("a\xff"));	       /* no UTF-8 */
	assert_false(text_is_identifier("a\xc3"));	       /* cut short */
	assert_false(text_is_identifier("\xc0\xaf"));	       /* longer than need be */
	assert_false(text_is_identifier("a\xed\xa0\x80"));     /* half of a pair */
	assert_false(text_is_identifier("a\xe2\x80\xae"));     /* turns the text behind it */
	assert_false(text_is_identifier("a\xf4\x90\x80\x80")); /* beyond Unicode */
}

static void check_escapes(const char *written, const char *expected)
{
	char *plain = text_without_escapes(written);

	assert_string_equal(plain, expected);
	free(plain);
}

static void reads_universal_character_names(void **state)
{
	(void)state;
	check_escapes("gr\\u00f6\\U000000DFe", "gr\xc3\xb6\xc3\x9f"
					       "e");
	check_escapes("\\U0001d4b3\\u4e2d", "\xf0\x9d\x92\xb3\xe4\xb8\xad");
	check_escapes("a\\u00f\\x\\", "a\\u00f\\x\\");
	check_escapes("\\Uffffffff", "\\Uffffffff");
}

static void terminals_are_shown_nothing_to_act_on(void **state)
{
	char *plain = text_plain("a\033\x7f\xc2\x9b\xe2\x80\xae\xff\xc3\xb6");

	(void)state;
	assert_string_equal(plain, "a?????\xc3\xb6");
	free(plain);
	assert_int_equal(text_columns("\xe4\xb8\xad"
				      "a"),
			 2);
}

static char *file_of(size_t size)
{
	char *path = text_copy("text-XXXXXX");
	FILE *file = fdopen(mkstemp(path), "wb");

	assert_non_null(file);
	for (size_t i = 0; i < size; i++)
		fputc('a' + (int)(i % 23), file);
	assert_int_equal(fclose(file), 0);
	return path;
}

static void reads_files_of_any_size(void **state)
{
	static const size_t sizes[] = { 0, 1, 65534, 65535, 65536, 65537, 131071, 131072, 1000000 };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		char *path = file_of(sizes[i]);
		size_t len = 99;
		char *text = text_read_file(path, &len);

		assert_non_null(text);
		assert_int_equal(len, sizes[i]);
		assert_int_equal(strlen(text), sizes[i]);
		for (size_t k = 0; k < len; k += 1001)
			assert_int_equal(text[k], 'a' + (int)(k % 23));
		free(text);
		unlink(path);
		free(path);
	}
}

static void check_unreadable(const char *path, int error)
{
	errno = 0;
	assert_null(text_read_file(path, NULL));
	assert_int_equal(errno, error);
}

static void refuses_what_it_cannot_read(void **state)
{
	char *path = file_of(0);

	(void)state;
	check_unreadable("/dev/zero", EFBIG);
	check_unreadable("no-such-file", ENOENT);
	check_unreadable(".", EISDIR);
	assert_int_equal(truncate(path, ((off_t)1 << 28) + 1), 0);
	check_unreadable(path, EFBIG);
	unlink(path);
	free(path);
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
		cmocka_unit_test(names_may_be_of_any_script),
		cmocka_unit_test(reads_universal_character_names),
		cmocka_unit_test(terminals_are_shown_nothing_to_act_on),
		cmocka_unit_test(reads_files_of_any_size),
		cmocka_unit_test(refuses_what_it_cannot_read),
	};

	return RUN(tests);
}
