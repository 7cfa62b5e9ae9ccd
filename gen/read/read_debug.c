/* SPDX-License-Identifier: MIT */
/*
 * Layouts of a source out of the debug information that its own compiler writes: whatever that
 * compiler accepts has an answer. All types are kept in it, whether the source uses them or not.
 */
#include "base/child.h"
#include "base/depfile.h"
#include "base/paths.h"
#include "base/scratch.h"
#include "base/text.h"
#include "base/words.h"
#include "read/cc_flags.h"
#include "read/complaints.h"
#include "read/reader.h"

#include <stdlib.h>
#include <string.h>

static bool make_command(const struct debug_request *r, const char *dir, struct words *argv,
			 struct diags *diags)
{
	const struct compile *c = r->compile;

	compile_command(c, argv);
	words_add(argv, "-DGEN_OPAQUE=1");
	if (!cc_flags_add(c, dir, true, argv, diags))
		return false;
	words_add(argv, "-fno-lto");
	words_add(argv, "-g");
	words_add(argv, "-fno-eliminate-unused-debug-types");
	words_add(argv, "-MD");
	words_add(argv, "-MF");
	words_addf(argv, "%s/unit.d", dir);
	words_add(argv, "-c");
	words_add(argv, "-o");
	words_addf(argv, "%s/unit.o", dir);
	words_add(argv, c->is_cxx ? "-xc++" : "-xc");
	words_add(argv, r->input);
	return true;
}

static bool compile(const struct debug_request *r, const char *dir, struct diags *diags)
{
	struct words argv = { NULL, 0 };
	struct child_result result;
	bool good = make_command(r, dir, &argv, diags) &&
		    child_run_command(r->compile->dir, argv.v, &result);

	if (good) {
		good = result.exit_status == 0;
		if (!good) {
			complaints_report(result.err, dir, diags);
			diag_error(diags, "the compiler '%s' does not accept the source",
				   argv.v[0]);
		}
		child_result_free(&result);
	}
	words_free(&argv);
	return good;
}

static void take_files(const struct debug_request *r, const char *dir, struct words *all)
{
	char *path = path_join(dir, "unit.d"), *rule = text_read_file(path, NULL);
	struct words files = { NULL, 0 };

	depfile_parse(rule ? rule : "", &files);
	for (size_t i = 0; i < files.n; i++) {
		char *whole = path_join(r->compile->dir, files.v[i]), *real = path_real(whole);

		if (!path_inside(dir, real))
			words_add(all, real);
		free(whole);
		free(real);
	}
	words_free(&files);
	free(rule);
	free(path);
}

static bool read_object(const struct debug_request *r, const char *dir, struct layouts *layouts,
			struct diags *diags)
{
	struct words inputs = { NULL, 0 }, objects = { NULL, 0 };
	const struct dwarf_request request = {
		.types = r->types, .n_types = r->n_types, .inputs = &inputs, .nested = r->nested
	};
	bool good;

	words_addf(&inputs, "%s/unit.o", dir);
	good = read_dwarf(&request, layouts, &objects, diags);
	words_free(&inputs);
	words_free(&objects);
	return good;
}

bool read_debug(const struct debug_request *request, struct layouts *layouts, struct words *files,
		struct diags *diags)
{
	char *dir = scratch_make(diags);
	bool good =
		dir && compile(request, dir, diags) && read_object(request, dir, layouts, diags);

	if (good)
		take_files(request, dir, files);
	scratch_remove(dir);
	return good;
}
