/* SPDX-License-Identifier: MIT */
/* layout_json.c: what a child process answers. */
#include "base/words.h"
#include "fuzz.h"
#include "model/layout_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *json = json_loadb((const char *)data, size, JSON_DECODE_ANY, NULL);
	struct layouts all, copy;
	struct diags diags = { NULL, 0 };
	struct words words = { NULL, 0 };

	if (layouts_from_json(json, &all)) {
		layouts_copy(&copy, &all);
		MUST(layouts_same(&all, &copy));
		layouts_free(&copy);
		layouts_free(&all);
	}
	diags_from_json(json, &diags);
	words_from_json(json, &words);
	diag_free(&diags);
	words_free(&words);
	json_decref(json);
	return 0;
}
