/* SPDX-License-Identifier: MIT */
/*
 * Layouts from object files. dwarf_layout.py does the reading: it is asked with one JSON request
 * and answers in the forms of layout_json.c. It runs in whichever Python there is.
 */
#include "base/child.h"
#include "base/paths.h"
#include "base/text.h"
#include "model/layout_json.h"
#include "read/reader.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Set by meson.build. */
#define HELPER_NAME "dwarf_layout.py"
static const char helper_in_source_tree[] = GEN_OPAQUE_SOURCE_DIR "/read/" HELPER_NAME;
static const char bin_dir[] = GEN_OPAQUE_BIN_DIR;
static const char helper_installed[] = GEN_OPAQUE_HELPER_DIR "/" HELPER_NAME;

/* ---- the helper ---- */

/* From where this program is installed to where its helper is: they may have been moved together.
 */
static char *helper_beside(void)
{
	char *exe = path_real("/proc/self/exe"), *dir = path_dir(exe);
	char *way = path_from(bin_dir, helper_installed), *helper = path_join(dir, way);

	free(exe);
	free(dir);
	free(way);
	return helper;
}

static char *find_helper(struct diags *diags)
{
	const char *said = getenv("GEN_OPAQUE_DWARF");
	char *helper = said && said[0] ? text_copy(said) : helper_beside();

	if (access(helper, R_OK) == 0)
		return helper;
	if (!(said && said[0]) && access(helper_in_source_tree, R_OK) == 0) {
		free(helper);
		return text_copy(helper_in_source_tree);
	}
	diag_error(diags, "the reader of object files is not installed: there is no %s", helper);
	diag_note(diags, "GEN_OPAQUE_DWARF may say where %s is", HELPER_NAME);
	free(helper);
	return NULL;
}

/* ---- the request ---- */

static json_t *type_to_json(const struct type_name *type)
{
	static const char *const kinds[] = { "struct", "union", "typedef" };
	json_t *object = json_object();

	json_object_set_new(object, "kind", json_string(kinds[type->kind]));
	json_object_set_new(object, "name", json_string(type->name));
	return object;
}

/* NULL: diags says why. */
static char *request_text(const struct dwarf_request *r, struct diags *diags)
{
	json_t *object = json_object(), *types = json_array(), *inputs = words_to_json(r->inputs);
	char *text = NULL;

	for (size_t i = 0; i < r->n_types; i++)
		json_array_append_new(types, type_to_json(&r->types[i]));
	if (json_array_size(inputs) == r->inputs->n) {
		json_object_set(object, "inputs", inputs);
		json_object_set(object, "types", types);
		json_object_set_new(object, "all", json_boolean(r->n_types == 0));
		json_object_set_new(object, "nested", json_boolean(r->nested));
		text = json_dumps(object, JSON_COMPACT);
	} else {
		diag_error(diags, "the path of an object file is not UTF-8");
	}
	json_decref(inputs);
	json_decref(types);
	json_decref(object);
	return text;
}

/* ---- the answer ---- */

/* Words that a Python without an answer leaves: the last line is what a traceback is about. */
static void note_last_line(const char *python, const char *text, struct diags *diags)
{
	size_t end = strlen(text), start;

	while (end > 0 && text[end - 1] == '\n')
		end--;
	start = end;
	while (start > 0 && text[start - 1] != '\n')
		start--;
	if (end > start)
		diag_note(diags, "%s said: %.*s", python, (int)(end - start), text + start);
}

/*
 * False: it is no Python, or one that is too old; *unfit has a note then. True: *json is its
 * answer, or NULL and diags says why no other Python would do better.
 */
static bool ask_python(const char *python, const char *helper, const char *request, json_t **json,
		       struct diags *unfit, struct diags *diags)
{
	char *const argv[] = { (char *)python, (char *)"-B",   (char *)"-E",
			       (char *)"-S",   (char *)helper, NULL };
	struct child_result result;
	bool fits = true;

	*json = NULL;
	if (!child_ask_command(NULL, argv, request, &result)) {
		diag_error(diags, "no child process can be started for the DWARF reader");
		return true;
	}
	*json = json_loadb(result.out, result.out_len, 0, NULL);
	if (!*json && result.timed_out) {
		diag_error(diags, "the DWARF reader did not finish, and was stopped");
	} else if (!*json && result.signal) {
		diag_error(diags, "the DWARF reader died of signal %d (%s)", result.signal,
			   strsignal(result.signal));
	} else if (!*json) {
		note_last_line(python, result.err, unfit);
		fits = false;
	}
	child_result_free(&result);
	return fits;
}

static json_t *ask(const char *helper, const char *request, struct diags *diags)
{
	static const char *const pythons[] = { "python3", "/usr/bin/python3" };
	struct diags unfit = { NULL, 0 };
	json_t *json;

	diag_error(&unfit, "no Python is found that can run the reader of object files");
	diag_note(&unfit, "it needs Python 3.9 or newer: apt install python3");
	for (size_t i = 0; i < sizeof(pythons) / sizeof(*pythons); i++) {
		if (ask_python(pythons[i], helper, request, &json, &unfit, diags)) {
			diag_free(&unfit);
			return json;
		}
	}
	diag_move(diags, &unfit);
	return NULL;
}

/* A list shows what can be asked for by a name of its own: typedefs only of records without a tag.
 */
static void keep_own_names(struct layouts *all)
{
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++) {
		struct layout *l = &all->v[i];

		if (l->kind == LAYOUT_TYPEDEF && (!l->is_record || l->declared))
			layout_release(l);
		else
			all->v[n++] = *l;
	}
	all->n = n;
}

static bool take_answer(const struct dwarf_request *r, const json_t *json, struct layouts *layouts,
			struct words *files, struct diags *diags)
{
	struct diags said = { NULL, 0 };
	bool good;

	diags_from_json(json_object_get(json, "diagnostics"), &said);
	good = !diag_failed(&said);
	diag_move(diags, &said);
	if (!good)
		return false;
	if (!layouts_from_json(json_object_get(json, "layouts"), layouts)) {
		diag_error(diags, "the DWARF reader's answer cannot be read");
		return false;
	}
	if (r->n_types > 0 && (layouts->n == 0 || layouts->n % r->n_types != 0)) {
		diag_error(diags, "the DWARF reader left out types");
		layouts_free(layouts);
		return false;
	}
	if (r->n_types == 0)
		keep_own_names(layouts);
	words_from_json(json_object_get(json, "files"), files);
	return true;
}

bool read_dwarf(const struct dwarf_request *request, struct layouts *layouts, struct words *files,
		struct diags *diags)
{
	char *helper = find_helper(diags);
	char *text = helper ? request_text(request, diags) : NULL;
	json_t *json = text ? ask(helper, text, diags) : NULL;
	bool good = json && take_answer(request, json, layouts, files, diags);

	json_decref(json);
	free(text);
	free(helper);
	return good;
}
