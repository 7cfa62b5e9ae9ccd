/* SPDX-License-Identifier: MIT */
#include "base/text.h"
#include "check/old_banner.h"
#include "unit.h"

static const char banner[] =
	"/* SPDX-License-Identifier: CC0-1.0 */\n"
	"/*\n"
	" * Made by gen-opaque: room. Do not edit; make it again with\n"
	" *   gen-opaque emit -t 'struct conn' -o 'it'\\''s.h' conn.c -- '-DA=*''/'\n"
	" *\n"
	" * It stands in for\n"
	" *   struct conn of conn.c\n"
	" * on x86_64-linux-gnu, confirmed by the compiler.\n"
	" */\n";

static char *replaced(const char *old, const char *new)
{
	const char *at = strstr(banner, old);

	assert_non_null(at);
	return text_format("%.*s%s%s", (int)(at - banner), banner, new, at + strlen(old));
}

static void reads_a_banner(void **state)
{
	struct old_banner c;
	struct diags d = { NULL, 0 };
	char *text = text_format("/* a line that somebody added */\n%s", banner);

	(void)state;
	assert_true(old_banner_read(&c, text, "/here/a.h", &d));
	assert_int_equal(c.line, 5);
	assert_int_equal(c.command.n, 8);
	assert_string_equal(c.command.v[0], "emit");
	assert_string_equal(c.command.v[2], "struct conn");
	assert_string_equal(c.command.v[4], "it's.h");
	assert_string_equal(c.command.v[7], "-DA=*/");
	assert_string_equal(c.target, "x86_64-linux-gnu");
	assert_true(c.confirmed);
	assert_printed(&d, "");
	old_banner_free(&c);
	free(text);
}

static void check_target(const char *line, const char *target, bool confirmed)
{
	struct old_banner c;
	struct diags d = { NULL, 0 };
	char *text = replaced(" * on x86_64-linux-gnu, confirmed by the compiler.\n", line);

	assert_true(old_banner_read(&c, text, "/here/a.h", &d));
	if (target)
		assert_string_equal(c.target, target);
	else
		assert_null(c.target);
	assert_int_equal(c.confirmed, confirmed);
	old_banner_free(&c);
	free(text);
}

static void knows_what_the_numbers_rest_on(void **state)
{
	(void)state;
	check_target(" * on avr, unconfirmed by a compiler.\n", "avr", false);
	check_target(" * on avr, as the DWARF of its objects has it.\n", "avr", false);
	check_target(" * on avr\n", NULL, false);
	check_target("", NULL, false);
	check_target(" */\n * on avr, confirmed by the compiler.\n", NULL, false);
}

static void check_refused(char *text, const char *expected)
{
	struct old_banner c;
	struct diags d = { NULL, 0 };

	assert_false(old_banner_read(&c, text, "/here/a.h", &d));
	assert_printed(&d, expected);
	old_banner_free(&c);
	free(text);
}

static void refuses_what_is_no_banner(void **state)
{
	static const char none[] =
		"a.h: error: has no banner of gen-opaque\n"
		"gen-opaque: note: only what 'gen-opaque emit' wrote can be checked\n";
	static const char broken[] =
		"a.h:4:1: error: this is not the command that the banner should have here\n"
		"gen-opaque: note: make the header again with 'gen-opaque emit'\n";

	(void)state;
	check_refused(text_copy(""), none);
	check_refused(text_copy("#define A 1\n * gen-opaque emit\n"), none);
	check_refused(replaced(" * Made by gen-opaque: ", " * Made by somebody: "), none);
	check_refused(replaced("gen-opaque emit", "gen-opaque list"), broken);
	check_refused(replaced("gen-opaque emit", "sh -c emit"), broken);
	check_refused(replaced("'-DA=*''/'", "'-DA"), broken);
	check_refused(text_copy("/*\n\n * Made by gen-opaque: room"), none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_banner),
		cmocka_unit_test(knows_what_the_numbers_rest_on),
		cmocka_unit_test(refuses_what_is_no_banner),
	};

	return RUN(tests);
}
