/* SPDX-License-Identifier: MIT */
#include "generate/dependencies.h"

#include "base/depfile.h"
#include "base/paths.h"
#include "base/words.h"

#include <stdlib.h>

static void add_targets(const struct request *r, struct words *targets)
{
	if (r->stamp) {
		words_add(targets, r->stamp);
		return;
	}
	if (r->output_real)
		words_add(targets, r->output);
	if (r->forward)
		words_add(targets, r->forward);
	if (r->layout)
		words_add(targets, r->layout);
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
