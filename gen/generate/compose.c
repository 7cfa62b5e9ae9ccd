/* SPDX-License-Identifier: MIT */
#include "generate/compose.h"

#include "base/paths.h"
#include "base/text.h"
#include "base/words.h"
#include "generate/banner.h"

#include <stdlib.h>
#include <string.h>

static struct header_type *make_types(const struct composition *c, const struct words *sources)
{
	const struct request *r = c->request;
	struct header_type *types = text_alloc(r->n_wanted, sizeof(*types));

	for (size_t i = 0; i < r->n_wanted; i++) {
		const struct type_request *w = &r->wanted[i];

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

bool compose_check(const struct composition *c, struct diags *diags)
{
	struct header_type *types = make_types(c, NULL);
	const struct header h = {
		.types = types,
		.n_types = c->request->n_wanted,
		.targets = c->targets,
		.n_targets = c->n_targets,
	};
	bool good = header_check(&h, diags);

	free(types);
	return good;
}

static void find_sources(const struct composition *c, struct words *sources)
{
	const struct layouts *layouts = &c->targets[0].layouts;

	for (size_t i = 0; i < layouts->n; i++) {
		const char *file = layouts->v[i].file;
		char *real = path_real(file ? file : c->request->input);
		char *shown = banner_path(c->request, real, false);

		words_add(sources, shown);
		free(real);
		free(shown);
	}
}

static struct header_target *make_targets(const struct composition *c, struct words *triples)
{
	struct header_target *targets = text_alloc(c->n_targets, sizeof(*targets));

	for (size_t t = 0; t < c->n_targets; t++) {
		char *triple = banner_target(c->targets[t].layouts.v[0].target);

		words_add(triples, triple);
		free(triple);
	}
	for (size_t t = 0; t < c->n_targets; t++) {
		targets[t] = c->targets[t];
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

void compose(const struct composition *c, char **text, char **forward_text)
{
	const struct request *r = c->request;
	struct words sources = { NULL, 0 }, triples = { NULL, 0 };
	char *default_name = text_format("%s_opaque.h", r->wanted[0].base);
	char *dir = r->output_real ? path_dir(r->output_real) : text_copy(r->here);
	char *include = r->forward_real ? path_from(dir, r->forward_real) : NULL;
	char *private_dir = r->has_private ? path_dir(r->forward_real) : NULL;
	char *public_include = r->has_private ? path_from(private_dir, r->output_real) : NULL;
	struct header_target *targets = make_targets(c, &triples);
	struct header h = {
		.n_types = r->n_wanted,
		.targets = targets,
		.n_targets = c->n_targets,
		.command = c->command,
		.file = r->output_real ? path_name(r->output_real) : default_name,
		.forward_file = r->forward_real ? path_name(r->forward_real) : NULL,
		.forward_include = include,
		.public_include = public_include,
		.private_file = r->has_private ? path_name(r->forward_real) : NULL,
		.guard = r->guard,
		.neutral = c->neutral,
	};
	struct header_type *types;

	find_sources(c, &sources);
	h.types = types = make_types(c, &sources);
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
