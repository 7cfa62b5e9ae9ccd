/* SPDX-License-Identifier: MIT */
#include "read/dwarf_search.h"

#include "base/text.h"
#include "read/dwarf_constants.h"
#include "read/dwarf_language.h"
#include "read/dwarf_names.h"

#include <stdlib.h>
#include <string.h>

enum { UNSAID_VERSION = 4 };

/* ---- compilers ---- */

static void add_candidate(struct candidates *c, const struct fact_object *object,
			  struct traits traits)
{
	for (size_t i = 0; i < c->n; i++)
		if (traits_same(&c->v[i].abi.traits, &traits))
			return;
	c->v = text_resize(c->v, c->n + 1, sizeof(*c->v));
	c->v[c->n++] = types_of(object, traits);
}

struct candidates candidates_of(const struct fact_die *die)
{
	const struct fact_unit *unit = die->unit;
	const struct fact_object *object = unit->object;
	struct candidates c = { NULL, 0 };

	if (unit->producer) {
		add_candidate(&c, object, traits_of(unit->producer, unit->version, unit->language));
		return c;
	}
	for (size_t i = 0; i < object->n_producers; i++) {
		const struct fact_producer *p = &object->producers[i];

		add_candidate(&c, object, traits_of(p->text, p->version, p->language));
	}
	if (c.n == 0)
		add_candidate(&c, object, traits_of("", UNSAID_VERSION, 0));
	return c;
}

void candidates_free(struct candidates *c)
{
	for (size_t i = 0; i < c->n; i++)
		types_free(&c->v[i]);
	free(c->v);
	c->v = NULL;
	c->n = 0;
}

unsigned foreign_language(const struct fact_die *die)
{
	struct candidates c;
	unsigned found = 0;

	if (die->unit->language)
		return language_is_known(die->unit->language) ? 0 : die->unit->language;
	c = candidates_of(die);
	for (size_t i = 0; i < c.n; i++)
		if (!language_is_known(c.v[i].abi.traits.language))
			found = c.v[i].abi.traits.language;
	candidates_free(&c);
	return found;
}

/* ---- definitions ---- */

/* A plain name may in C++ be that of a class; what dwz makes does not say its language. */
static enum name_match means(const struct type_name *wanted, const struct fact_die *die)
{
	unsigned language = die->unit->language;
	enum layout_kind kind;

	if (!kind_of_die(die, &kind) || die->definition)
		return NAME_DIFFERS;
	if (kind != wanted->kind &&
	    !(wanted->kind == LAYOUT_TYPEDEF &&
	      ((language && !language_is_c(language)) || strstr(wanted->name, "::"))))
		return NAME_DIFFERS;
	return die_is_called(die, wanted->name);
}

static void add_definition(struct search *s, struct fact_die *die, bool hidden, char *shape)
{
	for (size_t i = 0; i < s->n_definitions; i++) {
		if (strcmp(s->definitions[i].shape, shape) == 0) {
			s->definitions[i].hidden = s->definitions[i].hidden && hidden;
			free(shape);
			return;
		}
	}
	s->definitions = text_resize(s->definitions, s->n_definitions + 1, sizeof(*s->definitions));
	s->definitions[s->n_definitions++] = (struct definition){ die, shape, hidden };
}

/* NULL, or what makes no sense. */
static char *sort_in(struct search *s, struct fact_die *die, bool hidden)
{
	struct candidates c;
	struct fact_die *target;
	char *wrong, *shape;

	if (die_is_declaration(die)) {
		s->declaration = s->declaration ? s->declaration : die;
		return NULL;
	}
	c = candidates_of(die);
	target = types_bare(&c.v[0], die);
	if (target && die_is_record(target) && die_is_declaration(target)) {
		s->opaque = s->opaque ? s->opaque : die;
	} else {
		shape = shape_of(&c.v[0], die);
		if (c.v[0].wrong)
			free(shape);
		else
			add_definition(s, die, hidden, shape);
	}
	wrong = c.v[0].wrong ? text_copy(c.v[0].wrong) : NULL;
	candidates_free(&c);
	return wrong;
}

/* The name as it stands means what every unit can see; what is hidden in one only where there is
 * nothing else. */
static void prefer_visible(struct search *s)
{
	size_t n = 0;
	bool visible = false;

	for (size_t i = 0; i < s->n_definitions; i++)
		visible = visible || !s->definitions[i].hidden;
	for (size_t i = 0; i < s->n_definitions; i++) {
		if (visible && s->definitions[i].hidden)
			free(s->definitions[i].shape);
		else
			s->definitions[n++] = s->definitions[i];
	}
	s->n_definitions = n;
}

bool search_all(const struct facts *f, const struct group *group, struct search *searches, size_t n,
		const struct fact_object **in, char **wrong)
{
	*wrong = NULL;
	for (size_t i = 0; i < f->n_found && !*wrong; i++) {
		struct fact_die *die = f->found[i];

		if (group->of_input[die->unit->object->input] != group->number)
			continue;
		for (size_t k = 0; k < n && !*wrong; k++) {
			enum name_match fits = means(&searches[k].wanted, die);

			if (fits)
				*wrong = sort_in(&searches[k], die, fits == NAME_FITS_HIDDEN);
		}
		*in = die->unit->object;
	}
	for (size_t k = 0; k < n; k++)
		prefer_visible(&searches[k]);
	return !*wrong;
}

void search_free(struct search *s)
{
	for (size_t i = 0; i < s->n_definitions; i++)
		free(s->definitions[i].shape);
	free(s->definitions);
	memset(s, 0, sizeof(*s));
}
