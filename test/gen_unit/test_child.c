/* SPDX-License-Identifier: MIT */
#include "base/child.h"
#include "base/text.h"
#include "base/words.h"
#include "unit.h"

#include <signal.h>
#include <stdio.h>

static struct child_result run(const char *line)
{
	struct words argv = words_of(line);
	struct child_result result;

	assert_true(child_run_command("/", argv.v, &result));
	words_free(&argv);
	return result;
}

static void captures_both_outputs(void **state)
{
	struct child_result r = run("sh -c 'pwd; echo no >&2; exit 3'");

	(void)state;
	assert_int_equal(r.exit_status, 3);
	assert_int_equal(r.signal, 0);
	assert_string_equal(r.out, "/\n");
	assert_string_equal(r.err, "no\n");
	child_result_free(&r);
}

static void captures_more_than_a_pipe_holds(void **state)
{
	struct child_result r =
		run("sh -c 'head -c 300000 /dev/zero >&2; head -c 300000 /dev/zero'");

	(void)state;
	assert_int_equal(r.exit_status, 0);
	assert_int_equal(r.out_len, 300000);
	child_result_free(&r);
}

static void a_missing_command_is_127(void **state)
{
	struct child_result r = run("/no/such/command");

	(void)state;
	assert_int_equal(r.exit_status, 127);
	assert_string_equal(r.err, "/no/such/command: No such file or directory\n");
	child_result_free(&r);
}

static void crash(void *arg, FILE *out)
{
	(void)arg;
	fputs("half", out);
	signal(SIGFPE, SIG_DFL);
	raise(SIGFPE);
}

static void answer(void *arg, FILE *out)
{
	fprintf(out, "%s to you", (const char *)arg);
}

static void feeds_more_than_a_pipe_holds(void **state)
{
	enum { LEN = 200000 };
	char *cat[] = { "cat", NULL };
	char *text = text_alloc(LEN + 1, 1);
	struct child_result r;

	(void)state;
	memset(text, 'x', LEN);
	assert_true(child_ask_command(NULL, cat, text, &r));
	assert_int_equal(r.exit_status, 0);
	assert_string_equal(r.out, text);
	child_result_free(&r);
	free(text);
}

static void survives_a_crash(void **state)
{
	struct child_result r;

	(void)state;
	assert_true(child_run_function(crash, NULL, &r));
	assert_int_equal(r.signal, SIGFPE);
	child_result_free(&r);
}

static void takes_a_functions_answer(void **state)
{
	char hello[] = "hello";
	struct child_result r;

	(void)state;
	assert_true(child_run_function(answer, hello, &r));
	assert_int_equal(r.exit_status, 0);
	assert_string_equal(r.out, "hello to you");
	child_result_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(captures_both_outputs),
		cmocka_unit_test(captures_more_than_a_pipe_holds),
		cmocka_unit_test(a_missing_command_is_127),
		cmocka_unit_test(feeds_more_than_a_pipe_holds),
		cmocka_unit_test(survives_a_crash),
		cmocka_unit_test(takes_a_functions_answer),
	};

	return RUN(tests);
}
