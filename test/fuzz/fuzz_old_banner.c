/* SPDX-License-Identifier: MIT */
/* old_banner.c, banner_request.c, trust.c, header_numbers.c: a header from a stranger, whose banner
 * asks for what it likes. */
#include "base/paths.h"
#include "check/banner_request.h"
#include "check/header_numbers.h"
#include "check/old_banner.h"
#include "fuzz.h"
#include "request/request.h"

/* No compiler and no other project may come from a header. */
static void ask(const struct old_banner *c, const char *root)
{
	struct request check = { .here = (char *)root, .root = (char *)root }, r;
	struct diags diags = { NULL, 0 };
	bool good = banner_request(&r, &c->command, &check, root, &diags);

	MUST(good != diag_failed(&diags));
	MUST(!good || (r.cc.n == 0 && !r.database && strcmp(r.root, root) == 0));
	for (size_t i = 0; good && i < r.inputs.n; i++) {
		char *real = path_real(r.inputs.v[i]);

		MUST(path_inside(root, real));
		free(real);
	}
	for (size_t i = 0; good && i < r.flags.n; i++)
		MUST(!strstr(r.flags.v[i], "plugin") && strcmp(r.flags.v[i], "-Xclang") != 0);
	request_release(&r);
	diag_free(&diags);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *root = path_here();
	struct old_banner banner;
	struct diags diags = { NULL, 0 };
	struct header_numbers numbers;

	header_numbers_find(&numbers, text);
	for (size_t i = 0; i < numbers.n; i++)
		MUST(numbers.v[i].rung < numbers.n_rungs);
	header_numbers_free(&numbers);
	fuzz_put_once("conn.c", "struct conn { int fd; };\n", 25);
	if (old_banner_read(&banner, text, "conn_opaque.h", &diags))
		ask(&banner, root);
	old_banner_free(&banner);
	diag_free(&diags);
	free(root);
	free(text);
	return 0;
}
