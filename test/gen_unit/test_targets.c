/* SPDX-License-Identifier: MIT */
/* The table of targets, and what compilers say to its conditions. */
#include "base/child.h"
#include "base/text.h"
#include "base/words.h"
#include "model/targets.h"
#include "unit.h"

static void check_found(const char *wanted, const char *name)
{
	const struct target *t = target_find(wanted);

	if (!t)
		fail_msg("'%s' is not known", wanted);
	assert_string_equal(t->name, name);
}

static void every_target_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_known_targets; i++) {
		check_found(known_targets[i].name, known_targets[i].name);
		check_found(known_targets[i].triple, known_targets[i].name);
	}
}

static void triples_may_be_spelled_otherwise(void **state)
{
	(void)state;
	check_found("x86_64-pc-linux-gnu", "x86_64");
	check_found("x86_64-alpine-linux-musl", "x86_64");
	check_found("x86_64-unknown-linux-gnux32", "x32");
	check_found("i686-linux-gnu", "i386");
	check_found("i386-pc-linux-gnu", "i386");
	check_found("armv7-unknown-linux-gnueabihf", "armhf");
	check_found("arm-unknown-linux-gnueabi", "armel");
	check_found("riscv64-unknown-elf", "riscv64");
	check_found("powerpc64le-unknown-linux-gnu", "ppc64le");
	check_found("mips64-unknown-linux-gnuabi64", "mips64");
	check_found("wasm32", "wasm32");
	check_found("wasm32-wasi", "wasm32");
	check_found("x86_64-w64-mingw32", "mingw64");
	check_found("x86_64-pc-windows-msvc19.20.0", "win64");
	check_found("aarch64-apple-darwin22", "macos-arm64");
	check_found("arm-none-eabi", "arm-none");
	check_found("armv7m-none-eabi", "arm-none");
	check_found("thumbv7em-none-eabihf", "arm-none");
}

static void others_are_not_known(void **state)
{
	static const char *const others[] = { "",
					      "x86",
					      "x86_64-linux-android",
					      "aarch64_be-linux-gnu",
					      "armeb-linux-gnueabi-",
					      "armeb-none-eabi",
					      "wasm32-unknown-emscripten",
					      "arm64_32-apple-watchos",
					      "powerpc-linux-musl",
					      "x86_64-pc-cygwin" };

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (target_find(others[i]))
			fail_msg("'%s' is taken for %s", others[i], target_find(others[i])->name);
}

