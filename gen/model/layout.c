/* SPDX-License-Identifier: MIT */
#include "model/layout.h"

#include "model/targets.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { BITS = 8 };

/* "conn", or in C++ "net::conn". */
static bool is_name(const char *s)
{
	char *copy = text_copy(s), *part = copy, *colons;
	bool good = true;

	while (good && (colons = strstr(part, "::"))) {
		*colons = '\0';
		good = text_is_identifier(part);
		part = colons + 2;
	}
	good = good && text_is_identifier(part);
	free(copy);
	return good;
}

bool type_name_parse(struct type_name *t, const char *text, size_t len)
{
	enum layout_kind kind = LAYOUT_TYPEDEF;
	char *copy = text_copy_n(text, len);
	char *s = copy, *end = copy + len;

	while (isspace((unsigned char)*s))
		s++;
	while (end > s && isspace((unsigned char)end[-1]))
		*--end = '\0';
	if ((text_starts(s, "struct") && isspace((unsigned char)s[6])) ||
	    (text_starts(s, "class") && isspace((unsigned char)s[5])))
		kind = LAYOUT_STRUCT;
	else if (text_starts(s, "union") && isspace((unsigned char)s[5]))
		kind = LAYOUT_UNION;
	if (kind != LAYOUT_TYPEDEF)
		while (!isspace((unsigned char)*s))
			s++;
	while (isspace((unsigned char)*s))
		s++;
	if (text_starts(s, "::"))
		s += 2;
	if (!is_name(s)) {
		free(copy);
		return false;
	}
	t->kind = kind;
	t->name = text_copy(s);
	free(copy);
	return true;
}

static char *spell(enum layout_kind kind, const char *name)
{
	static const char *const words[] = { "struct ", "union ", "" };

	return text_format("%s%s", words[kind], name);
}

char *type_name_text(const struct type_name *t)
{
	return spell(t->kind, t->name);
}

char *layout_spelling(const struct layout *l)
{
	return spell(l->kind, l->name);
}

static const char *const readers[] = {
	[READER_CLANG] = "clang",
	[READER_CC] = "cc",
	[READER_DWARF] = "dwarf",
};
enum { N_READERS = sizeof(readers) / sizeof(*readers) };

const char *reader_name(enum reader reader)
{
	return readers[reader];
}

enum reader reader_parse(const char *name)
{
	for (int i = READER_UNKNOWN + 1; i < N_READERS; i++)
		if (strcmp(name, readers[i]) == 0)
			return (enum reader)i;
	return READER_UNKNOWN;
}

const char *layout_origin(const struct layout *l)
{
	switch (l->reader) {
	case READER_CC:
		return "the compiler's numbers";
	case READER_CLANG:
		return "libclang's numbers, unconfirmed";
	case READER_DWARF:
		return "numbers of an object file";
	default:
		return "numbers of unknown origin";
	}
}

struct field *layout_add_field(struct layout *l)
{
	struct field *f;

	l->fields = text_resize(l->fields, l->n_fields + 1, sizeof(*l->fields));
	f = &l->fields[l->n_fields++];
	memset(f, 0, sizeof(*f));
	return f;
}

struct flexible_array *layout_add_flexible(struct layout *l, const char *path, uint64_t offset,
					   uint64_t element)
{
	struct flexible_array *a;

	l->flexible = text_resize(l->flexible, l->n_flexible + 1, sizeof(*l->flexible));
	a = &l->flexible[l->n_flexible++];
	*a = (struct flexible_array){ text_copy(path), offset, element };
	l->has_flexible = true;
	return a;
}

void layout_drop_flexible(struct layout *l, struct flexible_array *one)
{
	struct flexible_array *last = &l->flexible[l->n_flexible - 1];

	free(one->path);
	memmove(one, one + 1, (size_t)(last - one) * sizeof(*one));
	l->n_flexible--;
	l->has_flexible = l->n_flexible > 0;
}

