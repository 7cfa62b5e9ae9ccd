/* SPDX-License-Identifier: MIT */
#include "read/dwarf_facts.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 1 << 16 };

struct fact_chunk {
	struct fact_chunk *next;
	size_t used, size;
	max_align_t data[];
};

void *facts_alloc(struct facts *f, size_t size)
{
	struct fact_chunk *c = f->chunks;
	void *p;

	size = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
	if (!c || c->size - c->used < size) {
		size_t room = size > CHUNK ? size : CHUNK;

		c = text_alloc(1, sizeof(*c) + room);
		c->size = room;
		c->next = f->chunks;
		f->chunks = c;
	}
	p = (char *)c->data + c->used;
	c->used += size;
	return p;
}

char *facts_copy(struct facts *f, const char *s)
{
	size_t size = strlen(s) + 1;

	return memcpy(facts_alloc(f, size), s, size);
}

/* Lists double, so that they can say how much room they have by their length alone. */
static void *grown(void *list, size_t n, size_t size)
{
	return n & (n - 1) ? list : text_resize(list, n ? 2 * n : 1, size);
}

struct fact_object *facts_object(struct facts *f, const char *label, size_t input)
{
	struct fact_object *o = facts_alloc(f, sizeof(*o));

	o->label = facts_copy(f, label);
	o->input = input;
	o->enum_size = o->vfp_args = -1;
	f->objects = grown(f->objects, f->n_objects, sizeof(struct fact_object *));
	f->objects[f->n_objects++] = o;
	return o;
}

void facts_found(struct facts *f, struct fact_die *die)
{
	f->found = grown(f->found, f->n_found, sizeof(struct fact_die *));
	f->found[f->n_found++] = die;
}

void facts_name(struct facts *f, const char *kind, const char *name)
{
	f->names = grown(f->names, f->n_names, sizeof(*f->names));
	f->names[f->n_names].kind = facts_copy(f, kind);
	f->names[f->n_names++].name = facts_copy(f, name);
}

struct fact_error *facts_error(struct facts *f, enum fact_error_kind kind, const char *file,
			       const char *format, ...)
{
	struct fact_error *e;
	va_list args;

	f->errors = text_resize(f->errors, f->n_errors + 1, sizeof(*f->errors));
	e = &f->errors[f->n_errors++];
	memset(e, 0, sizeof(*e));
	e->kind = kind;
	e->file = text_copy(file);
	va_start(args, format);
	e->text = text_vformat(format, args);
	va_end(args);
	return e;
}

const struct fact_error *facts_stopped(const struct facts *f)
{
	for (size_t i = 0; i < f->n_errors; i++)
		if (f->errors[i].kind != FACT_ABSENT)
			return &f->errors[i];
	return NULL;
}

void facts_forget(struct facts *f)
{
	while (f->chunks) {
		struct fact_chunk *next = f->chunks->next;

		free(f->chunks);
		f->chunks = next;
	}
	f->n_found = f->n_names = f->n_objects = 0;
}

void facts_free(struct facts *f)
{
	facts_forget(f);
	free(f->found);
	free(f->objects);
	free(f->names);
	for (size_t i = 0; i < f->n_errors; i++) {
		free(f->errors[i].file);
		free(f->errors[i].text);
		words_free(&f->errors[i].notes);
	}
	free(f->errors);
	words_free(&f->files);
	memset(f, 0, sizeof(*f));
}
