/* SPDX-License-Identifier: MIT */
/*
 * Layouts from a C source, through libclang.
 *
 * libclang runs in a child process, because some versions die on some types (14: SIGFPE on __bf16).
 * The child prints its answer as JSON. Everything it says about a broken source is suspect: after a
 * missing include it gives size 1, after an unknown typedef the size of int. So errors in the unit
 * are handed over with the answer, and the caller has to look at them first.
 */
#include "base/child.h"
#include "base/nearest.h"
#include "base/text.h"
#include "base/words.h"
#include "model/layout_json.h"
#include "model/targets.h"
#include "read/clang_cursor.h"
#include "read/clang_types.h"
#include "read/clang_unit.h"
#include "read/reader.h"

#include <stdlib.h>
#include <string.h>

/* ---- in the child ---- */

static void read_unit(const struct unit *u, const struct read_request *request,
		      struct read_answer *answer, struct diags *types)
{
	char *triple = unit_triple(u);

	unit_errors(u, &answer->diags);
	unit_files(u, request, answer);
	if (request->n_types > 0)
		types_describe(u, request, &answer->layouts, types);
	else
		types_list(u, &answer->layouts);
	for (size_t i = 0; i < answer->layouts.n; i++)
		answer->layouts.v[i].target = text_copy(triple);
	free(triple);
}

static void print_answer(const struct unit *u, const struct read_answer *answer,
			 const struct diags *types, FILE *out)
{
	json_t *json = json_object();

	json_object_set_new(json, "parsed", json_boolean(u->tu != NULL));
	json_object_set_new(json, "crashed", json_boolean(u->crashed));
	if (u->unfit)
		json_object_set_new(json, "unfit", json_string(u->unfit));
	json_object_set_new(json, "layouts", layouts_to_json(&answer->layouts));
	json_object_set_new(json, "unit", diags_to_json(&answer->diags));
	json_object_set_new(json, "types", diags_to_json(types));
	json_object_set_new(json, "files", words_to_json(&answer->files));
	json_object_set_new(json, "dropped", words_to_json(&u->dropped));
	json_object_set_new(json, "stand_in", json_boolean(answer->used_stand_in));
	json_dumpf(json, out, JSON_COMPACT);
	json_decref(json);
}

static void work(void *arg, FILE *out)
{
	const struct read_request *request = arg;
	struct read_answer answer = { 0 };
	struct diags types = { NULL, 0 };
	struct unit u;

	unit_open(&u, request);
	if (u.tu)
		read_unit(&u, request, &answer, &types);
	print_answer(&u, &answer, &types, out);
}

/* ---- in the parent ---- */

/* What libclang printed, line by line, as notes; but for its own notes, which are lists. */
static void add_output(const char *text, struct diags *diags)
{
	while (*text) {
		size_t len = strcspn(text, "\n");
		size_t skip = text_starts(text, "error: ") ? strlen("error: ") : 0;

		if (len > skip && !text_starts(text, "note: "))
			diag_note(diags, "it said: %.*s", (int)(len - skip), text + skip);
		text += len + (text[len] == '\n');
	}
}

static void report_death(const struct child_result *result, struct diags *diags)
{
	if (result->timed_out) {
		diag_error(diags, "libclang did not finish, and was stopped");
		diag_note(diags, "GEN_OPAQUE_TIMEOUT=SECONDS gives it more time");
	} else if (result->signal) {
		diag_error(diags, "libclang died of signal %d (%s)", result->signal,
			   strsignal(result->signal));
		diag_note(diags, "some versions die on some types; build gen-opaque with another "
				 "libclang");
	} else {
		diag_error(diags, "libclang gave no answer (exit status %d)", result->exit_status);
	}
	add_output(result->err, diags);
}

