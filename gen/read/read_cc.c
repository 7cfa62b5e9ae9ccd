/* SPDX-License-Identifier: MIT */
/*
 * Numbers from the real compiler, for all types in one run, at the cost of a parse: nothing but
 * syntax is asked of gcc and clang. Where numbers are known already, assertions hold them against
 * the compiler; where they are not, or do not hold, it prints them in warnings. Other compilers,
 * and those that print no numbers, write assembly or else an object. The optimiser never runs.
 *
 * If all ways fail, the one is told that says where the trouble is.
 */
#include "base/child.h"
#include "base/depfile.h"
#include "base/paths.h"
#include "base/scratch.h"
#include "base/text.h"
#include "base/words.h"
#include "read/cc_flags.h"
#include "read/complaints.h"
#include "read/probe.h"
#include "read/reader.h"

#include <stdlib.h>
#include <string.h>

enum { STAND_IN_DEPTH = 4 };

/* A way to ask. */
struct way {
	enum probe_printer printer;
	const char *flag, *output;
	const char *after; /* a directory to be searched after others */
	const char *what;  /* holds the numbers */
};

static const struct way ways[] = {
	{ PROBE_ASSERTIONS, "-fsyntax-only", "probe.o", "-idirafter", NULL },
	{ PROBE_WARNINGS, "-fsyntax-only", "probe.o", "-idirafter", NULL },
	{ PROBE_ASSEMBLY, "-S", "probe.s", "-idirafter", "assembly" },
	{ PROBE_DATA, "-c", "probe.o", "-I", "object" },
};
enum { N_WAYS = sizeof(ways) / sizeof(*ways) };

/* One try. */
struct attempt {
	const struct cc_request *r;
	const struct way *way;
	const char *dir;
	struct diags diags;
	enum blame blame;
	bool hopeless; /* no other way will do better */
};

static bool is_fast(const struct way *way)
{
	return way->printer == PROBE_ASSERTIONS || way->printer == PROBE_WARNINGS;
}

/* ---- the command ---- */

/*
 * Stand-ins go where a copy of the whole path is, so that they find each other, and are forced in
 * first: their include guards then hide older ones that the source would find. One that the source
 * would not find at all is found behind all other directories by the end of its path.
 */
static bool put_stand_in(struct attempt *a, const struct stand_in *s, struct words *argv)
{
	char *copy = text_format("real%s", s->path);
	char *whole = path_join(a->dir, copy);
	char *include = text_include(whole);
	const char *tail = s->path + strlen(s->path);
	bool good = scratch_put(a->dir, copy, s->text, &a->diags);

	for (int depth = 0; good && depth < STAND_IN_DEPTH && tail > s->path; depth++) {
		char *name;

		while (tail > s->path && *--tail != '/')
			;
		name = text_format("after%s", tail);
		good = scratch_put(a->dir, name, include, &a->diags);
		free(name);
	}
	if (a->r->forced) {
		words_add(argv, "-include");
		words_add(argv, whole);
	}
	free(copy);
	free(whole);
	free(include);
	return good;
}

static bool put_stand_ins(struct attempt *a, struct words *argv)
{
	for (size_t i = 0; i < a->r->n_stand_ins; i++)
		if (!put_stand_in(a, &a->r->stand_ins[i], argv))
			return false;
	/* The deeper ones serve paths with "../" in front. */
	return a->r->n_stand_ins == 0 || scratch_put(a->dir, "after/d/d/.keep", "", &a->diags);
}

static bool make_command(struct attempt *a, struct words *argv)
{
	const struct compile *c = a->r->compile;

	compile_command(c, argv);
	words_add(argv, "-DGEN_OPAQUE=1");
	if (!put_stand_ins(a, argv) || !cc_flags_add(c, a->dir, !is_fast(a->way), argv, &a->diags))
		return false;
	if (a->r->n_stand_ins > 0) {
		words_addf(argv, "%s%s/after", a->way->after, a->dir);
		words_addf(argv, "%s%s/after/d", a->way->after, a->dir);
		words_addf(argv, "%s%s/after/d/d", a->way->after, a->dir);
	}
	if (a->r->alone) {
		words_add(argv, "-MD");
		words_add(argv, "-MF");
		words_addf(argv, "%s/probe.d", a->dir);
	}
	if (c->is_cxx)
		words_add(argv, "-fno-access-control"); /* private members have offsets too */
	words_add(argv, "-fno-lto");
	words_add(argv, a->way->flag);
	if (is_fast(a->way))
		words_add(argv, "-c"); /* who does not know that flag shall not link */
	words_add(argv, "-o");
	words_addf(argv, "%s/%s", a->dir, a->way->output);
	words_add(argv, c->is_cxx ? "-xc++" : "-xc");
	words_addf(argv, "%s/probe.c", a->dir);
	return true;
}

