/* SPDX-License-Identifier: MIT */
#include "base/text.h"
#include "check/header_numbers.h"
#include "unit.h"

static const char ladder[] = "/* no target of this name */\n"
			     "#define ALONE 7\n"
			     "/* x86_64, aarch64 */\n"
			     "#if defined(__x86_64__) || defined(__aarch64__)\n"
			     "#define SIZE 16\n"
			     "/* i386 */\n"
			     "#elif defined(__i386__)\n"
			     "#define SIZE 8\n"
			     "#define TEXT 8u\n"
			     "#else\n"
			     "#endif\n"
			     "#define BEHIND 9\n";

static void check(const struct header_numbers *all, const char *name, const char *target,
		  uint64_t value, unsigned line)
{
	const struct number *n = header_numbers_get(all, name, target);

	assert_non_null(n);
	assert_int_equal(n->value, value);
	assert_int_equal(n->line, line);
}

static void finds_each_targets_own(void **state)
{
	struct header_numbers all;

	(void)state;
	header_numbers_find(&all, ladder);
	check(&all, "SIZE", "x86_64", 16, 5);
	check(&all, "SIZE", "aarch64", 16, 5);
	check(&all, "SIZE", "i386", 8, 8);
	check(&all, "ALONE", "i386", 7, 2);
	check(&all, "ALONE", NULL, 7, 2);
	check(&all, "BEHIND", NULL, 9, 12);
	assert_null(header_numbers_get(&all, "SIZE", "m68k"));
	assert_null(header_numbers_get(&all, "SIZE", NULL));
	assert_null(header_numbers_get(&all, "TEXT", "i386"));
	header_numbers_free(&all);
}

/* Nothing but a list of targets is one. */
static void takes_no_other_comment_for_a_rung(void **state)
{
	static const char *const lines[] = { "/* x86_64, vax */",
					     "/* x86_64 i386 */",
					     "/* x86_64,i386 */",
					     "/* x86_64, i386 */ ",
					     "/* x86_64, */",
					     "/* x86_64",
					     "/* */",
					     "/*",
					     " /* x86_64 */" };

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		char *text = text_format("%s\n#define A 1\n", lines[i]);
		struct header_numbers all;

		header_numbers_find(&all, text);
		assert_int_equal(all.n_rungs, 1);
		check(&all, "A", NULL, 1, 2);
		header_numbers_free(&all);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_each_targets_own),
		cmocka_unit_test(takes_no_other_comment_for_a_rung),
	};

	return RUN(tests);
}
