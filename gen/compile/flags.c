/* SPDX-License-Identifier: MIT */
#include "compile/flags.h"

#include "base/text.h"

#include <string.h>

const struct flag_rule flag_rules[] = {
	/* what kind of output, and where to */
	{ "-c", FLAG_EXACT, FLAG_DROP },
	{ "-S", FLAG_EXACT, FLAG_DROP },
	{ "-E", FLAG_EXACT, FLAG_DROP },
	{ "-fsyntax-only", FLAG_EXACT, FLAG_DROP },
	{ "-o", FLAG_EITHER, FLAG_DROP },
	{ "--output=", FLAG_JOINED, FLAG_DROP },
	{ "--output", FLAG_NEXT, FLAG_DROP },
	{ "-pipe", FLAG_EXACT, FLAG_DROP },
	{ "-save-temps", FLAG_JOINED, FLAG_DROP },
	{ "--save-temps", FLAG_JOINED, FLAG_DROP },
	{ "-save-stats", FLAG_JOINED, FLAG_DROP },
	{ "-emit-llvm", FLAG_EXACT, FLAG_DROP },
	{ "-v", FLAG_EXACT, FLAG_DROP },
	{ "-###", FLAG_EXACT, FLAG_DROP },
	{ "-fdump-", FLAG_JOINED, FLAG_DROP },
	{ "-dump", FLAG_JOINED, FLAG_DROP },
	{ "-aux-info", FLAG_NEXT, FLAG_DROP },
	{ "-fcallgraph-info", FLAG_JOINED, FLAG_DROP },
	{ "-fstack-usage", FLAG_EXACT, FLAG_DROP },
	{ "-fopt-info", FLAG_JOINED, FLAG_DROP },
	{ "-fsave-optimization-record", FLAG_JOINED, FLAG_DROP },
	{ "-ftime-", FLAG_JOINED, FLAG_DROP },
	{ "-fdiagnostics-", FLAG_JOINED, FLAG_DROP },
	{ "-fcolor-diagnostics", FLAG_EXACT, FLAG_DROP },
	{ "--serialize-diagnostics", FLAG_NEXT, FLAG_DROP },
	{ "-fmodules", FLAG_JOINED, FLAG_DROP },
	/* precompiled headers: see precompiled.h */
	{ "-fpch-", FLAG_JOINED, FLAG_DROP },
	{ "-fno-pch-", FLAG_JOINED, FLAG_DROP },
	{ "-fanalyzer", FLAG_JOINED, FLAG_DROP },
	/* dependency files */
	{ "-MF", FLAG_EITHER, FLAG_DROP },
	{ "-MT", FLAG_EITHER, FLAG_DROP },
	{ "-MQ", FLAG_EITHER, FLAG_DROP },
	{ "-MJ", FLAG_EITHER, FLAG_DROP },
	{ "-M", FLAG_EXACT, FLAG_DROP },
	{ "-MM", FLAG_EXACT, FLAG_DROP },
	{ "-MD", FLAG_EXACT, FLAG_DROP },
	{ "-MMD", FLAG_EXACT, FLAG_DROP },
	{ "-MP", FLAG_EXACT, FLAG_DROP },
	{ "-MG", FLAG_EXACT, FLAG_DROP },
	{ "-Wp,-M", FLAG_JOINED, FLAG_DROP },
	/* code from elsewhere that would run in the compiler; before -l */
	{ "-load", FLAG_JOINED, FLAG_REFUSE },
	{ "--load", FLAG_JOINED, FLAG_REFUSE },
	{ "-plugin", FLAG_JOINED, FLAG_REFUSE },
	{ "-add-plugin", FLAG_EXACT, FLAG_REFUSE },
	{ "-fplugin", FLAG_JOINED, FLAG_REFUSE },
	{ "-fpass-plugin", FLAG_JOINED, FLAG_REFUSE },
	{ "-wrapper", FLAG_NEXT, FLAG_REFUSE },
	{ "-Wp,-fplugin", FLAG_JOINED, FLAG_REFUSE },
	/* which programs and which flags of its own the compiler is made of */
	{ "-B", FLAG_EITHER, FLAG_TOOLS },
	{ "--prefix=", FLAG_JOINED, FLAG_TOOLS },
	{ "--prefix", FLAG_NEXT, FLAG_TOOLS },
	{ "-specs=", FLAG_JOINED, FLAG_TOOLS },
	{ "--specs=", FLAG_JOINED, FLAG_TOOLS },
	{ "-specs", FLAG_NEXT, FLAG_TOOLS },
	{ "--specs", FLAG_NEXT, FLAG_TOOLS },
	{ "--config=", FLAG_JOINED, FLAG_TOOLS },
	{ "--config", FLAG_NEXT, FLAG_TOOLS },
	/* link-time optimisation, linking, debugging, profiling */
	{ "-flto", FLAG_JOINED, FLAG_DROP },
	{ "-fno-lto", FLAG_EXACT, FLAG_DROP },
	{ "-ffat-lto-objects", FLAG_EXACT, FLAG_DROP },
	{ "-fno-fat-lto-objects", FLAG_EXACT, FLAG_DROP },
	{ "-fuse-linker-plugin", FLAG_EXACT, FLAG_DROP },
	{ "-fno-use-linker-plugin", FLAG_EXACT, FLAG_DROP },
	{ "-fwhole-program", FLAG_JOINED, FLAG_DROP },
	{ "-Wl,", FLAG_JOINED, FLAG_DROP },
	{ "-Xlinker", FLAG_NEXT, FLAG_DROP },
	{ "-fuse-ld=", FLAG_JOINED, FLAG_DROP },
	{ "-L", FLAG_EITHER, FLAG_DROP },
	{ "-l", FLAG_EITHER, FLAG_DROP },
	{ "-T", FLAG_NEXT, FLAG_DROP },
	{ "-u", FLAG_NEXT, FLAG_DROP },
	{ "-z", FLAG_NEXT, FLAG_DROP },
	{ "-g", FLAG_JOINED, FLAG_DROP },
	{ "-fdebug-", FLAG_JOINED, FLAG_DROP },
	{ "--coverage", FLAG_EXACT, FLAG_DROP },
	{ "-coverage", FLAG_EXACT, FLAG_DROP },
	{ "-fprofile-", FLAG_JOINED, FLAG_DROP },
	{ "-ftest-coverage", FLAG_EXACT, FLAG_DROP },
	{ "-fcoverage-", FLAG_JOINED, FLAG_DROP },
	{ "-fauto-profile", FLAG_JOINED, FLAG_DROP },
	/* errors out of warnings */
	{ "-Werror", FLAG_JOINED, FLAG_DROP },
	{ "-pedantic-errors", FLAG_EXACT, FLAG_DROP },
	{ "-Wfatal-errors", FLAG_EXACT, FLAG_DROP },
	{ "-fmax-errors=", FLAG_JOINED, FLAG_DROP },
	{ "-ferror-limit=", FLAG_JOINED, FLAG_DROP },
	/* paths */
	{ "-include-pch", FLAG_NEXT, FLAG_PATH },
	{ "-include", FLAG_EITHER, FLAG_PATH },
	{ "-imacros", FLAG_EITHER, FLAG_PATH },
	{ "-isystem", FLAG_EITHER, FLAG_PATH },
	{ "-iquote", FLAG_EITHER, FLAG_PATH },
	{ "-idirafter", FLAG_EITHER, FLAG_PATH },
	{ "-isysroot", FLAG_EITHER, FLAG_PATH },
	{ "-iprefix", FLAG_EITHER, FLAG_PATH },
	{ "-iwithprefixbefore", FLAG_EITHER, FLAG_KEEP },
	{ "-iwithprefix", FLAG_EITHER, FLAG_KEEP },
	{ "-I-", FLAG_EXACT, FLAG_KEEP },
	{ "-I", FLAG_EITHER, FLAG_PATH },
	{ "--sysroot=", FLAG_JOINED, FLAG_PATH },
	{ "--sysroot", FLAG_NEXT, FLAG_PATH },
	{ "-resource-dir=", FLAG_JOINED, FLAG_PATH },
	{ "-resource-dir", FLAG_NEXT, FLAG_PATH },
	{ "--gcc-toolchain=", FLAG_JOINED, FLAG_PATH },
	/* two words that belong together */
	{ "-D", FLAG_EITHER, FLAG_KEEP },
	{ "-U", FLAG_EITHER, FLAG_KEEP },
	{ "-x", FLAG_EITHER, FLAG_KEEP },
	{ "-target", FLAG_NEXT, FLAG_KEEP },
	{ "-arch", FLAG_NEXT, FLAG_KEEP },
	{ "-Xpreprocessor", FLAG_NEXT, FLAG_KEEP },
	{ "-mllvm", FLAG_NEXT, FLAG_REAL },
	{ "-Xclang", FLAG_NEXT, FLAG_KEEP },
	{ "-Xassembler", FLAG_NEXT, FLAG_REAL },
	{ "--param", FLAG_NEXT, FLAG_REAL },
	{ "--param=", FLAG_JOINED, FLAG_REAL },
	{ "-Wa,", FLAG_JOINED, FLAG_REAL },
	/*
	 * Sanitizers define macros that sources look at, so the real compiler keeps them; libclang
	 * would refuse those that it does not have for a target.
	 */
	{ "-fsanitize", FLAG_JOINED, FLAG_REAL },
	{ "-fno-sanitize", FLAG_JOINED, FLAG_REAL },
	/* libclang knows them, but not all of what gcc takes; no layout depends on them */
	{ "-ftrivial-auto-var-init=", FLAG_JOINED, FLAG_REAL },
	{ "-enable-trivial-auto-var-init", FLAG_JOINED, FLAG_REAL },
	{ "-finput-charset=", FLAG_JOINED, FLAG_REAL },
	{ "-fexec-charset=", FLAG_JOINED, FLAG_REAL },
	{ "-fwide-exec-charset=", FLAG_JOINED, FLAG_REAL },
	{ "--driver-mode=", FLAG_JOINED, FLAG_DROP },
	/* processors */
	{ "-march=", FLAG_JOINED, FLAG_CPU },
	{ "-mcpu=", FLAG_JOINED, FLAG_CPU },
	{ "-mtune=", FLAG_JOINED, FLAG_CPU },
	{ "-mfpu=", FLAG_JOINED, FLAG_CPU },
	{ "-mfpmath=", FLAG_JOINED, FLAG_CPU },
	{ "-mmcu=", FLAG_JOINED, FLAG_CPU },
	/* layouts */
	{ "-fshort-enums", FLAG_EXACT, FLAG_LAYOUT },
	{ "-fno-short-enums", FLAG_EXACT, FLAG_LAYOUT },
	{ "-fshort-wchar", FLAG_EXACT, FLAG_LAYOUT },
	{ "-fno-short-wchar", FLAG_EXACT, FLAG_LAYOUT },
	{ "-fpack-struct", FLAG_JOINED, FLAG_LAYOUT },
	{ "-fno-pack-struct", FLAG_EXACT, FLAG_LAYOUT },
	{ "-fsso-struct=", FLAG_JOINED, FLAG_LAYOUT },
	{ "-mms-bitfields", FLAG_EXACT, FLAG_LAYOUT },
	{ "-mno-ms-bitfields", FLAG_EXACT, FLAG_LAYOUT },
	/* where variables and code are placed is nothing of a type's */
	{ "-malign-data=", FLAG_JOINED, FLAG_REAL },
	{ "-malign-functions", FLAG_JOINED, FLAG_REAL },
	{ "-malign-jumps", FLAG_JOINED, FLAG_REAL },
	{ "-malign-labels", FLAG_JOINED, FLAG_REAL },
	{ "-malign-loops", FLAG_JOINED, FLAG_REAL },
	{ "-malign-stringops", FLAG_EXACT, FLAG_REAL },
	{ "-mno-align-stringops", FLAG_EXACT, FLAG_REAL },
	{ "-malign-", FLAG_JOINED, FLAG_LAYOUT },
	{ "-mno-align-", FLAG_JOINED, FLAG_LAYOUT },
	{ "-mlong-double-", FLAG_JOINED, FLAG_LAYOUT },
	{ "-mlong64", FLAG_EXACT, FLAG_LAYOUT },
	{ "-mlong32", FLAG_EXACT, FLAG_LAYOUT },
	{ "-m96bit-long-double", FLAG_EXACT, FLAG_LAYOUT },
	{ "-m128bit-long-double", FLAG_EXACT, FLAG_LAYOUT },
	{ "-mdouble=", FLAG_JOINED, FLAG_LAYOUT },
	{ "-mstructure-size-boundary=", FLAG_JOINED, FLAG_LAYOUT },
	{ "-mshort", FLAG_EXACT, FLAG_LAYOUT },
	{ "-mint8", FLAG_EXACT, FLAG_LAYOUT },
	{ "-mabi=", FLAG_JOINED, FLAG_LAYOUT },
	{ "-m16", FLAG_EXACT, FLAG_LAYOUT },
	{ "-m31", FLAG_EXACT, FLAG_LAYOUT },
	{ "-m32", FLAG_EXACT, FLAG_LAYOUT },
	{ "-m64", FLAG_EXACT, FLAG_LAYOUT },
	{ "-mx32", FLAG_EXACT, FLAG_LAYOUT },
};
const size_t flag_rules_n = sizeof(flag_rules) / sizeof(*flag_rules);

static bool fits(const struct flag_rule *r, const char *word)
{
	if (r->form == FLAG_EXACT || r->form == FLAG_NEXT)
		return strcmp(word, r->flag) == 0;
	return text_starts(word, r->flag);
}

const struct flag_rule *flag_rule_for(const char *word)
{
	for (size_t i = 0; i < flag_rules_n; i++)
		if (fits(&flag_rules[i], word))
			return &flag_rules[i];
	return NULL;
}

enum flag_fate flag_fate_of(const char *word)
{
	const struct flag_rule *r = flag_rule_for(word);

	return r ? r->fate : FLAG_KEEP;
}

bool flag_takes_next(const char *word)
{
	const struct flag_rule *r = flag_rule_for(word);

	return r &&
	       (r->form == FLAG_NEXT || (r->form == FLAG_EITHER && strcmp(word, r->flag) == 0));
}

size_t flag_path(const char *word)
{
	const struct flag_rule *r = flag_rule_for(word);

	return r && r->fate == FLAG_PATH ? strlen(r->flag) : 0;
}
