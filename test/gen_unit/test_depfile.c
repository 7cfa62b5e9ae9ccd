/* SPDX-License-Identifier: MIT */
#include "base/depfile.h"
#include "base/words.h"
#include "unit.h"

static void escapes_what_make_would_read(void **state)
{
	struct words targets = words_of("'a b.h' c$d.h"), files = words_of("/x#y /z /w:v");
	char *text = depfile_format(&targets, &files);

	(void)state;
	assert_string_equal(text, "a\\ b.h c$$d.h: \\\n  /x\\#y \\\n  /z \\\n  /w\\:v\n"
				  "/x\\#y:\n/z:\n/w\\:v:\n");
	free(text);
	words_free(&targets);
	words_free(&files);
}

/* A second rule for a target would be empty, and of use to nobody. */
static void has_no_rule_for_a_target(void **state)
{
	struct words targets = words_of("a.h"), files = words_of("a.h b.h");
	char *text = depfile_format(&targets, &files);

	(void)state;
	assert_string_equal(text, "a.h: \\\n  a.h \\\n  b.h\nb.h:\n");
	free(text);
	words_free(&targets);
	words_free(&files);
}

static void check(const char *rule, const char *line)
{
	struct words files = { NULL, 0 };

	depfile_parse(rule, &files);
	assert_words(&files, line);
}

static void reads_what_compilers_write(void **state)
{
	(void)state;
	check("probe.s: /src/a.c \\\n /src/b.h\\\r\n  ../c.h\n", "/src/a.c /src/b.h ../c.h");
	check("d.o: \\\n  d.c\n", "d.c");
	check("a: b\\:c\\#d$$e f\\\\g\n", "b:c#d$e f\\g");
	check("a\\:b: c\n\nc:\n", "c"); /* as -MP has it */
	check("", "");
	check("no rule", "");
	check("a: b\\", "b\\");
}

static void reads_what_it_writes(void **state)
{
	struct words targets = words_of("t"), files = words_of("'/a b' /c#d '/$e' /f\\\\g /h:i"),
		     back = { NULL, 0 };
	char *text = depfile_format(&targets, &files);

	(void)state;
	depfile_parse(text, &back);
	assert_int_equal(back.n, 5);
	assert_string_equal(back.v[0], "/a b");
	assert_string_equal(back.v[2], "/$e");
	assert_string_equal(back.v[4], "/h:i");
	free(text);
	words_free(&targets);
	words_free(&files);
	words_free(&back);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes_what_make_would_read),
		cmocka_unit_test(has_no_rule_for_a_target),
		cmocka_unit_test(reads_what_compilers_write),
		cmocka_unit_test(reads_what_it_writes),
	};

	return RUN(tests);
}
