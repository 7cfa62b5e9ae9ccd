/* SPDX-License-Identifier: MIT */
/* scan.c: a source. */
#include "fuzz.h"
#include "read/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	struct words names = { NULL, 0 };

	scan_definitions(text, "struct", &names);
	for (size_t i = 0; i < names.n; i++)
		MUST(names.v[i][0] && strstr(text, names.v[i]));
	words_free(&names);
	free(text);
	return 0;
}
