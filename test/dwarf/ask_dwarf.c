/* SPDX-License-Identifier: MIT */
/*
 * Asks the readers of object files, for the tests: requests on standard input, one JSON object a
 * line, answers on standard output.
 *
 *	{"engine": "libdw", "inputs": ["conn.o"], "types": [{"kind": "struct", "name": "conn"}]}
 *	{"layouts": [...], "diagnostics": [...], "files": ["conn.o", ...]}
 *
 * Optional: "all", "nested", "debug_dirs", "seconds", "mebibytes". Without "engine" it is the one
 * that users get.
 */
#include "model/layout_json.h"
#include "read/reader.h"

#include <stdlib.h>
#include <string.h>

static enum layout_kind kind_of(const char *word)
{
	return strcmp(word, "struct") == 0  ? LAYOUT_STRUCT
	       : strcmp(word, "union") == 0 ? LAYOUT_UNION
					    : LAYOUT_TYPEDEF;
}

static enum dwarf_engine engine_of(const char *word)
{
	return !word				 ? DWARF_ANY
	       : strcmp(word, "libdw") == 0	 ? DWARF_LIBDW
	       : strcmp(word, "pyelftools") == 0 ? DWARF_PYELFTOOLS
						 : DWARF_ANY;
}

static json_t *answer(const json_t *json)
{
	const json_t *types = json_object_get(json, "types");
	const json_t *dirs = json_object_get(json, "debug_dirs");
	size_t n = json_is_true(json_object_get(json, "all")) ? 0 : json_array_size(types);
	struct type_name *wanted = calloc(n + 1, sizeof(*wanted));
	struct words inputs = { NULL, 0 }, debug_dirs = { NULL, 0 }, files = { NULL, 0 };
	struct layouts layouts = { NULL, 0 };
	struct diags diags = { NULL, 0 };
	struct dwarf_request request = {
		.types = wanted,
		.n_types = n,
		.inputs = &inputs,
		.debug_dirs = dirs ? &debug_dirs : NULL,
		.nested = json_is_true(json_object_get(json, "nested")),
		.engine = engine_of(json_string_value(json_object_get(json, "engine"))),
		.seconds = json_number_value(json_object_get(json, "seconds")),
		.mebibytes = (unsigned)json_integer_value(json_object_get(json, "mebibytes")),
	};
	json_t *reply = json_object();

	for (size_t i = 0; i < n; i++) {
		const json_t *type = json_array_get(types, i);

		wanted[i].kind = kind_of(json_string_value(json_object_get(type, "kind")));
		wanted[i].name = (char *)json_string_value(json_object_get(type, "name"));
	}
	words_from_json(json_object_get(json, "inputs"), &inputs);
	words_from_json(dirs, &debug_dirs);
	read_dwarf(&request, &layouts, &files, &diags);
	words_sort_unique(&files);
	json_object_set_new(reply, "layouts", layouts_to_json(&layouts));
	json_object_set_new(reply, "diagnostics", diags_to_json(&diags));
	json_object_set_new(reply, "files", words_to_json(&files));
	layouts_free(&layouts);
	diag_free(&diags);
	words_free(&inputs);
	words_free(&debug_dirs);
	words_free(&files);
	free(wanted);
	return reply;
}

int main(void)
{
	char *line = NULL;
	size_t room = 0;

	while (getline(&line, &room, stdin) > 0) {
		json_t *json = json_loads(line, 0, NULL), *reply;

		if (!json) {
			fputs("ask_dwarf: a line is no JSON\n", stderr);
			return 1;
		}
		reply = answer(json);
		json_dumpf(reply, stdout, JSON_COMPACT);
		putchar('\n');
		fflush(stdout);
		json_decref(reply);
		json_decref(json);
	}
	free(line);
	return 0;
}
