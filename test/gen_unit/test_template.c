/* SPDX-License-Identifier: MIT */
#include "write/template.h"

#include "unit.h"
#include "write/header_templates.h"

static const struct template_value shared[] = { { "WHO", "you" },
						{ "WHAT", "a box" },
						{ NULL, NULL } };

static void prints(const char *text, const struct template_value *own, const char *expected)
{
	struct text t;
	char *printed;

	text_open(&t);
	template_print(t.file, text, own, shared);
	printed = text_close(&t);
	assert_string_equal(printed, expected);
	free(printed);
}

static void values_stand_in_their_places(void **state)
{
	(void)state;
	prints("", NULL, "");
	prints("no place", NULL, "no place");
	prints("@WHO@ and @WHO@", NULL, "you and you");
	prints("@HOW@@WHAT@_SIZE 100%s\n", VALUES({ "HOW", "" }), "a box_SIZE 100%s\n");
	prints("@WHO@", VALUES({ "WHO", "a template's own" }), "a template's own");
}

static void is_wrong(const char *text, const struct template_value *own, const char *expected)
{
	char *mistake = template_mistake(text, own, shared);

	assert_non_null(mistake);
	assert_string_equal(mistake, expected);
	free(mistake);
}

static void names_what_is_missing_or_unused(void **state)
{
	(void)state;
	is_wrong("of @WHOM@", NULL, "no value for @WHOM@ in: of @WHOM@");
	is_wrong("@WH@", VALUES({ "WHY", "" }), "no value for @WH@ in: @WH@");
	is_wrong("@X@", VALUES({ "X", NULL }), "no value for @X@ in: @X@");
	is_wrong("@WHO@ @WHO", NULL, "no value for @WHO@ in: @WHO@ @WHO");
	is_wrong("@WHO@", VALUES({ "WHOM", "them" }), "no place @WHOM@ in: @WHO@");
	assert_null(template_mistake("@WHO@", NULL, shared));
}

/* A place is a word in capitals between two signs; test_header.c prints every one of them. */
static void every_template_is_well_formed(void **state)
{
	(void)state;
	for (int i = 0; i < N_TEMPLATES; i++) {
		const char *s = header_templates[i];

		assert_non_null(s);
		while ((s = strchr(s, '@'))) {
			size_t len = strspn(s + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

			if (len == 0 || s[1 + len] != '@')
				fail_msg("not a place: %.20s", s);
			s += len + 2;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_stand_in_their_places),
		cmocka_unit_test(names_what_is_missing_or_unused),
		cmocka_unit_test(every_template_is_well_formed),
	};

	return RUN(tests);
}
