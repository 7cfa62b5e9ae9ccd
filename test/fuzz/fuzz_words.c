/* SPDX-License-Identifier: MIT */
/* text.c: a command line in a shell's syntax, and a response file. */
#include "base/words.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct words shell = { NULL, 0 }, response = { NULL, 0 };
	bool plain = !strpbrk(text, "'\"\\");

	if (words_split(&shell, text) && words_split_response(&response, text))
		MUST(!plain || words_same(&shell, &response));
	else
		MUST(!plain);
	words_free(&shell);
	words_free(&response);
	free(text);
	return 0;
}