/* Compilers, and which target is theirs; "" for one that no condition may take for its own. */
static const struct {
	const char *command, *target;
} compilers[] = {
	{ "gcc", "x86_64" },
	{ "gcc -m32", "i386" },
	{ "gcc -mx32", "x32" },
	{ "i686-linux-gnu-gcc", "i386" },
	{ "x86_64-linux-gnux32-gcc", "x32" },
	{ "aarch64-linux-gnu-gcc", "aarch64" },
	{ "aarch64-linux-gnu-gcc -mabi=ilp32", "" },
	{ "aarch64-linux-gnu-gcc -mbig-endian", "" },
	{ "arm-linux-gnueabihf-gcc", "armhf" },
	{ "arm-linux-gnueabihf-gcc -mbig-endian", "" },
	{ "arm-linux-gnueabihf-gcc -fshort-enums", "arm-none" },
	{ "arm-linux-gnueabi-gcc", "armel" },
	{ "arm-none-eabi-gcc", "arm-none" },
	{ "arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb", "arm-none" },
	{ "arm-none-eabi-gcc -mcpu=cortex-m7 -mfloat-abi=hard -mfpu=fpv5-d16", "arm-none" },
	{ "arm-none-eabi-gcc -fno-short-enums", "armel" },
	{ "arm-none-eabi-gcc -mbig-endian", "" },
	{ "riscv64-linux-gnu-gcc", "riscv64" },
	{ "riscv64-linux-gnu-gcc -march=rv32gc -mabi=ilp32d", "riscv32" },
	{ "s390x-linux-gnu-gcc", "s390x" },
	{ "s390x-linux-gnu-gcc -m31", "" },
	{ "powerpc64le-linux-gnu-gcc", "ppc64le" },
	{ "powerpc64-linux-gnu-gcc", "ppc64" },
	{ "powerpc64-linux-gnu-gcc -m32", "ppc" },
	{ "powerpc-linux-gnu-gcc", "ppc" },
	{ "powerpc-linux-gnu-gcc -mlong-double-64", "" },
	{ "mips-linux-gnu-gcc", "mips" },
	{ "mipsel-linux-gnu-gcc", "mipsel" },
	{ "mips64-linux-gnuabi64-gcc", "mips64" },
	{ "mips64-linux-gnuabi64-gcc -mabi=n32", "" },
	{ "mips64el-linux-gnuabi64-gcc", "mips64el" },
	{ "m68k-linux-gnu-gcc", "m68k" },
	{ "m68k-linux-gnu-gcc -mcpu=5475", "" },
	{ "sparc64-linux-gnu-gcc", "sparc64" },
	{ "sparc64-linux-gnu-gcc -m32", "" },
	{ "alpha-linux-gnu-gcc", "alpha" },
	{ "hppa-linux-gnu-gcc", "hppa" },
	{ "sh4-linux-gnu-gcc", "sh4" },
	{ "x86_64-w64-mingw32-gcc", "mingw64" },
	{ "clang-14 --target=i686-linux-android", "" },
	{ "clang-14 --target=powerpc64-linux-musl", "" },
	{ "clang-14 --target=wasm32-unknown-emscripten", "" },
	{ "clang-14 --target=x86_64-pc-cygwin", "" },
};

static bool is_missing(const char *program)
{
	char *const argv[] = { (char *)"sh", (char *)"-c", (char *)"command -v \"$0\" >/dev/null",
			       (char *)program, NULL };
	struct child_result result;
	bool missing;

	assert_true(child_run_command(NULL, argv, &result));
	missing = result.exit_status != 0;
	child_result_free(&result);
	return missing;
}

/* A command without the words that ask for preprocessing. */
static void check_compiler(const char *command, const char *target)
{
	struct words argv = words_of(command), rest = words_of("-E -P -Wundef -Werror -xc -");
	const char *all = getenv("GEN_OPAQUE_ALL");
	const struct target *found;
	char *text = target_ladder();
	struct child_result result;

	words_add_all(&argv, &rest);
	if (!is_missing(argv.v[0])) {
		assert_true(child_ask_command(NULL, argv.v, text, &result));
		found = target_answer(result.out);
		if (result.exit_status != 0 || found != target_find(target) ||
		    (!found && strpbrk(result.out, "\"")))
			fail_msg("%s is told to be on%s%s", command, result.out, result.err);
		child_result_free(&result);
	} else if (all && strcmp(all, "1") == 0) {
		fail_msg("GEN_OPAQUE_ALL=1, but %s is not installed", argv.v[0]);
	}
	words_free(&argv);
	words_free(&rest);
	free(text);
}

static void each_compiler_is_on_its_own_target(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(compilers) / sizeof(*compilers); i++)
		check_compiler(compilers[i].command, compilers[i].target);
}

/* Where Debian has no gcc, clang does: for every target, but for those that it has no backend for.
 */
static void so_is_clang(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_known_targets; i++) {
		const char *name = known_targets[i].name;
		bool lacks = strcmp(name, "alpha") == 0 || strcmp(name, "hppa") == 0 ||
			     strcmp(name, "sh4") == 0;
		const char *flag = target_flag(&known_targets[i]);
		char *command = text_format("clang-16 --target=%s %s", known_targets[i].triple,
					    flag ? flag : "");

		if (!lacks)
			check_compiler(command, name);
		free(command);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_target_is_found),
		cmocka_unit_test(triples_may_be_spelled_otherwise),
		cmocka_unit_test(others_are_not_known),
		cmocka_unit_test(each_compiler_is_on_its_own_target),
		cmocka_unit_test(so_is_clang),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
