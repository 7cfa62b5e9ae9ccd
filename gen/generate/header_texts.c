/* SPDX-License-Identifier: MIT */
#include "generate/header_texts.h"

#include "base/paths.h"
#include "base/text.h"
#include "base/words.h"
#include "generate/banner.h"

#include <stdlib.h>
#include <string.h>

static struct header_type *make_types(const struct header_plan *plan, const struct words *sources)
{
	const struct request *r = plan->request;
	struct header_type *types = text_alloc(r->types.n, sizeof(*types));

	for (size_t i = 0; i < r->types.n; i++) {
		const struct type_request *w = &r->types.v[i];

		types[i] = (struct header_type){
			.base = w->base,
			.source = sources && i < sources->n ? sources->v[i] : NULL,
			.offsets = &w->offsets,
			.exposed = &w->exposed,
			.public_base = w->public_base,
			.shadow = { .tag = w->shadow.tag,
				    .type_def = w->shadow.has_typedef ? w->shadow.name : NULL,
				    .member = w->shadow.member },
			.reserve = w->reserve,
			/* of object files it has settled the layout's own */
			.align = input_is_source(r->from) ? w->align : 0,
			.flexible = w->flexible,
			.elements = w->elements,
		};
	}
	return types;
}

bool header_texts_check(const struct header_plan *plan, struct diags *diags)
{
	struct header_type *types = make_types(plan, NULL);
	const struct header h = {
		.types = types,
		.n_types = plan->request->types.n,
		.targets = plan->targets,
		.n_targets = plan->n_targets,
	};
	bool good = header_check(&h, diags);

	free(types);
	return good;
}

static void find_sources(const struct header_plan *plan, struct words *sources)
{
	const struct layouts *layouts = &plan->targets[0].layouts;

	for (size_t i = 0; i < layouts->n; i++) {
		const char *file = layouts->v[i].file;
		char *real = path_real(file ? file : plan->request->input);
		char *shown = banner_path(plan->request, real, false);

		words_add(sources, shown);
		free(real);
		free(shown);
	}
}

static struct header_target *make_targets(const struct header_plan *plan, struct words *triples)
{
	struct header_target *targets = text_alloc(plan->n_targets, sizeof(*targets));

	for (size_t t = 0; t < plan->n_targets; t++) {
		char *triple = banner_target(plan->targets[t].layouts.v[0].target);

		words_add(triples, triple);
		free(triple);
	}
	for (size_t t = 0; t < plan->n_targets; t++) {
		targets[t] = plan->targets[t];
		targets[t].triple = triples->v[t];
	}
	return targets;
}

static void make_halves(const struct header *h, char **text, char **forward_text)
{
	*text = h->private_file ? header_public_text(h) : header_text(h);
	*forward_text = h->private_file	  ? header_private_text(h)
			: h->forward_file ? header_forward_text(h)
					  : NULL;
}

void header_texts_make(const struct header_plan *plan, char **text, char **forward_text)
{
	const struct request *r = plan->request;
	struct words sources = { NULL, 0 }, triples = { NULL, 0 };
	char *default_name = text_format("%s_opaque.h", r->types.v[0].base);
	char *dir = r->output.real ? path_dir(r->output.real) : text_copy(r->here);
	const char *second = request_second_half(r)->real;
	bool has_private = r->header.private_half.real;
	char *include = second ? path_from(dir, second) : NULL;
	char *private_dir = has_private ? path_dir(second) : NULL;
	char *public_include = has_private ? path_from(private_dir, r->output.real) : NULL;
	struct header_target *targets = make_targets(plan, &triples);
	struct header h = {
		.n_types = r->types.n,
		.targets = targets,
		.n_targets = plan->n_targets,
		.command = plan->command,
		.file = r->output.real ? path_name(r->output.real) : default_name,
		.forward_file = second ? path_name(second) : NULL,
		.forward_include = include,
		.public_include = public_include,
		.private_file = has_private ? path_name(second) : NULL,
		.guard = r->header.guard,
		.neutral = plan->neutral,
	};
	struct header_type *types;

	find_sources(plan, &sources);
	h.types = types = make_types(plan, &sources);
	free(*text);
	free(*forward_text);
	make_halves(&h, text, forward_text);
	words_free(&sources);
	words_free(&triples);
	free(default_name);
	free(include);
	free(private_dir);
	free(public_include);
	free(targets);
	free(types);
	free(dir);
}
