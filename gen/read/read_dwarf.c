/* SPDX-License-Identifier: MIT */
/*
 * Layouts from object files. One of two engines reads the DWARF (dwarf_facts.h), one mind makes
 * layouts of it (dwarf_answer.h). libdw and the mind run in a child process, for a broken file may
 * bring them down.
 */
#include "base/child.h"
#include "base/text.h"
#include "model/layout_json.h"
#include "read/dwarf_answer.h"
#include "read/reader.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>

enum { SECONDS = 300, MEBIBYTES = 4096 };

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

/* ---- engine one, in a child process ---- */

#ifdef HAVE_LIBDW
#if defined(__has_feature)
#define UNDER_ASAN __has_feature(address_sanitizer)
#elif defined(__SANITIZE_ADDRESS__)
#define UNDER_ASAN 1
#else
#define UNDER_ASAN 0
#endif

/* AddressSanitizer's own shadow of some TiB would count as the child's data. */
static void limit_memory(unsigned mebibytes)
{
	struct rlimit memory;

	if (UNDER_ASAN)
		return;
	getrlimit(RLIMIT_DATA, &memory);
	memory.rlim_cur = (rlim_t)mebibytes << 20;
	if (memory.rlim_max != RLIM_INFINITY && memory.rlim_cur > memory.rlim_max)
		memory.rlim_cur = memory.rlim_max;
	setrlimit(RLIMIT_DATA, &memory);
}

static void limit(const struct dwarf_question *q)
{
	struct itimerval time = { .it_value = {
					  .tv_sec = (time_t)q->seconds,
					  .tv_usec = (suseconds_t)((q->seconds -
								    (double)(time_t)q->seconds) *
								   1e6),
				  } };

	limit_memory(q->mebibytes);
	signal(SIGVTALRM, SIG_DFL);
	setitimer(ITIMER_VIRTUAL, &time, NULL);
}

static void work_with_libdw(void *arg, FILE *out)
{
	const struct dwarf_question *q = arg;
	struct dwarf_answer a;
	json_t *json = json_object();

	limit(q);
	dwarf_answer(q, libdw_facts, &a);
	json_object_set_new(json, "layouts", layouts_to_json(&a.layouts));
	json_object_set_new(json, "diagnostics", diags_to_json(&a.diags));
	json_object_set_new(json, "files", words_to_json(&a.files));
	json_object_set_new(json, "unable", json_boolean(a.unable));
	json_dumpf(json, out, JSON_COMPACT);
	json_decref(json);
	dwarf_answer_free(&a);
}

static void say_how_it_ended(const struct dwarf_question *q, const struct child_result *result,
			     struct dwarf_answer *a)
{
	if (strstr(result->err, "out of memory"))
		diag_error(&a->diags, "the DWARF reader needs more than %u MiB of memory",
			   q->mebibytes);
	else if (result->signal == SIGVTALRM)
		diag_error(&a->diags, "the DWARF reader did not finish in %g seconds", q->seconds);
	else if (result->timed_out)
		diag_error(&a->diags, "the DWARF reader did not finish, and was stopped");
	else if (result->signal)
		diag_error(&a->diags, "the DWARF reader died of signal %d (%s)", result->signal,
			   strsignal(result->signal));
	else
		diag_error(&a->diags, "the DWARF reader's answer cannot be read");
	/* What is too much for one engine is no less for the other. */
	a->unable = result->signal != SIGVTALRM && !result->timed_out &&
		    !strstr(result->err, "out of memory");
}

static void ask_libdw(const struct dwarf_question *q, struct dwarf_answer *a)
{
	struct child_result result;
	json_t *json;

	memset(a, 0, sizeof(*a));
	if (!child_run_function(work_with_libdw, (void *)q, &result)) {
		diag_error(&a->diags, "no child process can be started for the DWARF reader");
		return;
	}
	json = json_loadb(result.out, result.out_len, 0, NULL);
	if (json && layouts_from_json(json_object_get(json, "layouts"), &a->layouts)) {
		diags_from_json(json_object_get(json, "diagnostics"), &a->diags);
		words_from_json(json_object_get(json, "files"), &a->files);
		a->unable = json_is_true(json_object_get(json, "unable"));
	} else {
		say_how_it_ended(q, &result, a);
	}
	json_decref(json);
	child_result_free(&result);
}
#else
static void ask_libdw(const struct dwarf_question *q, struct dwarf_answer *a)
{
	(void)q;
	memset(a, 0, sizeof(*a));
	diag_error(&a->diags, "libdw is not built in");
	a->unable = true;
}
#endif

