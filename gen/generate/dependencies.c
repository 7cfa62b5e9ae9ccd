/* SPDX-License-Identifier: MIT */
#include "generate/dependencies.h"

#include "base/depfile.h"
#include "base/paths.h"
#include "base/words.h"

#include <stdlib.h>

static void add_targets(const struct request *r, struct words *targets)
{
	if (r->header.stamp.given) {
		words_add(targets, r->header.stamp.given);
		return;
	}
	if (r->output.real)
		words_add(targets, r->output.given);
	if (request_second_half(r)->given)
		words_add(targets, request_second_half(r)->given);
	if (r->header.layout.given)
		words_add(targets, r->header.layout.given);
}

char *dependencies_text(const struct request *r, struct words *files)
{
	struct words targets = { NULL, 0 };
	char *text;

	add_targets(r, &targets);
	if (r->database) {
		char *file = path_join(r->database, "compile_commands.json");
		char *real = path_real(file);

		words_add(files, real);
		free(file);
		free(real);
	}
	words_sort_unique(files);
	text = depfile_format(&targets, files);
	words_free(&targets);
	return text;
}
