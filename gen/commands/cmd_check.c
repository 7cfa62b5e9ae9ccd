/* SPDX-License-Identifier: MIT */
/* check: are committed headers what gen-opaque writes from the types as they are now? */
#include "base/output.h"
#include "base/paths.h"
#include "base/text.h"
#include "base/words.h"
#include "check/abi.h"
#include "check/drift.h"
#include "check/remake.h"
#include "commands/command.h"
#include "read/reader.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct command_spec check_spec = {
	.name = "check",
	.usage = "[OPTIONS] HEADER... [OBJECT...] [-- COMPILE-FLAGS]",
	.summary = "say whether headers still fit their types",
	.help = "Makes each header again in memory, as its banner says, and compares. The exit status is\n"
		"that of diff: 0 when all are the same, 1 when one has drifted from its type, 2 when\n"
		"something is wrong. Nothing is written without --update.\n"
		"\n"
		"The headers need not be trusted: the compiler, its flags and the build directory are\n"
		"those named here, and a header that asks for more than harmless compile flags, or for\n"
		"files outside the project, is refused. Flags behind '--' are added to the headers' own,\n"
		"and headers may ask for these too. OBJECTs are for headers that were made from object\n"
		"files of these names.",
	.options = check_options,
};

/* What is collected while the headers are checked. */
struct work {
	const struct request *request; /* of the user */
	struct words done;	       /* files that were compared, by their real paths */
	struct output *outputs;	       /* what has drifted, as it should be; own their strings */
	size_t n_outputs;
	bool broken; /* users of the header of --abi do not work with this one */
};

/* ---- one file ---- */

/* The same text, with CR LF if the file has these. */
static char *with_cr(const char *text, bool has_cr)
{
	struct text t;

	text_open(&t);
	for (; *text; text++) {
		if (*text == '\n' && has_cr)
			fputc('\r', t.file);
		fputc(*text, t.file);
	}
	return text_close(&t);
}

static void add_output(struct work *w, const char *file, const char *text, bool has_cr)
{
	w->outputs = text_resize(w->outputs, w->n_outputs + 1, sizeof(*w->outputs));
	w->outputs[w->n_outputs++] =
		(struct output){ .path = text_copy(file), .text = with_cr(text, has_cr) };
}

/* A missing file is drift: it was made, and is not what it was. */
static bool is_missing(struct work *w, const char *file, const char *now, struct diags *diags)
{
	const struct place at = { .file = file };

	if (access(file, F_OK) == 0)
		return false;
	diag_add(diags, SEVERITY_ERROR, &at, "is missing: gen-opaque wrote it with the others");
	add_output(w, file, now, false);
	return true;
}

/* One of the files that were made together. */
struct part {
	const char *file; /* NULL: there is none */
	const char *now;
	bool is_given, is_layouts;
};

static bool compare(struct work *w, const struct remade *m, const struct part *p, struct drift *d,
		    struct diags *diags)
{
	char *before;
	bool has_cr, good;

	if (!p->file || words_have(&w->done, p->file))
		return true;
	words_add(&w->done, p->file);
	if (is_missing(w, p->file, p->now, diags))
		return true;
	before = remade_read(p->file, &has_cr, diags);
	good = before &&
	       (p->is_given || p->is_layouts || remade_belongs(m, p->file, before, diags));
	d->file = p->file;
	d->before = before;
	d->now = p->now;
	if (good && !(p->is_layouts ? drift_check_layouts(d, diags) : drift_check(d, diags)))
		add_output(w, p->file, p->now, has_cr);
	free(before);
	return good;
}

/* ---- one header ---- */

static bool compare_all(struct work *w, const struct remade *m, const char *given,
			struct diags *diags)
{
	const struct part parts[] = {
		{ m->header, m->now.text, m->header && strcmp(m->header, given) == 0, false },
		{ m->forward, m->now.forward_text, m->forward && strcmp(m->forward, given) == 0,
		  false },
		{ m->request.header.layout.given, m->now.layout_text, false, true },
	};
	struct layouts old = { NULL, 0 };
	struct drift d = { .request = &m->request,
			   .layouts = &m->now.layouts,
			   .old_layouts = &old };
	const struct json_request request = { .path = m->request.header.layout.given };
	bool good = !request.path || access(request.path, F_OK) != 0 ||
		    read_json(&request, &old, diags);

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts) && good; i++)
		good = compare(w, m, &parts[i], &d, diags);
	layouts_free(&old);
	return good;
}

static bool check_header(struct work *w, const char *file, struct diags *diags)
{
	struct diags found = { NULL, 0 };
	struct remade m;
	bool good = remake(w->request, file, &m, diags) && compare_all(w, &m, file, &found);

	if (good && w->request->check.abi && m.header)
		good = abi_check(w->request, &m, &w->broken, diags);
	if (good && w->request->check.update)
		diag_free(&found); /* about to be corrected */
	diag_move(diags, &found);
	remade_release(&m);
	return good;
}

static bool is_public_half(const char *file)
{
	char *text = text_read_file(file, NULL);
	bool is = text && old_banner_is_elsewhere(text);

	free(text);
	return is;
}

/*
 * Each header on its own: one that cannot be checked leaves the others checked. Public halves come
 * last, as their private ones check them, too.
 */
static bool check_all(struct work *w, const struct words *headers, struct diags *diags)
{
	bool good = true;

	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < headers->n; i++) {
			char *file = path_real(headers->v[i]);
			struct diags said = { NULL, 0 };

			if (is_public_half(file) == (round > 0) && !words_have(&w->done, file))
				good = check_header(w, file, &said) && good;
			diag_move(diags, &said);
			free(file);
		}
	}
	return good;
}

/* ---- all of them ---- */

/* Objects among the inputs are for headers that were made from them. */
static bool sort_inputs(struct request *r, struct words *headers, struct diags *diags)
{
	bool good = true;

	for (size_t i = 0; i < r->inputs.n; i++) {
		enum input_kind kind = INPUT_UNKNOWN;

		if (!input_look(r->inputs.v[i], &kind, diags))
			good = false;
		else
			words_add(kind == INPUT_OBJECTS || kind == INPUT_PROBES ? &r->objects
										: headers,
				  r->inputs.v[i]);
	}
	return good;
}

static int check(struct request *r, struct diags *diags)
{
	struct words headers = { NULL, 0 };
	struct work w = { .request = r };
	bool good = sort_inputs(r, &headers, diags);

	good = check_all(&w, &headers, diags) && good;
	if (good && r->check.update)
		good = output_write(w.outputs, w.n_outputs, diags);
	for (size_t i = 0; i < w.n_outputs; i++) {
		free((char *)w.outputs[i].path);
		free((char *)w.outputs[i].text);
	}
	free(w.outputs);
	words_free(&w.done);
	words_free(&headers);
	if (!good)
		return EXIT_TROUBLE;
	return w.broken || (w.n_outputs > 0 && !r->check.update) ? EXIT_DIFFERENT : EXIT_FINE;
}

int cmd_check(int argc, char *argv[], struct diags *diags)
{
	struct request r;
	bool good = request_parse_check(&r, &check_spec, argc, argv, diags);
	int status = good ? EXIT_FINE : EXIT_TROUBLE;

	if (good && r.help)
		options_help(&check_spec, stdout);
	else if (good)
		status = check(&r, diags);
	if (r.check.error_format != DIAG_TEXT && !r.help) {
		char *here = path_here();

		diag_print_as(r.check.error_format, diags, stdout, here);
		diag_free(diags);
		free(here);
	}
	request_release(&r);
	return status;
}
