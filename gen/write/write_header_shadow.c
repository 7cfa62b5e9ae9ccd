/* SPDX-License-Identifier: MIT */
/* The shadow itself, and its helpers. */
#include "base/text.h"
#include "base/words.h"
#include "write/header_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int compare_offsets(const void *a, const void *b)
{
	const struct field *const *x = a, *const *y = b;

	return (*x)->offset < (*y)->offset ? -1 : (*x)->offset > (*y)->offset;
}

/* The exposed fields by offset, each once; the caller frees the list. */
static const struct field **exposed_fields(const struct pen *p, size_t *n)
{
	const struct words *names = p->type->exposed;
	const struct field **fields = text_alloc(names->n, sizeof(*fields));

	*n = 0;
	for (size_t i = 0; i < names->n; i++) {
		const struct field *f = layout_find_field(p->layout, names->v[i]);
		bool seen = false;

		for (size_t j = 0; j < *n; j++)
			seen = seen || fields[j] == f;
		if (!seen)
			fields[(*n)++] = f;
	}
	qsort(fields, *n, sizeof(*fields), compare_offsets);
	return fields;
}

static bool is_bool(const struct field *f)
{
	return f->holder_type && strcmp(f->holder_type, "_Bool") == 0;
}

static void print_exposed(const struct pen *p, const struct field *f, const char *first,
			  const char *end)
{
	const char *type = f->holder_type;

	fprintf(p->out, "\t%s", first);
	if (!type)
		fprintf(p->out, "unsigned char %s[%" PRIu64 "]; /* %s */", f->name, f->size,
			f->type);
	else if (is_bool(f))
		fprintf(p->out, "%s_OPAQUE_BOOL %s%s;", p->upper, f->name, f->holder_suffix);
	else
		fprintf(p->out, "%s%s%s%s;", type, text_ends(type, "*") ? "" : " ", f->name,
			f->holder_suffix);
	fputs(end, p->out);
}

void print_members(const struct pen *p, const char *end)
{
	size_t n, gaps = 0;
	const struct field **fields = exposed_fields(p, &n);
	char *first = p->header->private_file ? text_copy("")
					      : text_format("%s_OPAQUE_ALIGNAS ", p->upper);
	uint64_t at = 0, room = header_room(p->type, p->layout);

	if (n == 0)
		fprintf(p->out, "\t%sunsigned char %s[%s_SIZE];%s", first, p->member, p->upper,
			end);
	for (size_t i = 0; n > 0 && i <= n; i++) {
		uint64_t next = i < n ? fields[i]->offset : room;

		if (next > at)
			fprintf(p->out, "\t%sunsigned char %s_%zu[%" PRIu64 "];%s", at ? "" : first,
				p->member, gaps++, next - at, end);
		if (i < n) {
			print_exposed(p, fields[i], next ? "" : first, end);
			at = next + fields[i]->size;
		}
	}
	free(first);
	free(fields);
}

/* Is one of them a _Bool, on some target? */
static bool has_bool(const struct pen *p)
{
	bool has = false;

	for (size_t t = 0; t < p->header->n_targets; t++) {
		const struct layout *l = header_layout(p->header, t, p->index);

		for (size_t i = 0; i < p->type->exposed->n; i++)
			has = has || is_bool(layout_find_field(l, p->type->exposed->v[i]));
	}
	return has;
}

static void print_bool(const struct pen *p)
{
	if (has_bool(p))
		pen_print(p, TEMPLATE_BOOL, NULL);
}

static void print_tags(const struct pen *p)
{
	struct words tags = { NULL, 0 };

	for (size_t t = 0; t < p->header->n_targets; t++) {
		const struct layout *l = header_layout(p->header, t, p->index);

		for (size_t i = 0; i < p->type->exposed->n; i++)
			words_add_all(&tags,
				      &layout_find_field(l, p->type->exposed->v[i])->holder_tags);
	}
	words_sort_unique(&tags);
	for (size_t i = 0; i < tags.n; i++)
		if (!p->layout->declared || strcmp(tags.v[i], p->layout->declared) != 0)
			fprintf(p->out, "%s;\n", tags.v[i]);
	if (tags.n > 0)
		fputc('\n', p->out);
	words_free(&tags);
}

static bool forbids_copies(const struct pen *p)
{
	bool forbids = false;

	for (size_t t = 0; t < p->header->n_targets; t++)
		forbids = forbids || header_layout(p->header, t, p->index)->no_copy;
	return forbids;
}

static void print_body(const struct pen *p)
{
	if (forbids_copies(p))
		pen_print(p, TEMPLATE_NO_COPY, VALUES({ "NAME", strchr(p->shadow, ' ') + 1 }));
	if (header_has_ladder(p->header) && p->type->exposed->n > 0)
		fprintf(p->out, "\t%s_OPAQUE_MEMBERS\n", p->upper);
	else
		print_members(p, "\n");
}

void print_shadow(const struct pen *p)
{
	const char *elements =
		p->type->flexible
			? " * As many elements of its flexible array member fit as were counted.\n"
			: "";

	pen_print(p, TEMPLATE_ATTRIBUTES, NULL);
	print_tags(p);
	print_bool(p);
	pen_print(p, TEMPLATE_SHADOW, VALUES({ "ELEMENTS", elements }));
	print_body(p);
	pen_print(p, TEMPLATE_SHADOW_END, NULL);
	if (p->type->shadow.type_def)
		fprintf(p->out, "typedef %s %s;\n\n", p->shadow, p->type->shadow.type_def);
}

void print_public_shadow(const struct pen *p)
{
	size_t word = strcspn(p->shadow, " ");
	char *kind = text_copy_n(p->shadow, word);

	print_tags(p);
	if (has_bool(p))
		pen_print(p, TEMPLATE_PUBLIC_BOOL, NULL);
	pen_print(p, TEMPLATE_PUBLIC_SHADOW,
		  VALUES({ "KIND", kind }, { "TAG", p->shadow + word + 1 }));
	print_body(p);
	fputs("};\n", p->out);
	if (p->type->shadow.type_def)
		fprintf(p->out, "typedef %s %s;\n", p->shadow, p->type->shadow.type_def);
	free(kind);
}

void print_helpers(const struct pen *p)
{
	if (!forbids_copies(p))
		pen_print(p, TEMPLATE_HELPERS, NULL);
}

void print_init(const struct pen *p)
{
	if (p->type->exposed->n > 0)
		pen_print(p, TEMPLATE_INIT, VALUES({ "FIELD", p->type->exposed->v[0] }));
}