static struct probe probe_of(const struct attempt *a)
{
	return (struct probe){ a->way->printer, a->r->input, a->r->types, a->r->alone };
}

static bool put_probe(struct attempt *a)
{
	const struct probe probe = probe_of(a);
	char *text = probe_text(&probe);
	bool good = scratch_put(a->dir, "probe.c", text, &a->diags);

	free(text);
	return good;
}

/* ---- the run ---- */

static void note_lines(const char *text, struct diags *diags)
{
	for (const char *s = text; *s; s += strcspn(s, "\n"), s += *s == '\n')
		diag_note(diags, "it said: %.*s", (int)strcspn(s, "\n"), s);
}

static void report_failure(struct attempt *a, const struct child_result *result)
{
	const char *name = a->r->compile->compiler.v[0];
	struct diags *d = &a->diags;

	a->hopeless = true;
	if (result->exit_status == 127) {
		diag_error(d, "the compiler '%s' cannot be run", name);
		diag_note(d, "name another with --cc%s",
			  a->r->alone ? "" : ", or do without with --no-confirm");
	} else if (result->timed_out) {
		diag_error(d, "the compiler '%s' did not come to an end", name);
	} else if (result->signal) {
		diag_error(d, "the compiler '%s' was killed by signal %d (%s)", name,
			   result->signal, strsignal(result->signal));
	} else {
		a->blame = complaints_report(result->err, a->dir, d);
		a->hopeless = a->blame == BLAME_SOURCE ||
			      (a->blame == BLAME_QUESTION && a->way->printer == PROBE_WARNINGS);
		if (a->blame == BLAME_SOURCE || a->blame == BLAME_NOBODY)
			diag_error(d, "the compiler '%s' does not accept the source", name);
	}
	if (a->blame == BLAME_NOBODY)
		note_lines(result->err, d);
}

/* ---- the answer ---- */

static bool take_field_numbers(struct layout *to, const struct layout *from)
{
	bool good = true;

	for (size_t i = 0; i < to->n_fields; i++) {
		struct field *f = &to->fields[i];
		char *path = layout_field_path(to, i);
		const struct field *said = layout_find_field(from, path);

		free(path);
		if (!probe_can_ask(f))
			continue;
		good = good && said;
		if (said)
			f->offset = said->offset;
		if (said && probe_can_measure(f))
			f->size = said->size;
	}
	return good;
}

static void set_word(char **word, const char *text)
{
	free(*word);
	*word = text_copy(text);
}

/* What nobody but the compiler was asked for. */
static void take_description(struct layout *to, const struct layout *from)
{
	to->is_record = from->is_record;
	to->is_union = from->is_union;
	to->size_exact = to->align_exact = true;
	set_word(&to->target, from->target);
}

static bool take_layouts(const struct attempt *a, const struct probe_answers *said,
			 struct layouts *measured)
{
	bool good = said->n == 1 && probe_is_whole(&said->v[0]);

	layouts_copy(measured, a->r->types);
	for (size_t i = 0; i < measured->n && good; i++) {
		struct layout *l = &measured->v[i];
		const struct layout *from =
			layouts_find(&said->v[0].layouts, l->kind, l->name, NULL);

		good = from && take_field_numbers(l, from) &&
		       (a->r->alone || from->n_flexible == l->n_flexible);
		if (!good)
			break;
		l->size = from->size;
		l->align = l->align_low = from->align;
		layout_take_flexible(l, from);
		l->reader = READER_CC;
		l->has_may_alias = from->has_may_alias;
		if (a->r->alone)
			take_description(l, from);
	}
	if (!good)
		layouts_free(measured);
	return good;
}

static bool take_records(struct attempt *a, const char *bytes, size_t len, struct layouts *measured)
{
	struct probe_answers said;
	bool good;

	probe_search(bytes, len, &said);
	good = take_layouts(a, &said, measured);
	probe_answers_free(&said);
	return good;
}

