/* SPDX-License-Identifier: MIT */
/* options.c, request.c, banner.c: a command line, one argument in a line. */
#include "base/text.h"
#include "base/words.h"
#include "commands/command.h"
#include "fuzz.h"
#include "generate/banner.h"

static bool parse(struct request *r, bool list, struct words *words, struct diags *diags)
{
	if (list)
		return request_parse_list(r, &list_spec, (int)words->n, words->v, diags);
	return request_parse_emit(r, &emit_spec, (int)words->n, words->v, diags);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct words words = fuzz_lines(data, size);
	struct request r;
	struct diags diags = { NULL, 0 };
	bool list = words.n > 0 && strcmp(words.v[0], "list") == 0, good;

	fuzz_put_once("conn.c", "struct conn { int fd; };\n", 25);
	fuzz_put_once("conn.o", "\177ELF", 4);
	if (words.n == 0)
		words_add(&words, "emit");
	good = parse(&r, list, &words, &diags);
	MUST(good != diag_failed(&diags));
	if (good && !r.help && !list) {
		char *command = banner_command(&r);

		MUST(text_starts(command, "gen-opaque emit -t "));
		free(command);
	}
	request_release(&r);
	diag_free(&diags);
	words_free(&words);
	return 0;
}
