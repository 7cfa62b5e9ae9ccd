/* SPDX-License-Identifier: MIT */
/* compile.c, flags.c, clang_args.c: compile flags, one in a line, and what becomes of them. */
#include "base/paths.h"
#include "base/words.h"
#include "compile/clang_args.h"
#include "fuzz.h"

/* Response files that an input may name: one is fine, one broken, one names itself. */
static void put_response_files(void)
{
	fuzz_put_once("good", "-DX=1 -I.", 9);
	fuzz_put_once("open", "-DX='", 5);
	fuzz_put_once("loop", "@loop @loop", 11);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct words flags = fuzz_lines(data, size), command = { NULL, 0 }, args = { NULL, 0 };
	struct compiles all = { NULL, 0 };
	struct compiler_facts facts = { 0 };
	struct diags diags = { NULL, 0 };
	char *here = path_here(), *source = path_join(here, "conn.c");
	struct compile *c = compile_add(&all, here, source, here);
	bool good = true;

	put_response_files();
	if (flags.n > 0 && flags.v[0][0] != '-')
		good = compile_set_compiler(c, &flags, &diags);
	else
		good = compile_flags_add(c, &flags, &diags);
	MUST(good != diag_failed(&diags));
	if (good) {
		clang_args(c, &facts, NULL, &args);
		compile_command(c, &command);
		MUST(compile_same(c, c));
	}
	words_free(&flags);
	words_free(&command);
	words_free(&args);
	compiles_free(&all);
	diag_free(&diags);
	free(source);
	free(here);
	return 0;
}