/* A place in a copy of a stand-in is one in the stand-in. */
static void rename_places(const struct read_request *request, struct diag *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *tail = v[i].file;

		rename_places(request, v[i].notes, v[i].n_notes);
		if (!tail || !text_starts(tail, STAND_IN_DIR "/"))
			continue;
		tail = strrchr(tail, '/');
		for (size_t k = 0; k < request->n_stand_ins; k++) {
			if (text_ends(request->stand_ins[k].path, tail)) {
				char *path = text_copy(request->stand_ins[k].path);

				free(v[i].file);
				v[i].file = path;
				break;
			}
		}
	}
}

/* A name such as 'armhf' may be meant. */
static void note_targets(const char *wanted, struct diags *diags)
{
	struct words names = { NULL, 0 };

	for (size_t i = 0; i < n_known_targets; i++)
		words_add(&names, known_targets[i].name);
	nearest_note(wanted, &names, NULL, diags);
	words_free(&names);
	diag_note(diags, "object files of any target can be read: name one of those");
}

/* Which argument it is, as far as can be found, and what libclang itself said. */
static void report_no_unit(const json_t *json, const struct child_result *result,
			   struct diags *diags)
{
	const char *unfit = json_string_value(json_object_get(json, "unfit"));

	if (json_is_true(json_object_get(json, "crashed")))
		diag_error(diags, "libclang crashed on the source");
	else if (unfit && text_starts(unfit, "--target="))
		diag_error(diags, "libclang does not know the target '%s'", strchr(unfit, '=') + 1);
	else if (unfit)
		diag_error(diags, "libclang does not know the flag '%s'", unfit);
	else
		diag_error(diags, "libclang makes nothing of the source with these flags");
	add_output(result->err, diags);
	if (unfit && text_starts(unfit, "--target="))
		note_targets(strchr(unfit, '=') + 1, diags);
}

static bool take_answer(const struct read_request *request, const json_t *json,
			const struct child_result *result, struct read_answer *answer,
			struct diags *diags)
{
	struct diags types = { NULL, 0 };

	if (!json_is_true(json_object_get(json, "parsed"))) {
		report_no_unit(json, result, diags);
		answer->broken = true;
		return false;
	}
	if (!layouts_from_json(json_object_get(json, "layouts"), &answer->layouts)) {
		diag_error(diags, "libclang's answer cannot be read");
		return false;
	}
	diags_from_json(json_object_get(json, "unit"), &answer->diags);
	answer->broken = diag_failed(&answer->diags);
	diags_from_json(json_object_get(json, "types"), &types);
	words_from_json(json_object_get(json, "files"), &answer->files);
	words_from_json(json_object_get(json, "dropped"), &answer->dropped);
	rename_places(request, answer->diags.v, answer->diags.n);
	rename_places(request, types.v, types.n);
	answer->used_stand_in = json_is_true(json_object_get(json, "stand_in"));
	if (request->n_types == 0 || answer->layouts.n == request->n_types) {
		diag_free(&types);
		return true;
	}
	/* A broken source explains a missing type: show both. */
	diag_move(diags, &answer->diags);
	diag_move(diags, &types);
	return false;
}

bool read_clang(const struct read_request *request, struct read_answer *answer, struct diags *diags)
{
	struct child_result result;
	json_t *json;
	bool good = false;

	memset(answer, 0, sizeof(*answer));
	if (!child_run_function(work, (void *)request, &result)) {
		diag_error(diags, "no child process can be started for libclang");
		return false;
	}
	json = json_loadb(result.out, result.out_len, 0, NULL);
	answer->broken = result.timed_out || result.signal || !json;
	if (answer->broken)
		report_death(&result, diags);
	else
		good = take_answer(request, json, &result, answer, diags);
	json_decref(json);
	child_result_free(&result);
	if (!good) {
		bool broken = answer->broken;

		read_answer_free(answer);
		answer->broken = broken;
	}
	return good;
}

void read_answer_free(struct read_answer *answer)
{
	layouts_free(&answer->layouts);
	diag_free(&answer->diags);
	words_free(&answer->files);
	words_free(&answer->dropped);
	memset(answer, 0, sizeof(*answer));
}

char *read_clang_version(void)
{
	return string_of(clang_getClangVersion());
}
