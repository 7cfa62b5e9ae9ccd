/* SPDX-License-Identifier: MIT */
/* read_json.c: a file that layout --format json might have written, and whoever shows it. */
#include "base/words.h"
#include "fuzz.h"
#include "model/explain.h"
#include "read/reader.h"
#include "write/writer.h"

static void print_header(struct layout *l)
{
	const struct words none = { NULL, 0 };
	const struct header_type type = {
		.base = "conn",
		.source = "conn.c",
		.offsets = &none,
		.exposed = &none,
		.flexible = l->n_flexible ? l->flexible[0].path : NULL,
		.elements = 3,
	};
	const struct header_target target = { .triple = "x", .layouts = { l, 1 } };
	const struct header header = { .types = &type,
				       .n_types = 1,
				       .targets = &target,
				       .n_targets = 1,
				       .command = "gen-opaque",
				       .file = "conn_opaque.h" };
	struct diags diags = { NULL, 0 };

	if (header_check(&header, &diags))
		free(header_text(&header));
	diag_free(&diags);
}

static void use(const struct layouts *all)
{
	const struct text_style style = { .here = "/here", .cacheline = 64 };

	for (size_t i = 0; i < all->n; i++) {
		struct changes changes;

		print_header(&all->v[i]);
		explain(&all->v[0], &all->v[i], &changes);
		MUST(i > 0 || changes.n == 0 || !layout_same(&all->v[0], &all->v[0]));
		changes_free(&changes);
	}
	free(list_tsv(all, "/here"));
	free(list_json(all, NULL));
	free(layouts_json(all, NULL));
	free(layouts_text(all, &style));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct json_request request = { .path = "layouts.json" };
	struct layouts all = { NULL, 0 };
	struct diags diags = { NULL, 0 };
	bool good;

	fuzz_put(request.path, data, size);
	good = read_json(&request, &all, &diags);
	MUST(good != diag_failed(&diags));
	if (good)
		use(&all);
	layouts_free(&all);
	diag_free(&diags);
	return 0;
}