static void drop_all_flexible(struct layout *l)
{
	while (l->n_flexible > 0)
		layout_drop_flexible(l, &l->flexible[l->n_flexible - 1]);
	free(l->flexible);
	l->flexible = NULL;
}

void layout_take_flexible(struct layout *l, const struct layout *from)
{
	drop_all_flexible(l);
	for (size_t i = 0; i < from->n_flexible; i++) {
		const struct flexible_array *a = &from->flexible[i];

		layout_add_flexible(l, a->path, a->offset, a->element);
	}
}

struct flexible_array *layout_find_flexible(const struct layout *l, const char *path)
{
	for (size_t i = 0; i < l->n_flexible; i++)
		if (strcmp(l->flexible[i].path, path) == 0)
			return &l->flexible[i];
	return NULL;
}

/* Of the fields before i, the nearest that is one less deep; i itself where there is none. */
static size_t parent_of(const struct layout *l, size_t i)
{
	for (size_t j = l->fields[i].depth ? i : 0; j-- > 0;)
		if (l->fields[j].depth < l->fields[i].depth)
			return j;
	return i;
}

char *layout_field_path(const struct layout *l, size_t i)
{
	char *path = text_copy(l->fields[i].name);
	size_t inner = i, outer;

	while (path[0] && (outer = parent_of(l, inner)) != inner) {
		const struct field *f = &l->fields[outer];
		struct text longer;

		text_open(&longer);
		fputs(f->name, longer.file);
		for (unsigned k = 0; k < f->dimensions; k++)
			fputs("[0]", longer.file);
		fprintf(longer.file, "%s%s", f->name[0] ? "." : "", path);
		free(path);
		path = text_close(&longer);
		inner = outer;
	}
	return path;
}

bool layout_field_is_inner(const struct layout *l, size_t i)
{
	for (size_t outer = parent_of(l, i); outer != i; outer = parent_of(l, i)) {
		if (l->fields[outer].name[0])
			return true;
		i = outer;
	}
	return false;
}

uint64_t field_place(const struct field *f)
{
	return f->offset * BITS + (f->is_bit_field ? f->bit_offset : 0);
}

uint64_t field_width(const struct field *f)
{
	return f->is_bit_field ? f->bit_width : f->size * BITS;
}

static bool has_path(const struct layout *l, size_t i, const char *path)
{
	const char *name = l->fields[i].name, *dot = strrchr(path, '.');
	char *whole;
	bool same;

	if (!name[0] || (strcmp(name, path) != 0 && (!dot || strcmp(name, dot + 1) != 0)))
		return false;
	whole = layout_field_path(l, i);
	same = strcmp(whole, path) == 0;
	free(whole);
	return same;
}

const struct field *layout_find_field(const struct layout *l, const char *path)
{
	const struct field *found = NULL;

	for (size_t i = 0; i < l->n_fields; i++)
		if ((!found || l->fields[i].depth < found->depth) && has_path(l, i, path))
			found = &l->fields[i];
	return found;
}

void layout_mark_ambiguous(struct layout *l)
{
	for (size_t i = 0; i < l->n_fields; i++) {
		struct field *f = &l->fields[i];
		char *path = layout_field_path(l, i);

		for (size_t k = 0; k < l->n_fields; k++)
			f->is_ambiguous =
				f->is_ambiguous ||
				(k != i && l->fields[k].depth <= f->depth && has_path(l, k, path));
		free(path);
	}
}

static void release_field(struct field *f)
{
	free(f->name);
	free(f->type);
	free(f->holder_type);
	free(f->holder_suffix);
	words_free(&f->holder_tags);
}

void layout_remove_fields(struct layout *l, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		release_field(&l->fields[i]);
	memmove(&l->fields[from], &l->fields[to], (l->n_fields - to) * sizeof(*l->fields));
	l->n_fields -= to - from;
}

void layout_release(struct layout *l)
{
	for (size_t i = 0; i < l->n_fields; i++)
		release_field(&l->fields[i]);
	drop_all_flexible(l);
	free(l->fields);
	free(l->name);
	free(l->declared);
	free(l->file);
	free(l->target);
	memset(l, 0, sizeof(*l));
}

