/* SPDX-License-Identifier: MIT */
#include "base/paths.h"
#include "base/text.h"
#include "base/words.h"
#include "compile/clang_args.h"
#include "compile/flags.h"
#include "unit.h"

static struct compiles one(void)
{
	struct compiles all = { NULL, 0 };

	compile_add(&all, "/src", "/src/conn.c", "/src");
	return all;
}

/* These flags become those for the real compiler. */
static void check(const char *given, const char *kept)
{
	struct compiles all = one();
	struct diags d = { NULL, 0 };
	struct words flags = words_of(given);
	char *line;

	assert_true(compile_flags_add(&all.v[0], &flags, &d));
	line = line_of(&all.v[0].flags);
	assert_string_equal(line, kept);
	free(line);
	words_free(&flags);
	compiles_free(&all);
	assert_printed(&d, "");
}

/* These are refused, with this to say. */
static void check_refused(const char *given, const char *said)
{
	struct compiles all = one();
	struct diags d = { NULL, 0 };
	struct words flags = words_of(given);

	assert_false(compile_flags_add(&all.v[0], &flags, &d));
	words_free(&flags);
	compiles_free(&all);
	assert_printed(&d, said);
}

static void drops_outputs(void **state)
{
	(void)state;
	check("-c -o conn.o conn.c", "");
	check("-S -oconn.s -save-temps=obj -pipe ./conn.c", "");
	check("-MD -MQ conn.o -MF conn.o.d -MTx -Wp,-MMD,x", "");
	check("-Wl,-z,now -L/lib -lm -Xlinker x", "");
	check("-- /src/conn.c", "");
	check("-c conn.c libz.a ../lib/util.lo libm.so.6 -O2", "-O2");
}

static void drops_what_disturbs(void **state)
{
	(void)state;
	check("-flto -flto=auto -ffat-lto-objects -fuse-linker-plugin", "");
	check("-g -ggdb3 -gsplit-dwarf --coverage -fprofile-arcs -ftest-coverage", "");
	check("-Werror -Werror=format -Wfatal-errors -pedantic-errors", "");
}

static void keeps_what_makes_layouts(void **state)
{
	(void)state;
	check("-Iinc -I inc -DN=1 -D M -UX -include cfg.h -isystem sys",
	      "-Iinc -I inc -DN=1 -D M -UX -include cfg.h -isystem sys");
	check("-O2 -Wall -m32 -fpack-struct=2 -fshort-enums -std=gnu99 -pthread",
	      "-O2 -Wall -m32 -fpack-struct=2 -fshort-enums -std=gnu99 -pthread");
	check("-fsanitize=address -D -c", "-fsanitize=address -D -c");
	check("-x c -target armv7-linux-gnueabihf", "-x c -target armv7-linux-gnueabihf");
}

static void refuses_foreign_code(void **state)
{
	(void)state;
	check_refused("-fplugin=x.so",
		      "gen-opaque: error: compile flag '-fplugin=x.so' is refused: it "
		      "loads code into the compiler\n");
	check_refused("-O2 -Xclang -load -Xclang x.so",
		      "gen-opaque: error: compile flag '-load' is refused: it "
		      "loads code into the compiler\n");
	check_refused("-mllvm -load=x.so",
		      "gen-opaque: error: compile flag '-load=x.so' is refused: it "
		      "loads code into the compiler\n");
	check_refused("-Xpreprocessor -fplugin=x.so",
		      "gen-opaque: error: compile flag '-fplugin=x.so' is refused: it "
		      "loads code into the compiler\n");
	check_refused("-wrapper ./x", "gen-opaque: error: compile flag '-wrapper' is refused: it "
				      "loads code into the compiler\n");
}

static void refuses_tools_of_the_project(void **state)
{
	(void)state;
	check_refused("-Btools/",
		      "gen-opaque: error: compile flag '-Btools/' is refused: 'tools/' of the "
		      "project would decide which programs the compiler runs\n");
	check_refused("-specs /src/x.specs",
		      "gen-opaque: error: compile flag '-specs /src/x.specs' is refused: "
		      "'/src/x.specs' of the project would decide which programs the compiler "
		      "runs\n");
	check_refused("--config=./x.cfg",
		      "gen-opaque: error: compile flag '--config=./x.cfg' is refused: './x.cfg' "
		      "of the project would decide which programs the compiler runs\n");
	check("-specs=nano.specs -B/usr/lib/toolchain -B ../tools",
	      "-specs=nano.specs -B/usr/lib/toolchain -B ../tools");
}

