/* SPDX-License-Identifier: MIT */
#include "generate/placeholders.h"

#include <string.h>

#include "base/text.h"

/* Is sure to end the type, whatever made-up fields it has. */
static void add_made_up_array(struct layout *l, const char *path)
{
	for (size_t i = 0; i < l->n_fields; i++) {
		struct field *f = &l->fields[i];

		if (strcmp(f->name, path) == 0)
			f->dimensions = 1; /* has a place, but no size */
	}
	layout_add_flexible(l, path, l->size, 1);
}

static void add_made_up_field(struct layout *l, const char *name)
{
	struct field *f;

	if (layout_find_field(l, name))
		return;
	f = layout_add_field(l);
	f->name = text_copy(name);
	f->type = text_copy("unsigned long");
	f->offset = (l->n_fields - 1) * sizeof(uint64_t);
	f->size = f->align = sizeof(uint64_t);
	f->holder_type = text_copy(f->type);
	f->holder_suffix = text_copy("");
	l->size = f->offset + f->size;
}

void placeholders_make(const struct request *r, struct layouts *all)
{
	all->v = text_alloc(r->types.n, sizeof(*all->v));
	all->n = r->types.n;
	for (size_t i = 0; i < r->types.n; i++) {
		const struct type_request *w = &r->types.v[i];
		struct layout *l = &all->v[i];

		l->kind = w->type.kind;
		l->name = text_copy(w->type.name);
		l->size = l->align = l->align_low = sizeof(uint64_t);
		l->target = text_copy("");
		if (l->kind != LAYOUT_TYPEDEF && !strstr(l->name, "::"))
			l->declared = layout_spelling(l);
		for (size_t k = 0; k < w->offsets.n; k++)
			add_made_up_field(l, w->offsets.v[k]);
		for (size_t k = 0; k < w->exposed.n; k++)
			add_made_up_field(l, w->exposed.v[k]);
		if (w->flexible)
			add_made_up_array(l, w->flexible[0] ? w->flexible : "flexible");
	}
}