struct layout *layouts_add(struct layouts *all)
{
	struct layout *l;

	all->v = text_resize(all->v, all->n + 1, sizeof(*all->v));
	l = &all->v[all->n++];
	memset(l, 0, sizeof(*l));
	return l;
}

bool layout_is(const struct layout *l, enum layout_kind kind, const char *name)
{
	return l->kind == kind && strcmp(l->name, name) == 0;
}

/* From the end: readers look for the layout that they added last. */
struct layout *layouts_find(const struct layouts *all, enum layout_kind kind, const char *name,
			    const char *target)
{
	for (size_t i = all->n; i > 0; i--) {
		struct layout *l = &all->v[i - 1];

		if (layout_is(l, kind, name) && (!target || target_same(l->target, target)))
			return l;
	}
	return NULL;
}

static char *copy_of(const char *s)
{
	return s ? text_copy(s) : NULL;
}

static void copy_field(struct field *to, const struct field *from)
{
	*to = *from;
	to->name = copy_of(from->name);
	to->type = copy_of(from->type);
	to->holder_type = copy_of(from->holder_type);
	to->holder_suffix = copy_of(from->holder_suffix);
	to->holder_tags = (struct words){ NULL, 0 };
	words_add_all(&to->holder_tags, &from->holder_tags);
}

static void copy(struct layout *to, const struct layout *from)
{
	*to = *from;
	to->name = copy_of(from->name);
	to->declared = copy_of(from->declared);
	to->file = copy_of(from->file);
	to->target = copy_of(from->target);
	to->fields = NULL;
	to->n_fields = 0;
	for (size_t i = 0; i < from->n_fields; i++)
		copy_field(layout_add_field(to), &from->fields[i]);
	to->flexible = NULL;
	to->n_flexible = 0;
	layout_take_flexible(to, from);
	to->has_flexible = from->has_flexible;
}

void layouts_copy(struct layouts *to, const struct layouts *from)
{
	*to = (struct layouts){ NULL, 0 };
	for (size_t i = 0; i < from->n; i++)
		copy(layouts_add(to), &from->v[i]);
}

void layouts_move(struct layouts *to, struct layouts *from)
{
	for (size_t i = 0; i < from->n; i++)
		*layouts_add(to) = from->v[i];
	from->n = 0;
	layouts_free(from);
}

void layouts_free(struct layouts *all)
{
	for (size_t i = 0; i < all->n; i++)
		layout_release(&all->v[i]);
	free(all->v);
	all->v = NULL;
	all->n = 0;
}

static bool field_same(const struct field *a, const struct field *b)
{
	return strcmp(a->name, b->name) == 0 && a->offset == b->offset && a->size == b->size &&
	       a->align == b->align && a->is_bit_field == b->is_bit_field &&
	       a->bit_offset == b->bit_offset && a->bit_width == b->bit_width;
}

static bool flexible_same(const struct layout *a, const struct layout *b)
{
	for (size_t i = 0; i < a->n_flexible && a->n_flexible == b->n_flexible; i++) {
		const struct flexible_array *x = &a->flexible[i], *y = &b->flexible[i];

		if (strcmp(x->path, y->path) != 0 || x->offset != y->offset ||
		    x->element != y->element)
			return false;
	}
	return a->n_flexible == b->n_flexible;
}

bool layout_same(const struct layout *a, const struct layout *b)
{
	if (a->kind != b->kind || strcmp(a->name, b->name) != 0 || a->size != b->size ||
	    a->align != b->align || a->align_low != b->align_low || a->n_fields != b->n_fields ||
	    a->hidden_print != b->hidden_print || !flexible_same(a, b))
		return false;
	for (size_t i = 0; i < a->n_fields; i++)
		if (!field_same(&a->fields[i], &b->fields[i]))
			return false;
	return true;
}

bool layouts_same(const struct layouts *a, const struct layouts *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!layout_same(&a->v[i], &b->v[i]))
			return false;
	return true;
}