static void refuses_what_is_no_flag(void **state)
{
	(void)state;
	check_refused("other.c", "gen-opaque: error: 'other.c' is not a compile flag\n"
				 "gen-opaque: note: give one source, and its flags behind '--'\n");
	check_refused("-O2 -I", "gen-opaque: error: compile flag '-I' needs an argument\n");
}

static void check_facts(const char *given, bool no_strict_aliasing, bool lto, bool is_cxx)
{
	struct compiles all = one();
	struct diags d = { NULL, 0 };
	struct words flags = words_of(given);

	assert_true(compile_flags_add(&all.v[0], &flags, &d));
	assert_int_equal(all.v[0].no_strict_aliasing, no_strict_aliasing);
	assert_int_equal(all.v[0].lto, lto);
	assert_int_equal(all.v[0].is_cxx, is_cxx);
	words_free(&flags);
	compiles_free(&all);
}

static void notes_facts_of_which_the_last_counts(void **state)
{
	(void)state;
	check_facts("-O2", false, false, false);
	check_facts("-fno-strict-aliasing -flto=thin", true, true, false);
	check_facts("-fno-strict-aliasing -fstrict-aliasing -flto -fno-lto", false, false, false);
	check_facts("-x c++", false, false, true);
	check_facts("-std=gnu++17", false, false, true);
	check_facts("-xc++ -xc", false, false, false);
}

static void check_clang(const char *given, const char *target, const char *expected)
{
	struct compiles all = one();
	struct compiler_facts facts = { .target = text_copy("x86_64-linux-gnu"),
					.system_dirs = words_of("/usr/include"),
					.builtin_dirs = words_of("/lib/gcc/include") };
	struct diags d = { NULL, 0 };
	struct words flags = words_of(given), args = { NULL, 0 };

	assert_true(compile_flags_add(&all.v[0], &flags, &d));
	clang_args(&all.v[0], &facts, target, &args);
	words_free(&flags);
	compiles_free(&all);
	compiler_facts_free(&facts);
	assert_words(&args, expected);
}

static void tells_libclang_the_same(void **state)
{
	(void)state;
	check_clang("-m32 -DN", NULL,
		    "--target=x86_64-linux-gnu -working-directory=/src -m32 -DN -DGEN_OPAQUE=1 "
		    "-nostdlibinc -idirafter /usr/include");
	check_clang("--target=avr", NULL,
		    "-working-directory=/src --target=avr -DGEN_OPAQUE=1 -nostdlibinc -idirafter "
		    "/usr/include");
	check_clang("", "m68k-linux-gnu",
		    "--target=m68k-linux-gnu -working-directory=/src -DGEN_OPAQUE=1 -nostdlibinc "
		    "-idirafter /usr/include");
}

static void makes_paths_real_for_libclang(void **state)
{
	(void)state;
	check_clang("-Ibuild/../inc -isystem ../sys -I=usr", NULL,
		    "--target=x86_64-linux-gnu -working-directory=/src -I/src/inc -isystem /sys "
		    "-I=usr -DGEN_OPAQUE=1 -nostdlibinc -idirafter /usr/include");
	check_clang("-include cfg.h -Xclang -include -Xclang /dev/null -Xclang -ffoo", NULL,
		    "--target=x86_64-linux-gnu -working-directory=/src -Xclang -include -Xclang "
		    "cfg.h -Xclang -include -Xclang /dev/null -Xclang -ffoo -DGEN_OPAQUE=1 "
		    "-nostdlibinc -idirafter /usr/include");
}

static void spares_libclang_sanitizers_and_new_names(void **state)
{
	(void)state;
	check_clang("-fsanitize=address -ftrivial-auto-var-init=zero --param x=1 -std=gnu23", NULL,
		    "--target=x86_64-linux-gnu -working-directory=/src -std=gnu2x -DGEN_OPAQUE=1 "
		    "-nostdlibinc -idirafter /usr/include");
}

