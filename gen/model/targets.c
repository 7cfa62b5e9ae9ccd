/* SPDX-License-Identifier: MIT */
#include "model/targets.h"

#include "base/text.h"
#include "base/words.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * At most one condition holds for any compiler. Where a processor has several ABIs, macros of type
 * sizes tell them apart: Android's long double on i386, musl's on powerpc and Emscripten's on
 * wasm32 are not what the targets here have. Bare ARM is a target of its own for its short enums;
 * with -fno-short-enums it is as Linux is.
 */
#define ELF(condition)	 "defined(__ELF__) && " condition
#define ELF_TRIPLES(cpu) cpu "-*linux-gnu " cpu "-*linux-musl " cpu "-*elf"
#define ARM_ENUMS(size, condition)                             \
	ELF("defined(__ARM_EABI__) && !defined(__ARMEB__) && " \
	    "__ARM_SIZEOF_MINIMAL_ENUM == " size condition)
#define ARM(condition)	   ARM_ENUMS("4", " && " condition)
#define MIPS32(condition)  ELF("defined(__mips__) && !defined(__mips64) && " condition)
#define MIPS64(condition)  ELF("defined(__mips64) && defined(__LP64__) && " condition)
#define POWERPC(condition) ELF("defined(__powerpc__) && __SIZEOF_LONG_DOUBLE__ == 16 && " condition)
#define MSVC(condition)	   "defined(_WIN32) && !defined(__MINGW32__) && " condition
#define MINGW(condition)   "defined(__MINGW32__) && " condition
#define MINGW_DOUBT	   "packed and aligned members, and bit-fields beside them"
#define APPLE(condition)   "defined(__APPLE__) && defined(__LP64__) && " condition

const struct target known_targets[] = {
	{ "x86_64", "x86_64-linux-gnu", ELF("defined(__x86_64__) && defined(__LP64__)"),
	  ELF_TRIPLES("x86_64") },
	{ "i386", "i386-linux-gnu", ELF("defined(__i386__) && !defined(__ANDROID__)"),
	  ELF_TRIPLES("i[3-6]86") },
	{ "x32", "x86_64-linux-gnux32", ELF("defined(__x86_64__) && !defined(__LP64__)"),
	  "x86_64-*linux-gnux32 x86_64-*linux-muslx32" },
	{ "aarch64", "aarch64-linux-gnu",
	  ELF("defined(__aarch64__) && defined(__LP64__) && !defined(__AARCH64EB__)"),
	  ELF_TRIPLES("aarch64") " aarch64-*linux-android*" },
	{ "armhf", "arm-linux-gnueabihf", ARM("defined(__ARM_PCS_VFP)"),
	  "arm*-*linux-gnueabihf arm*-*linux-musleabihf" },
	{ "armel", "arm-linux-gnueabi", ARM("!defined(__ARM_PCS_VFP)"),
	  "arm*-*linux-gnueabi arm*-*linux-musleabi" },
	{ "arm-none", "arm-none-eabi", ARM_ENUMS("1", ""),
	  "arm-none-eabi* armv*-none-*eabi* thumbv*-none-*eabi*" },
	{ "riscv64", "riscv64-linux-gnu", ELF("defined(__riscv) && __riscv_xlen == 64"),
	  ELF_TRIPLES("riscv64") },
	{ "riscv32", "riscv32-linux-gnu", ELF("defined(__riscv) && __riscv_xlen == 32"),
	  ELF_TRIPLES("riscv32") },
	{ "s390x", "s390x-linux-gnu", ELF("defined(__s390x__)"), ELF_TRIPLES("s390x") },
	{ "ppc64le", "powerpc64le-linux-gnu",
	  POWERPC("defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)"),
	  "powerpc64le-*linux-gnu ppc64le-*linux-gnu" },
	{ "ppc64", "powerpc64-linux-gnu",
	  POWERPC("defined(__powerpc64__) && defined(__BIG_ENDIAN__)"),
	  "powerpc64-*linux-gnu ppc64-*linux-gnu" },
	{ "ppc", "powerpc-linux-gnu", POWERPC("!defined(__powerpc64__) && defined(__BIG_ENDIAN__)"),
	  "powerpc-*linux-gnu ppc-*linux-gnu" },
	{ "mips", "mips-linux-gnu", MIPS32("defined(__MIPSEB__)"), ELF_TRIPLES("mips") },
	{ "mipsel", "mipsel-linux-gnu", MIPS32("defined(__MIPSEL__)"), ELF_TRIPLES("mipsel") },
	{ "mips64", "mips64-linux-gnuabi64", MIPS64("defined(__MIPSEB__)"),
	  "mips64-*linux-gnuabi64 " ELF_TRIPLES("mips64") },
	{ "mips64el", "mips64el-linux-gnuabi64", MIPS64("defined(__MIPSEL__)"),
	  "mips64el-*linux-gnuabi64 " ELF_TRIPLES("mips64el") },
	{ "m68k", "m68k-linux-gnu", ELF("defined(__m68k__) && !defined(__mcoldfire__)"),
	  ELF_TRIPLES("m68k") },
	{ "sparc64", "sparc64-linux-gnu", ELF("defined(__sparc__) && defined(__arch64__)"),
	  ELF_TRIPLES("sparc64") " sparcv9-*linux-gnu" },
	{ "alpha", "alpha-linux-gnu", ELF("defined(__alpha__)"), ELF_TRIPLES("alpha") },
	{ "hppa", "hppa-linux-gnu", ELF("defined(__hppa__) && !defined(__LP64__)"),
	  ELF_TRIPLES("hppa") },
	{ "sh4", "sh4-linux-gnu", ELF("defined(__SH4__) && defined(__LITTLE_ENDIAN__)"),
	  ELF_TRIPLES("sh4") },
	{ "loongarch64", "loongarch64-linux-gnu",
	  ELF("defined(__loongarch__) && defined(__LP64__)"), ELF_TRIPLES("loongarch64") },
	{ "wasm32", "wasm32-unknown-unknown", "defined(__wasm32__) && !defined(__EMSCRIPTEN__)",
	  "wasm32 wasm32-*wasi* wasm32-*unknown" },
	{ "win64", "x86_64-pc-windows-msvc", MSVC("defined(_M_X64)"), "x86_64-*windows-msvc*" },
	{ "win32", "i686-pc-windows-msvc", MSVC("defined(_M_IX86)"), "i[3-6]86-*windows-msvc*" },
	{ "winarm64", "aarch64-pc-windows-msvc", MSVC("defined(_M_ARM64)"),
	  "aarch64-*windows-msvc*" },
	{ "mingw64", "x86_64-w64-windows-gnu", MINGW("defined(__x86_64__)"),
	  "x86_64-*mingw32* x86_64-*windows-gnu" },
	{ "mingw32", "i686-w64-windows-gnu", MINGW("defined(__i386__)"),
	  "i[3-6]86-*mingw32* i[3-6]86-*windows-gnu" },
	{ "macos-arm64", "arm64-apple-macosx", APPLE("defined(__aarch64__)"),
	  "arm64-apple-* aarch64-apple-*" },
	{ "macos-x86_64", "x86_64-apple-macosx", APPLE("defined(__x86_64__)"), "x86_64-apple-*" },
};
const size_t n_known_targets = sizeof(known_targets) / sizeof(*known_targets);