static bool take_file(struct attempt *a, struct layouts *measured)
{
	const char *name = a->r->compile->compiler.v[0];
	char *path = path_join(a->dir, a->way->output);
	size_t len = 0;
	char *bytes = text_read_file(path, &len);
	bool good = bytes && take_records(a, bytes, len, measured);

	if (!bytes)
		diag_error(&a->diags, "the compiler '%s' wrote no %s", name, a->way->what);
	else if (!good)
		diag_error(&a->diags, "the compiler's %s has not the numbers that it was asked for",
			   a->way->what);
	free(bytes);
	free(path);
	return good;
}

static bool take_warnings(struct attempt *a, const char *warnings, struct layouts *measured)
{
	const struct probe probe = probe_of(a);
	char *records = probe_records(&probe, warnings);
	bool good = take_records(a, records, strlen(records), measured);

	free(records);
	return good;
}

/* The compiler had nothing to say against them, though it read them. */
static bool take_known(struct attempt *a, const char *warnings, struct layouts *measured)
{
	const struct probe probe = probe_of(a);

	if (!probe_was_read(&probe, warnings))
		return false;
	layouts_copy(measured, a->r->types);
	for (size_t i = 0; i < measured->n; i++)
		measured->v[i].reader = READER_CC;
	return true;
}

static bool take_output(struct attempt *a, const struct child_result *result,
			struct layouts *measured)
{
	switch (a->way->printer) {
	case PROBE_ASSERTIONS:
		return take_known(a, result->err, measured);
	case PROBE_WARNINGS:
		return take_warnings(a, result->err, measured);
	default:
		return take_file(a, measured);
	}
}

static bool is_stand_in(const struct cc_request *r, const char *real)
{
	for (size_t i = 0; i < r->n_stand_ins; i++)
		if (strcmp(r->stand_ins[i].path, real) == 0)
			return true;
	return false;
}

static void take_files(const struct attempt *a, struct read_answer *answer)
{
	char *path = path_join(a->dir, "probe.d");
	char *rule = text_read_file(path, NULL);
	char *scratch = path_real(a->dir);
	struct words files = { NULL, 0 };

	depfile_parse(rule ? rule : "", &files);
	for (size_t i = 0; i < files.n; i++) {
		char *whole = path_join(a->r->compile->dir, files.v[i]), *real = path_real(whole);
		const char *ours = path_inside(scratch, real);

		if (is_stand_in(a->r, real) || (ours && text_starts(ours, "real/")))
			answer->used_stand_in = true;
		else if (!ours)
			words_add(&answer->files, real);
		free(whole);
		free(real);
	}
	words_free(&files);
	free(scratch);
	free(rule);
	free(path);
}

/* ---- all ways ---- */

static bool run(struct attempt *a, struct read_answer *answer)
{
	struct words argv = { NULL, 0 };
	struct child_result result;
	bool good = put_probe(a) && make_command(a, &argv);

	if (good && !child_run_command(a->r->compile->dir, argv.v, &result)) {
		diag_error(&a->diags, "the compiler '%s' cannot be started", argv.v[0]);
		good = false;
	} else if (good) {
		good = result.exit_status == 0;
		if (!good)
			report_failure(a, &result);
		good = good && take_output(a, &result, &answer->layouts);
		if (good && a->r->alone) {
			complaints_flexible(result.err, &answer->layouts);
			take_files(a, answer);
		}
		child_result_free(&result);
	}
	words_free(&argv);
	return good;
}

/* Errors of the source come first; of a way that is for others nothing is told. */
static struct attempt *most_telling(struct attempt *all, size_t n)
{
	struct attempt *best = &all[n - 1];

	for (size_t i = n; i-- > 0;)
		if (!is_fast(all[i].way) &&
		    (all[i].blame != BLAME_NOBODY || best->blame == BLAME_NOBODY))
			best = &all[i];
	return all[n - 1].hopeless ? &all[n - 1] : best;
}

bool read_cc(const struct cc_request *request, struct read_answer *answer, struct diags *diags)
{
	struct attempt all[N_WAYS];
	char *dir = scratch_make(diags);
	bool good = false, hopeless = !dir;
	size_t n = 0;

	memset(answer, 0, sizeof(*answer));
	for (size_t i = request->alone; i < N_WAYS && !good && !hopeless; i++) {
		all[n] = (struct attempt){ .r = request, .way = &ways[i], .dir = dir };
		good = run(&all[n], answer);
		hopeless = all[n++].hopeless;
	}
	if (!good && dir)
		diag_move(diags, &most_telling(all, n)->diags);
	while (n > 0)
		diag_free(&all[--n].diags);
	scratch_remove(dir);
	return good;
}
