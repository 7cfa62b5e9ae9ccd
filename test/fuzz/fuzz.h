/* SPDX-License-Identifier: MIT */
/*
 * One harness, one part of gen/ that reads bytes from elsewhere. Each runs in a folder of its own,
 * where it may write. See run.
 */
#ifndef TEST_FUZZ_H
#define TEST_FUZZ_H

#include "base/paths.h"
#include "base/text.h"
#include "base/words.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold for any input: the fuzzer takes an abort for a finding. */
#define MUST(condition)           \
	do {                      \
		if (!(condition)) \
			abort();  \
	} while (0)

/* The bytes up to the first zero. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
	return text_copy_n((const char *)data, strnlen((const char *)data, size));
}

/* Its lines, each a word. */
static inline struct words fuzz_lines(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct words lines = { NULL, 0 };

	for (const char *s = text; *s; s += strcspn(s, "\n"), s += *s == '\n')
		words_add_n(&lines, s, strcspn(s, "\n"));
	free(text);
	return lines;
}

static inline void fuzz_put(const char *path, const void *data, size_t size)
{
	FILE *file = fopen(path, "w");

	MUST(file && fwrite(data, 1, size, file) == size && fclose(file) == 0);
}

/* The same for what is there in every run, and so is written once. */
static inline void fuzz_put_once(const char *path, const void *data, size_t size)
{
	if (!path_exists(path))
		fuzz_put(path, data, size);
}

#endif
