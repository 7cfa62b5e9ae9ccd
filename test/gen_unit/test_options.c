/* SPDX-License-Identifier: MIT */
#include "base/text.h"
#include "base/words.h"
#include "request/options.h"
#include "unit.h"

static const struct option_spec specs[] = {
	{ 't', "type", "TYPE", "a type", .kind = OPTION_TEXT },
	{ '\0', "a-very-long-option-name", "ARGUMENT", "first line\nsecond line",
	  .kind = OPTION_TEXT },
	{ 'q', "quick", NULL, "no argument", .kind = OPTION_FLAG },
	{ .name = NULL },
};
static const struct command_spec spec = { "try", "[OPTIONS]", "tries", "It tries.", specs };

static bool remember(void *context, const struct option_spec *option, const char *argument,
		     struct diags *diags)
{
	(void)diags;
	words_addf(context, "%d%s%s", (int)(option - specs) + 1, argument ? "=" : "",
		   argument ? argument : "");
	return true;
}

/* Parse the line; what came of it is "options | inputs | flags". */
static bool parse(const char *line, char **result, struct diags *d)
{
	struct words argv = words_of(line), options = { NULL, 0 }, inputs = { NULL, 0 },
		     flags = { NULL, 0 };
	bool good =
		options_parse(&spec, (int)argv.n, argv.v, remember, &options, &inputs, &flags, d);
	char *a = line_of(&options), *b = line_of(&inputs), *c = line_of(&flags);

	*result = text_format("%s | %s | %s", a, b, c);
	free(a);
	free(b);
	free(c);
	words_free(&argv);
	words_free(&options);
	words_free(&inputs);
	words_free(&flags);
	return good;
}

static void check(const char *line, const char *expected)
{
	struct diags d = { NULL, 0 };
	char *result;

	assert_true(parse(line, &result, &d));
	assert_string_equal(result, expected);
	free(result);
	assert_printed(&d, "");
}

static void check_wrong(const char *line, const char *said)
{
	struct diags d = { NULL, 0 };
	char *text = text_format("gen-opaque: error: %s\n"
				 "gen-opaque: note: 'gen-opaque try --help' lists them\n",
				 said);
	char *result;

	assert_false(parse(line, &result, &d));
	free(result);
	assert_printed(&d, text);
	free(text);
}

static void parses_in_any_order(void **state)
{
	(void)state;
	check("try -t x in --quick", "1=x 3 | in | ");
	check("try in -tx --type=y --type z", "1=x 1=y 1=z | in | ");
	check("try -q in -- -t --nope in2", "3 | in | -t --nope in2");
	check("try", " |  | ");
	check("try - -q -- -", "3 | /dev/stdin | -");
}

static void says_what_is_wrong(void **state)
{
	(void)state;
	check_wrong("try --nope", "unknown option '--nope'");
	check_wrong("try -z", "unknown option '-z'");
	check_wrong("try -t", "option '-t' needs an argument");
	check_wrong("try --type", "option '--type' needs an argument");
	check_wrong("try --quick=3", "option '--quick=3' takes no argument");
}

static void help_comes_from_the_table(void **state)
{
	struct text t;
	char *help;

	(void)state;
	text_open(&t);
	options_help(&spec, t.file);
	help = text_close(&t);
	assert_string_equal(help, "Usage: gen-opaque try [OPTIONS]\n\nIt tries.\n\nOptions:\n"
				  "  -t, --type TYPE         a type\n"
				  "      --a-very-long-option-name ARGUMENT\n"
				  "                          first line\n"
				  "                          second line\n"
				  "  -q, --quick             no argument\n");
	free(help);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_in_any_order),
		cmocka_unit_test(says_what_is_wrong),
		cmocka_unit_test(help_comes_from_the_table),
	};

	return RUN(tests);
}