static void check_compiler(const char *given, const char *command, const char *flags)
{
	struct compiles all = one();
	struct diags d = { NULL, 0 };
	struct words words = words_of(given);
	char *line;

	assert_true(compile_set_compiler(&all.v[0], &words, &d));
	words_free(&words);
	compile_command(&all.v[0], &words);
	line = line_of(&words);
	assert_string_equal(line, command);
	free(line);
	line = line_of(&all.v[0].flags);
	assert_string_equal(line, flags);
	free(line);
	words_free(&words);
	compiles_free(&all);
}

static void takes_commands_apart(void **state)
{
	(void)state;
	check_compiler("gcc", "gcc", "");
	check_compiler("ccache gcc -m32", "gcc", "-m32");
	check_compiler("zig cc -target arm", "zig cc", "-target arm");
	check_compiler("/opt/ccache", "/opt/ccache", "");
	check_compiler("wrapper gcc conn.c -DX", "wrapper gcc", "-DX");
	check_compiler("/usr/bin/env A=b CCACHE_DIR=x /usr/bin/ccache /usr/bin/gcc -m32 conn.c",
		       "env A=b CCACHE_DIR=x /usr/bin/gcc", "-m32");
	check_compiler("env -i -u LANG A= gcc", "env -i --unset=LANG A= gcc", "");
	check_compiler("A=b distcc gcc", "env A=b gcc", "");
	check_compiler("cmake -E env A=b -- gcc", "env A=b gcc", "");
	check_compiler("cmake -c conn.c", "cmake", "");
}

static void knows_cxx_compilers(void **state)
{
	static const struct {
		const char *command;
		bool is_cxx;
	} cases[] = {
		{ "gcc", false },
		{ "/usr/bin/g++", true },
		{ "clang++-16", true },
		{ "ccache arm-none-eabi-g++-12 -O2", true },
		{ "g++ -x c", false },
		{ "gcc -xc++", true },
		{ "gcc -x c++ -xnone", true },
		{ "/opt/c++/bin/gcc", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct compiles all = one();
		struct diags d = { NULL, 0 };
		struct words words = words_of(cases[i].command);

		assert_true(compile_set_compiler(&all.v[0], &words, &d));
		if (all.v[0].is_cxx != cases[i].is_cxx)
			fail_msg("%s", cases[i].command);
		words_free(&words);
		compiles_free(&all);
	}
}

/* ---- the table ---- */

/* The rule's flag in each way that it can be written, with an argument that is of no project. */
static void write_flag(const struct flag_rule *r, bool joined, struct words *words)
{
	if (joined) {
		words_addf(words, "%s/elsewhere", r->flag);
	} else {
		words_add(words, r->flag);
		if (r->form == FLAG_NEXT || r->form == FLAG_EITHER)
			words_add(words, "/elsewhere");
	}
}

static void check_fate(const struct flag_rule *r, const struct words *given)
{
	bool refused = r->fate == FLAG_REFUSE;
	bool kept = !refused && r->fate != FLAG_DROP;
	bool libclangs = kept && r->fate != FLAG_REAL && r->fate != FLAG_TOOLS;
	const struct compiler_facts none = { 0 };
	struct compiles all = one();
	struct diags d = { NULL, 0 };
	struct words args = { NULL, 0 };
	bool added = compile_flags_add(&all.v[0], given, &d);

	assert_int_equal(added, !refused);
	assert_int_equal(words_same(&all.v[0].flags, given), kept);
	assert_int_equal(all.v[0].flags.n > 0, kept);
	clang_args(&all.v[0], &none, NULL, &args);
	/* Beside it: where it runs, a macro; and maybe a language. */
	assert_int_equal(args.n - (args.n > 0 && strcmp(args.v[0], "-xc++") == 0) > 2, libclangs);
	words_free(&args);
	diag_free(&d);
	compiles_free(&all);
}

static void each_rule_decides(void **state)
{
	(void)state;
	for (size_t i = 0; i < flag_rules_n; i++) {
		const struct flag_rule *r = &flag_rules[i];

		for (int joined = 0; joined < 2; joined++) {
			struct words given = { NULL, 0 };

			if (joined ? r->form == FLAG_EXACT || r->form == FLAG_NEXT
				   : r->form == FLAG_JOINED)
				continue;
			write_flag(r, joined, &given);
			if (flag_rule_for(given.v[0]) != r)
				fail_msg("another rule decides on '%s'", given.v[0]);
			assert_int_equal(flag_takes_next(given.v[0]), given.n == 2);
			check_fate(r, &given);
			words_free(&given);
		}
	}
}

static void what_is_in_no_rule_is_kept(void **state)
{
	static const char *const words[] = { "-O2", "-Wall", "-undef", "-ansi", "-pthread" };

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		assert_null(flag_rule_for(words[i]));
		assert_int_equal(flag_fate_of(words[i]), FLAG_KEEP);
		assert_false(flag_takes_next(words[i]));
	}
}

