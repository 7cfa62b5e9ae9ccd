/* SPDX-License-Identifier: MIT */
/* input.c: what a file is, by its content. */
#include "base/words.h"
#include "fuzz.h"
#include "read/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct words inputs = { NULL, 0 };
	struct diags diags = { NULL, 0 };
	enum input_kind kind = INPUT_UNKNOWN;

	fuzz_put("input", data, size);
	words_add(&inputs, "input");
	bool known = input_check(&inputs, &kind, &diags);
	/* What is neither text nor anything that can be read is told. */
	MUST(known == (kind != INPUT_UNKNOWN) && known == (diags.n == 0));
	words_free(&inputs);
	diag_free(&diags);
	return 0;
}