static int matches(const struct target *t, const char *name_or_triple)
{
	struct words patterns = { NULL, 0 };
	int match = strcmp(t->name, name_or_triple) == 0 || strcmp(t->triple, name_or_triple) == 0;

	words_split(&patterns, t->patterns);
	for (size_t i = 0; i < patterns.n && !match; i++)
		match = fnmatch(patterns.v[i], name_or_triple, 0) == 0;
	words_free(&patterns);
	return match;
}

const struct target *target_find(const char *name_or_triple)
{
	for (size_t i = 0; i < n_known_targets; i++)
		if (matches(&known_targets[i], name_or_triple))
			return &known_targets[i];
	return NULL;
}

bool target_same(const char *a, const char *b)
{
	const struct target *x = a ? target_find(a) : NULL, *y = b ? target_find(b) : NULL;

	return x || y ? x == y : strcmp(a ? a : "", b ? b : "") == 0;
}

uint64_t target_most_align(const char *triple)
{
	static const char *const coff[] = { "windows", "mingw", "cygwin" };
	const struct target *known = triple ? target_find(triple) : NULL;
	const char *name = known ? known->triple : triple;

	for (size_t i = 0; name && i < sizeof(coff) / sizeof(*coff); i++)
		if (strstr(name, coff[i]))
			return 8192;
	return 0;
}

const char *target_doubt(const struct target *t)
{
	static const char *const doubts[][2] = {
		{ "m68k", "all of 4 bytes or more, which gcc aligns to 2" },
		{ "mingw64", "packed and aligned members, and bit-fields" },
		{ "mingw32", "packed and aligned members, and bit-fields" },
	};

	for (size_t i = 0; i < sizeof(doubts) / sizeof(*doubts); i++)
		if (strcmp(doubts[i][0], t->name) == 0)
			return doubts[i][1];
	return NULL;
}

const char *target_flag(const struct target *t)
{
	return strcmp(t->name, "arm-none") == 0 ? "-fshort-enums" : NULL;
}

char *target_ladder(void)
{
	struct text t;

	text_open(&t);
	for (size_t i = 0; i < n_known_targets; i++)
		fprintf(t.file, "#if %s\n\"%s\"\n#endif\n", known_targets[i].condition,
			known_targets[i].name);
	return text_close(&t);
}

const struct target *target_answer(const char *preprocessed)
{
	struct words words = { NULL, 0 };
	bool good = words_split(&words, preprocessed) && words.n == 1;
	const struct target *found = good ? target_find(words.v[0]) : NULL;

	words_free(&words);
	return found;
}