/* ---- response files ---- */

static void write_file(const char *dir, const char *name, const char *text)
{
	char *path = path_join(dir, name);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	free(path);
}

static void reads_response_files(void **state)
{
	struct compiles all = { NULL, 0 };
	struct diags d = { NULL, 0 };
	struct words flags = words_of("-O1 @a.rsp -O2");
	char *dir = make_dir(), *line;

	(void)state;
	write_file(dir, "a.rsp", "-DA='1 2'\n\"-DB=x y\"\t@b.rsp -DC=\\\"q\\\"");
	write_file(dir, "b.rsp", "-DD='a\\'b' -Werror");
	compile_add(&all, dir, "/src/conn.c", "/src");
	assert_true(compile_flags_add(&all.v[0], &flags, &d));
	line = line_of(&all.v[0].flags);
	assert_string_equal(line, "-O1 -DA=1 2 -DB=x y -DD=a'b -DC=\"q\" -O2");
	free(line);
	assert_int_equal(all.v[0].files.n, 2);
	assert_true(text_ends(all.v[0].files.v[0], "/b.rsp"));
	assert_true(text_ends(all.v[0].files.v[1], "/a.rsp"));
	words_free(&flags);
	compiles_free(&all);
	free(dir);
}

static void refuses_response_files(void **state)
{
	struct compiles all = { NULL, 0 };
	struct diags d = { NULL, 0 };
	struct words loop = words_of("@loop.rsp"), gone = words_of("@gone.rsp");
	char *dir = make_dir(), *said, *expected;

	(void)state;
	write_file(dir, "loop.rsp", "-O1 @loop.rsp");
	compile_add(&all, dir, "/src/conn.c", "/src");
	assert_false(compile_flags_add(&all.v[0], &loop, &d));
	assert_false(compile_flags_add(&all.v[0], &gone, &d));
	said = printed(&d);
	expected =
		text_format("gen-opaque: error: the file '%s/loop.rsp' of compile flags names "
			    "itself\n"
			    "gen-opaque: error: the file '%s/gone.rsp' of compile flags cannot be "
			    "read\n",
			    dir, dir);
	assert_string_equal(said, expected);
	free(said);
	free(expected);
	words_free(&loop);
	words_free(&gone);
	diag_free(&d);
	compiles_free(&all);
	free(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(drops_outputs),
		cmocka_unit_test(drops_what_disturbs),
		cmocka_unit_test(keeps_what_makes_layouts),
		cmocka_unit_test(refuses_foreign_code),
		cmocka_unit_test(refuses_what_is_no_flag),
		cmocka_unit_test(notes_facts_of_which_the_last_counts),
		cmocka_unit_test(tells_libclang_the_same),
		cmocka_unit_test(makes_paths_real_for_libclang),
		cmocka_unit_test(spares_libclang_sanitizers_and_new_names),
		cmocka_unit_test(takes_commands_apart),
		cmocka_unit_test(refuses_tools_of_the_project),
		cmocka_unit_test(knows_cxx_compilers),
		cmocka_unit_test(each_rule_decides),
		cmocka_unit_test(what_is_in_no_rule_is_kept),
		cmocka_unit_test(reads_response_files),
		cmocka_unit_test(refuses_response_files),
	};

	return RUN(tests);
}
