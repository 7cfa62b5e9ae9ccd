/* SPDX-License-Identifier: MIT */
#include "model/explain.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/words.h"

/* ---- names ---- */

/* The first name inside an anonymous member; "" where there is none. */
static const char *first_name(const struct layout *l, size_t anonymous)
{
	unsigned depth = l->fields[anonymous].depth;

	for (size_t i = anonymous + 1; i < l->n_fields && l->fields[i].depth > depth; i++)
		if (l->fields[i].name[0])
			return l->fields[i].name;
	return "";
}

/*
 * Every field's whole name. Members of an anonymous struct belong to what is around it, as in C;
 * those of a named one have its name before theirs.
 */
static void find_names(const struct layout *l, struct words *names)
{
	struct words scopes = { NULL, 0 }; /* scopes[d]: what comes before a name at depth d */

	words_add(&scopes, "");
	for (size_t i = 0; i < l->n_fields; i++) {
		const struct field *f = &l->fields[i];
		bool named = f->name[0];
		size_t depth = f->depth < scopes.n ? f->depth : scopes.n - 1;
		const char *scope = scopes.v[depth];
		char *name = text_format("%s%s", scope, named ? f->name : first_name(l, i));
		char *inner = named ? text_format("%s.", name) : text_copy(scope);

		words_add(names, name);
		if (depth + 1 < scopes.n)
			words_set(&scopes, depth + 1, inner);
		else
			words_add(&scopes, inner);
		free(name);
		free(inner);
	}
	words_free(&scopes);
}

/* ---- pairs ---- */

/* One of the two layouts, with what belongs to each of its fields. */
struct side {
	const struct layout *layout;
	struct words names;
	bool *paired;
};

static void open_side(struct side *s, const struct layout *l)
{
	*s = (struct side){ .layout = l, .paired = text_alloc(l->n_fields, sizeof(bool)) };
	find_names(l, &s->names);
}

static void close_side(struct side *s)
{
	words_free(&s->names);
	free(s->paired);
}

/* Below, equal to or above 0, as strcmp() returns. */
typedef int order_function(const struct side *a, size_t i, const struct side *b, size_t j);

