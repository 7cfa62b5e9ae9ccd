/* SPDX-License-Identifier: MIT */
/* depfile.c: a Make rule; and whatever is read from one can be written and read again. */
#include "base/depfile.h"
#include "base/words.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *again;
	struct words target = { NULL, 0 }, files = { NULL, 0 }, same = { NULL, 0 };

	depfile_parse(text, &files);
	words_add(&target, "conn_opaque.h");
	again = depfile_format(&target, &files);
	depfile_parse(again, &same);
	words_sort_unique(&files);
	words_sort_unique(&same);
	MUST(strpbrk(text, "\\\n\r") || words_same(&files, &same));
	words_free(&target);
	words_free(&files);
	words_free(&same);
	free(again);
	free(text);
	return 0;
}
