/* SPDX-License-Identifier: MIT */
#include "model/fingerprint.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* FNV-1a, 64 bits. */
static const uint64_t basis = 0xcbf29ce484222325, prime = 0x100000001b3;

static void add(uint64_t *hash, const char *name, uint64_t first, uint64_t bits)
{
	char *text = text_format("%s %" PRIu64 " %" PRIu64 "\n", name, first, bits);

	for (const char *c = text; *c; c++)
		*hash = (*hash ^ (unsigned char)*c) * prime;
	free(text);
}

static void add_field(uint64_t *hash, const struct field *f)
{
	add(hash, f->name, field_place(f), field_width(f));
}

uint64_t fingerprint_layout(const struct layout *l, const struct flexible_array *counted)
{
	uint64_t hash = basis;

	for (size_t i = 0; i < l->n_fields; i++)
		/* Not every reader sees those without a name, nor is always asked for inner ones.
		 */
		if ((l->fields[i].name[0] && !layout_field_is_inner(l, i)) ||
		    strcmp(l->fields[i].type, VPTR_TYPE) == 0)
			add_field(&hash, &l->fields[i]);
	if (l->hidden_print)
		add(&hash, "virtual bases", l->hidden_print, 0);
	if (counted)
		add(&hash, counted->path, counted->offset * 8, counted->element * 8);
	return hash;
}

uint64_t fingerprint_more(uint64_t print, const struct layout *l)
{
	uint64_t hash = print ? print : basis;

	add(&hash, l->name, l->size, l->align);
	add(&hash, "", fingerprint_layout(l, NULL), 0);
	return hash;
}

uint64_t fingerprint_fields(const struct layout *l, const struct words *names,
			    const struct words *more)
{
	const struct words *const lists[] = { names, more };
	uint64_t hash = basis;

	for (size_t i = 0; i < 2; i++)
		for (size_t k = 0; k < lists[i]->n; k++)
			add_field(&hash, layout_find_field(l, lists[i]->v[k]));
	return hash;
}