static int order(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int by_name(const struct side *a, size_t i, const struct side *b, size_t j)
{
	int named = order(!a->layout->fields[i].name[0], !b->layout->fields[j].name[0]);

	return named ? named : strcmp(a->names.v[i], b->names.v[j]);
}

static int by_all_but_name(const struct side *a, size_t i, const struct side *b, size_t j)
{
	const struct field *x = &a->layout->fields[i], *y = &b->layout->fields[j];
	const int orders[] = {
		order(field_place(x), field_place(y)),
		order(field_width(x), field_width(y)),
		order(x->size, y->size),
		order(x->align, y->align),
		order(x->is_bit_field, y->is_bit_field),
	};

	for (size_t k = 0; k < sizeof(orders) / sizeof(*orders); k++)
		if (orders[k])
			return orders[k];
	return strcmp(x->type, y->type);
}

static unsigned compare_fields(const struct field *before, const struct field *now)
{
	uint64_t old_width = field_width(before), new_width = field_width(now);
	unsigned what = 0;

	if (field_place(before) != field_place(now))
		what |= CHANGE_MOVED;
	if (new_width != old_width)
		what |= new_width > old_width ? CHANGE_GREW : CHANGE_SHRANK;
	if (strcmp(before->type, now->type) != 0 || before->is_bit_field != now->is_bit_field ||
	    (now->is_bit_field && before->size != now->size))
		what |= CHANGE_RETYPED;
	if (before->align != now->align)
		what |= CHANGE_REALIGNED;
	return what;
}

static struct change *add(struct changes *changes, unsigned what, const char *name)
{
	struct change *c;

	changes->v = text_resize(changes->v, changes->n + 1, sizeof(*changes->v));
	c = &changes->v[changes->n++];
	*c = (struct change){ .what = what, .name = text_copy(name) };
	return c;
}

static void add_pair(struct changes *changes, struct side *before, size_t i, struct side *now,
		     size_t j, bool renamed)
{
	const struct field *old = &before->layout->fields[i], *new = &now->layout->fields[j];
	unsigned what = renamed ? CHANGE_RENAMED : compare_fields(old, new);
	struct change *c;

	before->paired[i] = now->paired[j] = true;
	if (!what)
		return;
	c = add(changes, what, now->names.v[j]);
	c->before = old;
	c->now = new;
	c->old_name = renamed ? text_copy(before->names.v[i]) : NULL;
}

/* ---- finding pairs ---- */

struct sorting {
	const struct side *side;
	order_function *order;
};

/* Equal elements keep their order. */
static int compare_indexes(const void *a, const void *b, void *context)
{
	const struct sorting *s = context;
	size_t i = *(const size_t *)a, j = *(const size_t *)b;
	int found = s->order(s->side, i, s->side, j);

	return found ? found : order(i, j);
}

/* The fields without a partner. When the name is not compared, only those that have one. */
static size_t *sort_unpaired(const struct side *side, order_function *by, size_t *n)
{
	struct sorting sorting = { side, by };
	size_t *indexes = text_alloc(side->layout->n_fields + 1, sizeof(*indexes));

	*n = 0;
	for (size_t i = 0; i < side->layout->n_fields; i++)
		if (!side->paired[i] && (by == by_name || side->layout->fields[i].name[0]))
			indexes[(*n)++] = i;
	qsort_r(indexes, *n, sizeof(*indexes), compare_indexes, &sorting);
	return indexes;
}

/* Where several are alike, the first of one side pairs with the first of the other. */
static void pair(struct changes *changes, struct side *before, struct side *now, order_function *by)
{
	size_t n_old, n_new, i = 0, j = 0;
	size_t *old = sort_unpaired(before, by, &n_old), *new = sort_unpaired(now, by, &n_new);
	size_t *partners = text_alloc(now->layout->n_fields + 1, sizeof(*partners)); /* 0: none */

	while (i < n_old && j < n_new) {
		int found = by(before, old[i], now, new[j]);

		if (found == 0)
			partners[new[j]] = old[i] + 1;
		i += found <= 0;
		j += found >= 0;
	}
	for (j = 0; j < now->layout->n_fields; j++)
		if (partners[j])
			add_pair(changes, before, partners[j] - 1, now, j, by != by_name);
	free(old);
	free(new);
	free(partners);
}

static void add_unpaired(struct changes *changes, const struct side *s, bool added)
{
	for (size_t i = 0; i < s->layout->n_fields; i++) {
		const struct field *f = &s->layout->fields[i];
		struct change *c;

		if (s->paired[i])
			continue;
		c = add(changes, added ? CHANGE_ADDED : CHANGE_REMOVED, s->names.v[i]);
		*(added ? &c->now : &c->before) = f;
	}
}

/* ---- the whole ---- */

/* What was removed stands before what was added in its place. */
static int rank(const struct change *c)
{
	return c->what == CHANGE_REMOVED ? 0 : c->what == CHANGE_ADDED ? 1 : 2;
}

/* By place; at the same place the order stays, so an anonymous member precedes its own members. */
static int compare_changes(const void *a, const void *b, void *context)
{
	const struct changes *changes = context;
	size_t i = *(const size_t *)a, j = *(const size_t *)b;
	const struct change *x = &changes->v[i], *y = &changes->v[j];
	int found = order(field_place(x->now ? x->now : x->before),
			  field_place(y->now ? y->now : y->before));

	if (!found)
		found = rank(x) - rank(y);
	return found ? found : order(i, j);
}

static void sort(struct changes *changes)
{
	size_t *indexes = text_alloc(changes->n + 1, sizeof(*indexes));
	struct change *sorted = text_alloc(changes->n + 1, sizeof(*sorted));

	for (size_t i = 0; i < changes->n; i++)
		indexes[i] = i;
	qsort_r(indexes, changes->n, sizeof(*indexes), compare_changes, changes);
	for (size_t i = 0; i < changes->n; i++)
		sorted[i] = changes->v[indexes[i]];
	free(indexes);
	free(changes->v);
	changes->v = sorted;
}

void explain(const struct layout *before, const struct layout *now, struct changes *changes)
{
	struct side old, new;

	*changes = (struct changes){ NULL, 0 };
	open_side(&old, before);
	open_side(&new, now);
	pair(changes, &old, &new, by_name);
	pair(changes, &old, &new, by_all_but_name);
	add_unpaired(changes, &old, false);
	add_unpaired(changes, &new, true);
	sort(changes);
	close_side(&old);
	close_side(&new);
}

void changes_free(struct changes *changes)
{
	for (size_t i = 0; i < changes->n; i++) {
		free(changes->v[i].name);
		free(changes->v[i].old_name);
	}
	free(changes->v);
	*changes = (struct changes){ NULL, 0 };
}
