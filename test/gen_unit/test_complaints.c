/* SPDX-License-Identifier: MIT */
#include "base/text.h"
#include "read/complaints.h"
#include "unit.h"

static void check(const char *said, enum blame blame, const char *expected)
{
	struct diags d = { NULL, 0 };

	assert_int_equal(complaints_report(said, "/tmp/x", &d), blame);
	assert_printed(&d, expected);
}

static void errors_of_the_source_hide_those_of_the_probe(void **state)
{
	(void)state;
	check("In file included from /tmp/x/probe.c:1:\n"
	      "/here/a.c:3:7: error: no: error: at all\n"
	      "gen-opaque: struct conn:1:2: error: incomplete type\n"
	      "/here/b.h:4: fatal error: gone\n"
	      "/here/b.h:5:1: warning: nothing\n",
	      BLAME_SOURCE, "a.c:3:7: error: no: error: at all\nb.h:4: error: gone\n");
	check("/tmp/x/real/here/made.h:2:1: error: bad\n", BLAME_SOURCE,
	      "made.h:2:1: error: bad\n");
}

static void each_question_is_told_once(void **state)
{
	(void)state;
	check("gen-opaque: struct conn:1:2: error: incomplete type\n"
	      "/tmp/x/probe.c:9:1: error: a consequence\n"
	      "gen-opaque: struct conn:1:9: error: again\n"
	      "gen-opaque: struct conn, fd:1:9: error: again\n",
	      BLAME_QUESTION,
	      "gen-opaque: error: the compiler has no size for 'struct conn'\n"
	      "gen-opaque: note: it said: incomplete type\n");
	check("/tmp/x/gen-opaque: u, a:1: error: cannot take address of bitfield\n"
	      "gen-opaque: u, b:1: error: field not found: b\n",
	      BLAME_QUESTION,
	      "gen-opaque: error: 'a' of u is a bit-field: it has no offset in bytes\n"
	      "gen-opaque: note: it said: cannot take address of bitfield\n"
	      "gen-opaque: error: the compiler has no offset for 'b' of u\n"
	      "gen-opaque: note: it said: field not found: b\n");
}

static void what_is_about_no_question_is_told_if_there_is_nothing_else(void **state)
{
	(void)state;
	check("/tmp/x/probe.c:9:1: error: invalid 'asm'\n", BLAME_PROBE,
	      "gen-opaque: error: invalid 'asm'\n");
	check("cc: error: no such flag\nerror: 7\n:7: error: x\n12: error: y\n", BLAME_NOBODY, "");
	check("", BLAME_NOBODY, "");
}

static void flexible_array_members_are_warned_of(void **state)
{
	struct layouts all = { NULL, 0 };

	(void)state;
	layouts_add(&all)->name = text_copy("a");
	layouts_add(&all)->name = text_copy("b");
	complaints_flexible("gen-opaque: struct b:1:14: warning: invalid use of structure with "
			    "flexible array member [-Wpedantic]\n"
			    "/a.c:1:1: warning: flexible array member\n"
			    "gen-opaque: struct a:1:1: warning: something else\n",
			    &all);
	assert_false(all.v[0].has_flexible);
	assert_true(all.v[1].has_flexible);
	layouts_free(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_of_the_source_hide_those_of_the_probe),
		cmocka_unit_test(each_question_is_told_once),
		cmocka_unit_test(what_is_about_no_question_is_told_if_there_is_nothing_else),
		cmocka_unit_test(flexible_array_members_are_warned_of),
	};

	return RUN(tests);
}
