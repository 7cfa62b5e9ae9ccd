/* SPDX-License-Identifier: MIT */
/* nearest.c, layout.c, targets.c, banner.c: names, one in a line; the first is looked for. */
#include "base/nearest.h"
#include "base/words.h"
#include "fuzz.h"
#include "generate/banner.h"
#include "model/targets.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct words names = fuzz_lines(data, size), found = { NULL, 0 };
	const char *wanted = names.n > 0 ? names.v[0] : "";
	struct type_name type;
	char *triple = banner_target(wanted);

	nearest_names(wanted, &names, 3, &found);
	MUST(found.n <= 3 && (names.n == 0) == (found.n == 0));
	for (size_t i = 0; i < found.n; i++)
		MUST(words_have(&names, found.v[i]));
	if (type_name_parse(&type, wanted, strlen(wanted))) {
		MUST(type.name[0]);
		free(type.name);
	}
	target_find(wanted);
	free(triple);
	words_free(&names);
	words_free(&found);
	return 0;
}
