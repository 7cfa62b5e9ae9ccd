/* SPDX-License-Identifier: MIT */
#include "read/probe_questions.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

bool probe_can_ask(const struct field *f)
{
	return f->name[0] && !f->is_bit_field && !f->is_ambiguous;
}

/* Not an array without a length, nor a reference, whose sizeof is of what is there. */
bool probe_can_measure(const struct field *f)
{
	return (!f->dimensions || f->count > 0) && !strchr(f->type, '&');
}

/* Once through all questions, in order. */
struct round {
	question_function *ask;
	void *context;
	size_t n;
};

static void ask(struct round *r, char *what, char *value, const char *place, uint64_t known)
{
	const struct question q = { what, value, place, known, text_starts(what, "alias(") };

	if (r->ask)
		r->ask(r->context, &q, r->n);
	r->n++;
	free(what);
	free(value);
}

static void ask_of_field(struct round *r, const char *type, const struct layout *l, size_t index)
{
	const struct field *f = &l->fields[index];
	char *path = layout_field_path(l, index);
	char *place = text_format("%s, %s", type, path);

	ask(r, text_format("offset(%s)", place),
	    text_format("gen_opaque_offsetof(%s, %s)", type, path), place, f->offset);
	if (probe_can_measure(f))
		ask(r, text_format("width(%s)", place),
		    text_format("sizeof(((%s *)0)->%s)", type, path), place, f->size);
	free(place);
	free(path);
}

static void ask_of_flexible(struct round *r, const char *type, const struct flexible_array *a)
{
	char *place = text_format("%s, %s", type, a->path);

	ask(r, text_format("start(%s)", place),
	    text_format("gen_opaque_offsetof(%s, %s)", type, a->path), place, a->offset);
	ask(r, text_format("element(%s)", place),
	    text_format("sizeof(((%s *)0)->%s[0])", type, a->path), place, a->element);
	ask(r, text_format("open(%s)", place),
	    text_format("gen_opaque_open(((%s *)0)->%s)", type, a->path), place, 1);
	free(place);
}

/* A compiler that cannot say whether a type may alias others repeats what was known before. */
static void ask_of_alias(struct round *r, const struct probe *p, const char *type, bool known)
{
	unsigned alias = known ? PROBE_ALIAS : PROBE_NO_ALIAS;

	ask(r, text_format("alias(%s)", type),
	    text_format("gen_opaque_alias(%s, %u)", type,
			p->describes ? (unsigned)PROBE_ALIAS_NOT_SAID : alias),
	    type, alias);
}

static void ask_of_type(struct round *r, const struct probe *p, size_t index)
{
	const struct layout *l = &p->types->v[index];
	char *type = layout_spelling(l);

	ask(r, text_format("size(%s)", type), text_format("sizeof(%s)", type), type, l->size);
	ask(r, text_format("align(%s)", type),
	    text_format("gen_opaque_offsetof(struct gen_opaque_place_%zu, gen_opaque_placed)",
			index),
	    type, l->align);
	if (p->describes)
		ask(r, text_format("kind(%s)", type), text_format("gen_opaque_kind(%s)", type),
		    type, 0);
	ask_of_alias(r, p, type, l->has_may_alias);
	for (size_t i = 0; i < l->n_fields; i++)
		if (probe_can_ask(&l->fields[i]))
			ask_of_field(r, type, l, i);
	for (size_t i = 0; i < l->n_flexible; i++)
		ask_of_flexible(r, type, &l->flexible[i]);
	free(type);
}

size_t probe_ask(const struct probe *p, question_function *function, void *context)
{
	struct round r = { function, context, 0 };

	for (size_t i = 0; i < p->types->n; i++)
		ask_of_type(&r, p, i);
	return r.n;
}
