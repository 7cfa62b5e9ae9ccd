/* SPDX-License-Identifier: MIT */
#include "explain.h"

#include <stdlib.h>
#include <string.h>

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

static bool same_name(const struct side *a, size_t i, const struct side *b, size_t j)
{
	return !a->layout->fields[i].name[0] == !b->layout->fields[j].name[0] &&
	       strcmp(a->names.v[i], b->names.v[j]) == 0;
}

static bool same_but_for_name(const struct side *a, size_t i, const struct side *b, size_t j)
{
	const struct field *x = &a->layout->fields[i], *y = &b->layout->fields[j];

	return x->name[0] && y->name[0] && strcmp(x->type, y->type) == 0 && x->align == y->align &&
	       x->size == y->size && x->is_bit_field == y->is_bit_field &&
	       field_place(x) == field_place(y) && field_width(x) == field_width(y);
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

typedef bool same_function(const struct side *a, size_t i, const struct side *b, size_t j);

static void pair(struct changes *changes, struct side *before, struct side *now,
		 same_function *same, bool renamed)
{
	for (size_t j = 0; j < now->layout->n_fields; j++)
		for (size_t i = 0; i < before->layout->n_fields && !now->paired[j]; i++)
			if (!before->paired[i] && same(before, i, now, j))
				add_pair(changes, before, i, now, j, renamed);
}

static void add_unpaired(struct changes *changes, const struct side *s, bool came)
{
	for (size_t i = 0; i < s->layout->n_fields; i++) {
		const struct field *f = &s->layout->fields[i];
		struct change *c;

		if (s->paired[i])
			continue;
		c = add(changes, came ? CHANGE_CAME : CHANGE_WENT, s->names.v[i]);
		*(came ? &c->now : &c->before) = f;
	}
}

/* ---- the whole ---- */

/* By places; in one place what went is first, then what came instead. */
static bool comes_after(const struct change *a, const struct change *b)
{
	uint64_t x = field_place(a->now ? a->now : a->before);
	uint64_t y = field_place(b->now ? b->now : b->before);
	int a_rank = a->what == CHANGE_WENT ? 0 : a->what == CHANGE_CAME ? 1 : 2;
	int b_rank = b->what == CHANGE_WENT ? 0 : b->what == CHANGE_CAME ? 1 : 2;

	return x > y || (x == y && a_rank > b_rank);
}

/* An insertion sort: stable, so that an anonymous member stays before what is in it. */
static void sort(struct changes *changes)
{
	for (size_t i = 1; i < changes->n; i++) {
		struct change moving = changes->v[i];
		size_t j = i;

		for (; j > 0 && comes_after(&changes->v[j - 1], &moving); j--)
			changes->v[j] = changes->v[j - 1];
		changes->v[j] = moving;
	}
}

void explain(const struct layout *before, const struct layout *now, struct changes *changes)
{
	struct side old, new;

	*changes = (struct changes){ NULL, 0 };
	open_side(&old, before);
	open_side(&new, now);
	pair(changes, &old, &new, same_name, false);
	pair(changes, &old, &new, same_but_for_name, true);
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