/* ---- either engine ---- */

static void ask_helper(const struct dwarf_question *q, struct dwarf_answer *a)
{
	dwarf_answer(q, helper_facts, a);
}

/* What an engine said becomes notes to the other's error. */
static void note_errors(struct diags *diags, const struct diags *other)
{
	for (size_t i = 0; i < other->n; i++) {
		diag_note(diags, "%s", other->v[i].text);
		for (size_t k = 0; k < other->v[i].n_notes; k++)
			diag_note(diags, "%s", other->v[i].notes[k].text);
	}
}

static void ask(const struct dwarf_question *q, enum dwarf_engine engine, struct dwarf_answer *a)
{
	struct dwarf_answer other;

	if (engine == DWARF_PYELFTOOLS) {
		ask_helper(q, a);
		return;
	}
	ask_libdw(q, a);
	if (engine == DWARF_LIBDW || !a->unable)
		return;
	ask_helper(q, &other);
	if (other.unable && a->diags.n > 0) {
		note_errors(&a->diags, &other.diags);
		dwarf_answer_free(&other);
		return;
	}
	dwarf_answer_free(a);
	*a = other;
}

/* ---- a second opinion ---- */

static char *in_numbers(const struct layout *l)
{
	return l->align_low == l->align
		       ? text_format("%" PRIu64 " bytes aligned to %" PRIu64, l->size, l->align)
		       : text_format("%" PRIu64 " bytes aligned to %" PRIu64 "..%" PRIu64, l->size,
				     l->align_low, l->align);
}

static void say_difference(struct diags *diags, const struct layout *one,
			   const struct layout *other)
{
	const struct place at = { .file = one->file, .line = one->line };
	char *name = layout_spelling(one), *x = in_numbers(one), *y = in_numbers(other);

	diag_add(diags, SEVERITY_ERROR, &at, "the two readers of object files differ about '%s'",
		 name);
	if (strcmp(x, y) != 0)
		diag_note(diags, "libdw says %s, pyelftools %s", x, y);
	else
		diag_note(diags, "both say %s, but their fields differ", x);
	diag_note(diags, "one of them is wrong: ask a compiler, with --from clang or --from cc");
	free(name);
	free(x);
	free(y);
}

/* Errors of either are errors of both. */
static void compare(struct dwarf_answer *one, const struct dwarf_answer *other)
{
	size_t n = one->layouts.n;

	if (n != other->layouts.n) {
		diag_error(&one->diags, "the two readers of object files find different types");
		return;
	}
	for (size_t i = 0; i < n; i++) {
		const struct layout *x = &one->layouts.v[i], *y = &other->layouts.v[i];

		if (!layout_same(x, y) || x->align_low != y->align_low)
			say_difference(&one->diags, x, y);
	}
}

static void ask_both(const struct dwarf_question *q, struct dwarf_answer *a)
{
	struct dwarf_answer other;

	ask_libdw(q, a);
	if (a->unable)
		diag_note(&a->diags, "so there is only one opinion: leave out --second-opinion");
	if (diag_failed(&a->diags))
		return;
	ask_helper(q, &other);
	if (diag_failed(&other.diags))
		diag_move(&a->diags, &other.diags);
	else
		compare(a, &other);
	dwarf_answer_free(&other);
}

bool read_dwarf(const struct dwarf_request *request, struct layouts *layouts, struct words *files,
		struct diags *diags)
{
	struct words debug_dirs = { NULL, 0 };
	const struct dwarf_question q = {
		.types = request->types,
		.n_types = request->n_types,
		.inputs = request->inputs,
		.debug_dirs = request->debug_dirs ? request->debug_dirs : &debug_dirs,
		.nested = request->nested,
		.seconds = request->seconds > 0 ? request->seconds : SECONDS,
		.mebibytes = request->mebibytes ? request->mebibytes : MEBIBYTES,
	};
	struct dwarf_answer a;
	bool good;

	words_add(&debug_dirs, "/usr/lib/debug");
	if (request->second_opinion)
		ask_both(&q, &a);
	else
		ask(&q, request->engine, &a);
	good = !diag_failed(&a.diags);
	diag_move(diags, &a.diags);
	if (good) {
		if (request->n_types == 0)
			keep_own_names(&a.layouts);
		layouts_move(layouts, &a.layouts);
	}
	words_add_all(files, &a.files);
	dwarf_answer_free(&a);
	words_free(&debug_dirs);
	return good;
}
