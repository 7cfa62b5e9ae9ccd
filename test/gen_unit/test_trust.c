/* SPDX-License-Identifier: MIT */
#include "base/paths.h"
#include "base/words.h"
#include "check/trust.h"
#include "unit.h"

#include <sys/stat.h>
#include <unistd.h>

static bool trusted(const char *line, const char *given_line)
{
	struct words flags = words_of(line), given = words_of(given_line);
	struct diags d = { NULL, 0 };
	bool good = trust_flags("/proj", &flags, &given, &d);

	assert_int_equal(good, !diag_failed(&d));
	diag_free(&d);
	words_free(&flags);
	words_free(&given);
	return good;
}

static void harmless_flags_pass(void **state)
{
	static const char *const lines[] = {
		"-Iinclude -I include -isystem sys -iquote . -idirafter a/../b",
		"-include config.h -imacrosconfig.h",
		"-DX -DX=1 '-DX=a b/c' -D -fplugin=x -U X",
		"-std=gnu11 -ansi -xc++ -x c -x c-header",
		"-m32 -march=x86-64-v3 -mno-sse -mfloat-abi=hard",
		"-fshort-enums -fpack-struct=4 -funsigned-char -fno-strict-aliasing -fno-builtin",
		"-Wall -Wno-long-long -Wformat=2 -O2 -Ofast -w -pthread -nostdinc++",
		"-fsanitize=address,undefined -fvisibility=hidden -fstack-protector-strong",
		"--target=aarch64-linux-gnu",
		/* These never reach a compiler. */
		"-c -o x.o -MD -MF x.d -Werror -g3 -flto=auto -Wl,-z,now -L/lib -lfoo",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		if (!trusted(lines[i], ""))
			fail_msg("refused: %s", lines[i]);
}

static void all_else_is_refused(void **state)
{
	static const char *const lines[] = {
		/* code into the compiler */
		"-fplugin=x.so",
		"-fplugin-arg-x-y",
		"-fpass-plugin=x.so",
		"-Xclang -load",
		"-wrapper sh,-c",
		"-mllvm -load=x.so",
		"-mllvm=x",
		"-mmlir -x",
		"-load x.so",
		"'-fmodule-mapper=|sh'",
		"-fmodule-mapper=x",
		/* other programs, other words */
		"-B.",
		"-B .",
		"-specs=x",
		"-specs x",
		"--specs=x",
		"--config x",
		"--prefix=x",
		"-Xpreprocessor -x",
		"-Xassembler -x",
		"-Wp,-x",
		"-Wa,-x",
		"--gcc-toolchain=x",
		"--sysroot=sys",
		"-isysroot sys",
		"-resource-dir x",
		"-include-pch x.pch",
		"-iprefix x",
		"-mmcu=../x",
		"@flags",
		"conn.c",
		"--driver=x",
		"-fuse-cxa-atexit=x",
		"-fsanitize-ignorelist=x",
		"-frandom-seed=/x",
		"-fcrash-diagnostics-dir=x",
		/* languages without layouts */
		"-x assembler-with-cpp",
		"-xassembler",
		"-x none",
		/* other places */
		"-I/etc",
		"-I /etc",
		"-I..",
		"-Ia/../../b",
		"-include /etc/passwd",
		"-I=include",
		"'-I$SYSROOT/x'",
		"-isystem ../sys",
		"-imacros../x",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		if (trusted(lines[i], ""))
			fail_msg("passed: %s", lines[i]);
}

static void what_the_user_gives_too_passes(void **state)
{
	(void)state;
	assert_true(trusted("-B. -DX", "-Iinclude -B."));
	assert_true(trusted("-iprefix x -I/etc", "-I/etc -iprefix x"));
	assert_false(trusted("-iprefix y", "-iprefix x"));
	assert_false(trusted("-iprefix y", "-iprefix"));
	assert_false(trusted("-B.", "-B"));
}

static void says_what_it_refuses(void **state)
{
	struct words flags = words_of("-fplugin=x.so -I/etc"), given = { NULL, 0 };
	struct diags d = { NULL, 0 };

	(void)state;
	assert_false(trust_flags("/proj", &flags, &given, &d));
	assert_printed(
		&d,
		"gen-opaque: error: the header asks for compile flag '-fplugin=x.so', which no header may "
		"ask for\n"
		"gen-opaque: note: if it is right, give it on the command line too, behind '--'\n"
		"gen-opaque: error: the header names '/etc', which is outside the project\n"
		"gen-opaque: note: the project is taken to be '/proj'; --root says another\n");
	words_free(&flags);
}

static bool path_passes(char *(*trust)(const char *, const char *, struct diags *),
			const char *root, const char *path)
{
	struct diags d = { NULL, 0 };
	char *real = trust(root, path, &d);
	bool good = real;

	assert_int_equal(good, !diag_failed(&d));
	diag_free(&d);
	free(real);
	return good;
}

static void paths_stay_in_the_project(void **state)
{
	char *dir = make_dir(), *inside = path_join(dir, "inside"), *out = path_join(dir, "out");

	(void)state;
	assert_int_equal(symlink("there", inside), 0);
	assert_int_equal(symlink("/etc", out), 0);
	assert_true(path_passes(trust_path, dir, "a/b.c"));
	assert_true(path_passes(trust_path, dir, "inside/b.c"));
	assert_true(path_passes(trust_path, dir, ".hidden/b.c"));
	assert_false(path_passes(trust_path, dir, "out/passwd"));
	assert_false(path_passes(trust_path, dir, "../b.c"));
	assert_false(path_passes(trust_path, dir, "/etc/passwd"));
	assert_false(path_passes(trust_path, dir, inside));
	assert_false(path_passes(trust_path, dir, ""));
	unlink(inside);
	unlink(out);
	rmdir(dir);
	free(dir);
	free(inside);
	free(out);
}

static void outputs_are_not_hidden(void **state)
{
	(void)state;
	assert_true(path_passes(trust_output, "/proj", "include/a.h"));
	assert_false(path_passes(trust_output, "/proj", ".git/config"));
	assert_false(path_passes(trust_output, "/proj", "a/.b/c.h"));
	assert_false(path_passes(trust_output, "/proj", "../a.h"));
}

static void triples_are_words(void **state)
{
	struct diags d = { NULL, 0 };

	(void)state;
	assert_true(trust_triple("x86_64-pc-linux-gnu", &d));
	assert_false(trust_triple("-x", &d));
	assert_false(trust_triple("a/b", &d));
	assert_printed(
		&d,
		"gen-opaque: error: the header names '-x' as its target, which is not the name of one\n"
		"gen-opaque: error: the header names 'a/b' as its target, which is not the name of one\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(harmless_flags_pass),
		cmocka_unit_test(all_else_is_refused),
		cmocka_unit_test(what_the_user_gives_too_passes),
		cmocka_unit_test(says_what_it_refuses),
		cmocka_unit_test(paths_stay_in_the_project),
		cmocka_unit_test(outputs_are_not_hidden),
		cmocka_unit_test(triples_are_words),
	};

	return RUN(tests);
}
