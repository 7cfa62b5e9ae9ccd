/* SPDX-License-Identifier: MIT */
/* scan.c: a source. */
#include "fuzz.h"
#include "read/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	MUST(scan_definitions(text, "struct", "conn") <= strlen(text) / strlen("struct{"));
	free(text);
	return 0;
}
