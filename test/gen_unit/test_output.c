/* SPDX-License-Identifier: MIT */
#include "base/output.h"
#include "base/paths.h"
#include "base/text.h"
#include "base/words.h"
#include "unit.h"

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

struct place_for_files {
	char *dir, *one, *two;
};

static int setup(void **state)
{
	struct place_for_files *p = text_alloc(1, sizeof(*p));

	p->dir = make_dir();
	p->one = path_join(p->dir, "one.h");
	p->two = path_join(p->dir, "two.h");
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct place_for_files *p = *state;

	nftw(p->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(p->dir);
	free(p->one);
	free(p->two);
	free(p);
	return 0;
}

static void assert_holds(const char *path, const char *expected)
{
	char *text = text_read_file(path, NULL);

	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
}

static bool write_one(const char *path, const char *text, bool always, struct diags *d)
{
	struct output o = { .path = path, .text = text, .always = always };

	return output_write(&o, 1, d);
}

static ino_t inode(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_ino;
}

static void writes_only_what_changed(void **state)
{
	const struct place_for_files *p = *state;
	struct diags d = { NULL, 0 };
	ino_t first;

	assert_true(write_one(p->one, "a", false, &d));
	assert_holds(p->one, "a");
	first = inode(p->one);
	assert_true(write_one(p->one, "a", false, &d));
	assert_int_equal(inode(p->one), first);
	assert_true(write_one(p->one, "ab", false, &d));
	assert_holds(p->one, "ab");
	assert_true(write_one(p->one, "a", false, &d));
	assert_holds(p->one, "a");
	assert_printed(&d, "");
}

static void keeps_the_mode(void **state)
{
	const struct place_for_files *p = *state;
	struct diags d = { NULL, 0 };
	struct stat st;

	umask(022);
	assert_true(write_one(p->one, "a", false, &d));
	assert_int_equal(stat(p->one, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(chmod(p->one, 0640), 0);
	assert_true(write_one(p->one, "b", false, &d));
	assert_int_equal(stat(p->one, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
}

static void follows_a_symbolic_link(void **state)
{
	const struct place_for_files *p = *state;
	struct diags d = { NULL, 0 };
	struct stat st;

	assert_int_equal(symlink("two.h", p->one), 0);
	assert_true(write_one(p->one, "a", false, &d));
	assert_int_equal(lstat(p->one, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_holds(p->two, "a");
}

static size_t count_files(const char *dir)
{
	struct words w = { NULL, 0 };
	char *command = text_format("ls -A %s", dir), *list;
	FILE *ls = popen(command, "r");
	char line[256];
	size_t n;

	while (fgets(line, sizeof(line), ls))
		words_add(&w, line);
	pclose(ls);
	n = w.n;
	list = line_of(&w);
	free(list);
	words_free(&w);
	free(command);
	return n;
}

static void writes_all_or_nothing(void **state)
{
	const struct place_for_files *p = *state;
	struct diags d = { NULL, 0 };
	char *missing = path_join(p->dir, "no/such.h");
	struct output o[2] = { { .path = p->one, .text = "new" },
			       { .path = missing, .text = "x" } };
	char *said = text_format("gen-opaque: error: %s: cannot be written: there is no directory "
				 "'%s/no'\n",
				 missing, p->dir);

	assert_true(write_one(p->one, "old", false, &d));
	assert_false(output_write(o, 2, &d));
	assert_holds(p->one, "old");
	assert_int_equal(count_files(p->dir), 1);
	assert_printed(&d, said);
	free(missing);
	free(said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(writes_only_what_changed, setup, teardown),
		cmocka_unit_test_setup_teardown(keeps_the_mode, setup, teardown),
		cmocka_unit_test_setup_teardown(follows_a_symbolic_link, setup, teardown),
		cmocka_unit_test_setup_teardown(writes_all_or_nothing, setup, teardown),
	};

	return RUN(tests);
}
