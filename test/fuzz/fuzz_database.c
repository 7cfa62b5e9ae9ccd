/* SPDX-License-Identifier: MIT */
/* compdb.c: a compile_commands.json; the source is conn.c beside it. */
#include "base/paths.h"
#include "compile/compdb.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *here = path_here(), *source = path_join(here, "conn.c");
	struct compiles all = { NULL, 0 };
	struct diags diags = { NULL, 0 };

	fuzz_put("compile_commands.json", data, size);
	MUST(compile_from_database(here, source, here, &all, &diags) != diag_failed(&diags));
	for (size_t i = 0; i < all.n; i++)
		MUST(diag_failed(&diags) || all.v[i].compiler.n > 0);
	compiles_free(&all);
	diag_free(&diags);
	free(source);
	free(here);
	return 0;
}
