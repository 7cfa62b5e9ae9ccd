/* SPDX-License-Identifier: MIT */
/* probe_answer.c: an object, or assembly, that holds a probe's records. */
#include "fuzz.h"
#include "read/probe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct probe_answers all = { NULL, 0 };

	probe_search((const char *)data, size, &all);
	for (size_t i = 0; i < all.n; i++)
		MUST(!probe_is_whole(&all.v[i]) || all.v[i].expected == all.v[i].found);
	probe_answers_free(&all);
	return 0;
}
