/* SPDX-License-Identifier: MIT */
#include "generate/generate.h"

#include "base/text.h"
#include "base/words.h"
#include "generate/banner.h"
#include "generate/find_layouts.h"
#include "generate/header_texts.h"
#include "generate/many_targets.h"
#include "model/targets.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- the layouts on each target ---- */

/* An alignment that is only a bound: taken, settled by --align, or refused. */
static bool settle(const struct request *r, const struct type_request *w, struct layout *l,
		   struct diags *diags)
{
	const struct place at = { l->file, l->line, l->column };
	char *spelling = layout_spelling(l);
	bool good = true;

	if (w->align && (w->align < l->align_low || w->align > l->align)) {
		diag_add(diags, SEVERITY_ERROR, &at,
			 "the alignment of %s cannot be %" PRIu64 ": it is from %" PRIu64
			 " to %" PRIu64,
			 spelling, w->align, l->align_low, l->align);
		good = false;
	} else if (w->align) {
		l->align = l->align_low = w->align;
		l->align_exact = true;
	} else if (r->header.exact && !l->align_exact) {
		diag_add(diags, SEVERITY_ERROR, &at,
			 "the alignment of %s is from %" PRIu64 " to %" PRIu64
			 ": the object files do not say it exactly",
			 spelling, l->align_low, l->align);
		diag_note(diags, "say it with --align, or do without --exact");
		good = false;
	}
	free(spelling);
	return good;
}

/* Of a source for one target, or of object files and probes for any number of them. */
static bool find_and_split(const struct request *r, struct header_targets *all, struct words *files,
			   struct diags *diags)
{
	struct found_layouts found;
	bool good = find_layouts(r, FOR_HEADER, &found, diags);

	for (size_t i = 0; i < found.layouts.n && good && !input_is_source(r->from); i++)
		good = settle(r, &r->types.v[i % r->types.n], &found.layouts.v[i], diags);
	good = good && many_targets_split(r, &found.layouts, all, diags);
	if (good)
		all->v[0].confirmed = found.confirmed;
	words_add_all(files, &found.files);
	found_layouts_free(&found);
	return good;
}

/* ---- the texts ---- */

/* A header for many targets is made again by the names of these; compilers are never named. */
static char *command_for(const struct request *r, const struct header_targets *all)
{
	struct request shown = *r;
	char *command;

	if (!request_has_many_targets(r))
		return banner_command(r);
	shown.targets = (struct words){ NULL, 0 };
	for (size_t i = 0; i < all->n; i++)
		words_add(&shown.targets, all->v[i].known->name);
	command = banner_command(&shown);
	words_free(&shown.targets);
	return command;
}

static bool make_texts(const struct request *r, const struct header_targets *all,
		       struct generated *g, struct diags *diags)
{
	char *command = command_for(r, all);
	const struct header_plan plan = { r, command, all->v, all->n, false };
	bool good = header_texts_check(&plan, diags);

	if (good)
		header_texts_make(&plan, &g->text, &g->forward_text);
	free(command);
	return good;
}

/* Each of many targets has one triple, whatever its compiler or libclang calls it. */
static void take_layouts(struct header_targets *all, struct generated *g)
{
	for (size_t t = 0; t < all->n; t++) {
		struct layouts *layouts = &all->v[t].layouts;

		for (size_t i = 0; i < layouts->n && all->n > 1; i++) {
			free(layouts->v[i].target);
			layouts->v[i].target = text_copy(all->v[t].known->triple);
		}
		layouts_move(&g->layouts, layouts);
	}
}

/* Without line numbers, and only with the name of the owner's file: a moved line is no change. */
static char *layout_text(const struct request *r, const struct layouts *layouts)
{
	struct layouts shown = { NULL, 0 };
	char *text;

	layouts_copy(&shown, layouts);
	for (size_t i = 0; i < shown.n; i++) {
		struct layout *l = &shown.v[i];
		char *file = l->file;

		l->file = file ? banner_path(r, file, false) : NULL;
		l->line = l->column = 0;
		free(file);
	}
	text = layouts_json(&shown, NULL);
	layouts_free(&shown);
	return text;
}

bool generate(const struct request *r, struct generated *g, struct diags *diags)
{
	struct header_targets all = { NULL, 0 };
	bool good;

	memset(g, 0, sizeof(*g));
	if (request_has_many_targets(r))
		good = many_targets_find(r, &all, &g->files, diags);
	else
		good = find_and_split(r, &all, &g->files, diags);
	good = good && make_texts(r, &all, g, diags);
	if (good)
		take_layouts(&all, g);
	if (good && r->header.layout.given)
		g->layout_text = layout_text(r, &g->layouts);
	header_targets_free(&all);
	return good;
}

void generated_release(struct generated *g)
{
	layouts_free(&g->layouts);
	words_free(&g->files);
	free(g->text);
	free(g->forward_text);
	free(g->layout_text);
	memset(g, 0, sizeof(*g));
}
