/* SPDX-License-Identifier: MIT */
#include "base/text.h"
#include "unit.h"

static const struct place b2 = { "/here/b.c", 2, 1 }, b1 = { "/here/b.c", 1, 7 },
			  a9 = { "/there/a.c", 9, 0 }, whole = { "/here/c.c", 0, 0 };

static void sorts_by_place_with_notes_behind(void **state)
{
	struct diags d = { NULL, 0 };

	(void)state;
	diag_error(&d, "nowhere");
	diag_note(&d, "do this");
	diag_add(&d, SEVERITY_ERROR, &b2, "second");
	diag_add(&d, SEVERITY_NOTE, &b1, "see here");
	diag_add(&d, SEVERITY_WARNING, &b1, "first");
	diag_add(&d, SEVERITY_ERROR, &a9, "elsewhere");
	diag_add(&d, SEVERITY_ERROR, &whole, "a file");
	assert_printed(&d, "b.c:1:7: warning: first\n"
			   "b.c:2:1: error: second\n"
			   "b.c:1:7: note: see here\n"
			   "c.c: error: a file\n"
			   "/there/a.c:9: error: elsewhere\n"
			   "gen-opaque: error: nowhere\n"
			   "gen-opaque: note: do this\n");
}

static void says_everything_once(void **state)
{
	struct diags d = { NULL, 0 };

	(void)state;
	for (int i = 0; i < 3; i++) {
		diag_add(&d, SEVERITY_ERROR, &b1, "same");
		diag_error(&d, "same");
	}
	assert_printed(&d, "b.c:1:7: error: same\ngen-opaque: error: same\n");
}

static void fails_only_by_errors(void **state)
{
	struct diags d = { NULL, 0 }, moved = { NULL, 0 };

	(void)state;
	diag_warning(&d, "a warning");
	assert_false(diag_failed(&d));
	diag_error(&d, "an error");
	assert_true(diag_failed(&d));
	diag_move(&moved, &d);
	assert_false(diag_failed(&d));
	assert_true(diag_failed(&moved));
	diag_free(&moved);
}

static void colours_on_request(void **state)
{
	struct diags d = { NULL, 0 };
	struct text t;
	char *text;

	(void)state;
	diag_error(&d, "red");
	text_open(&t);
	diag_print(&d, t.file, true, NULL);
	text = text_close(&t);
	assert_string_equal(text, "gen-opaque: \033[1;31merror:\033[0m red\n");
	free(text);
	diag_free(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sorts_by_place_with_notes_behind),
		cmocka_unit_test(says_everything_once),
		cmocka_unit_test(fails_only_by_errors),
		cmocka_unit_test(colours_on_request),
	};

	return RUN(tests);
}
