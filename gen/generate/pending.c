/* SPDX-License-Identifier: MIT */
#include "generate/pending.h"

#include "base/paths.h"
#include "base/text.h"
#include "write/writer.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *const suffixes[] = { "_opaque.h", "_fwd.h" };

/* Two ways to make up a size and an alignment: both fit, and differ in all that may matter. */
static const struct {
	uint64_t size, align;
} made_up_numbers[] = { [FIRST_NUMBERS] = { 8, 8 }, [OTHER_NUMBERS] = { 48, 16 } };

enum { WITHIN_BANNER = 200 }; /* so soon a made header says what it is, in bytes */

/* ---- names ---- */

/* The base name; NULL: the file is not one of gen-opaque's. */
static char *base_of(const char *path)
{
	const char *name = path_name(path);

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++)
		if (text_ends(name, suffixes[i]) && strlen(name) > strlen(suffixes[i]))
			return text_copy_n(name, strlen(name) - strlen(suffixes[i]));
	return NULL;
}

static bool is_name(const char *path)
{
	char *base = base_of(path);

	free(base);
	return base != NULL;
}

bool pending_is_made_file(const char *path)
{
	char *text = is_name(path) ? text_read_file(path, NULL) : NULL;
	const char *banner = text ? strstr(text, "Made by gen-opaque") : NULL;
	bool is_made = banner && banner - text < WITHIN_BANNER;

	free(text);
	return is_made;
}

/* As libclang and clang say it, and gcc; NULL: the error is about something else. */
static char *missing_name(const char *error)
{
	static const char clang[] = "' file not found", gcc[] = ": No such file or directory";
	size_t len = strlen(error);

	if (error[0] == '\'' && text_ends(error, clang))
		return text_copy_n(error + 1, len - strlen(clang) - 1);
	if (text_ends(error, gcc))
		return text_copy_n(error, len - strlen(gcc));
	return NULL;
}

/* ---- texts ---- */

/*
 * No #if may ask for a number that is made up: it would take one branch, whichever numbers are
 * tried. A cast has no place there, and is an error.
 */
static void forbid_conditions(struct pending_header *h)
{
	char *upper = text_upper(h->base);
	char *text =
		text_format("%s\n#undef %s_SIZE\n#define %s_SIZE ((int)%" PRIu64 ")\n"
			    "#undef %s_ALIGN\n#define %s_ALIGN ((int)%" PRIu64 ")\n",
			    h->text, upper, upper, h->shape.size, upper, upper, h->shape.align);

	free(h->text);
	free(upper);
	h->text = text;
}

static void write_text(struct pending_header *h)
{
	const struct words none = { NULL, 0 };
	const struct header_type type = { .base = h->base, .offsets = &none, .exposed = &none };
	const struct header_target target = { .triple = "", .layouts = { &h->shape, 1 } };
	const struct header header = {
		.types = &type,
		.n_types = 1,
		.targets = &target,
		.n_targets = 1,
		.command = "",
		.file = path_name(h->path),
		.neutral = true,
	};

	free(h->text);
	h->text = header_text(&header);
	if (!h->is_known && !h->is_made)
		forbid_conditions(h);
}

static void set_shape(struct pending_header *h, enum layout_kind kind)
{
	layout_release(&h->shape);
	h->shape = (struct layout){
		.kind = kind,
		.name = text_copy(h->base),
		.is_record = kind != LAYOUT_TYPEDEF,
		.is_union = kind == LAYOUT_UNION,
		.size_exact = true,
		.align_exact = true,
		.target = text_copy(""),
	};
	if (kind != LAYOUT_TYPEDEF)
		h->shape.declared = layout_spelling(&h->shape);
}

static void set_numbers(struct pending_header *h, uint64_t size, uint64_t align)
{
	h->shape.size = size;
	h->shape.align = h->shape.align_low = align;
	write_text(h);
}

/* ---- the list ---- */

static bool have(const struct pending *p, const char *name)
{
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->v[i].name, name) == 0)
			return true;
	return false;
}

static void add(struct pending *p, const char *name, const char *path)
{
	struct pending_header *h;

	p->v = text_resize(p->v, p->n + 1, sizeof(*p->v));
	h = &p->v[p->n++];
	*h = (struct pending_header){
		.name = text_copy(name),
		.base = base_of(name),
		.path = text_copy(path),
	};
	set_shape(h, LAYOUT_STRUCT);
	pending_make_up(p, p->n - 1, FIRST_NUMBERS);
}

bool pending_add_missing(struct pending *p, const struct diags *errors, const char *input)
{
	size_t before = p->n;
	char *dir = path_dir(input);

	for (size_t i = 0; i < errors->n && p->n < MOST_PENDING; i++) {
		char *name = missing_name(errors->v[i].text);

		if (name && is_name(name) && !have(p, name)) {
			char *whole = path_join(dir, name);

			char *real = path_real(whole);

			add(p, name, real);
			free(real);
			free(whole);
		}
		free(name);
	}
	free(dir);
	return p->n > before;
}

void pending_add_file(struct pending *p, const char *path)
{
	if (p->n < MOST_PENDING && !have(p, path))
		add(p, path, path);
}

void pending_find_types(struct pending *p, const struct layouts *layouts)
{
	static const enum layout_kind kinds[] = { LAYOUT_STRUCT, LAYOUT_UNION, LAYOUT_TYPEDEF };

	for (size_t i = 0; i < p->n; i++) {
		struct pending_header *h = &p->v[i];

		for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds) && !h->is_known; k++) {
			h->is_known = layouts_find(layouts, kinds[k], h->base, NULL) != NULL;
			if (h->is_known)
				set_shape(h, kinds[k]);
		}
	}
}

void pending_take_numbers(struct pending *p, const struct layouts *layouts)
{
	for (size_t i = 0; i < p->n; i++) {
		struct pending_header *h = &p->v[i];
		const struct layout *l =
			h->is_known ? layouts_find(layouts, h->shape.kind, h->base, NULL) : NULL;

		if (l && l->size > 0)
			set_numbers(h, l->size, l->align);
		else if (h->is_known)
			set_numbers(h, made_up_numbers[FIRST_NUMBERS].size,
				    made_up_numbers[FIRST_NUMBERS].align);
	}
}

void pending_make_up(struct pending *p, size_t i, enum made_up numbers)
{
	if (!p->v[i].is_known && !p->v[i].is_made)
		set_numbers(&p->v[i], made_up_numbers[numbers].size,
			    made_up_numbers[numbers].align);
}

size_t pending_stand_ins(const struct pending *p, struct stand_in *stand_ins)
{
	for (size_t i = 0; i < p->n; i++)
		stand_ins[i] = (struct stand_in){ p->v[i].path, p->v[i].text };
	return p->n;
}

const struct pending_header *pending_at(const struct pending *p, const char *path)
{
	/* Readers may have a copy of it elsewhere, by the end of its path. */
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->v[i].path, path) == 0 ||
		    strcmp(path_name(p->v[i].path), path_name(path)) == 0)
			return &p->v[i];
	return NULL;
}

size_t pending_known_types(const struct pending *p, struct type_name *types)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].is_known && !p->v[i].is_made)
			types[n++] = (struct type_name){ p->v[i].shape.kind, p->v[i].base };
	return n;
}

static void release(struct pending_header *h)
{
	free(h->name);
	free(h->base);
	free(h->path);
	free(h->text);
	layout_release(&h->shape);
}

void pending_drop(struct pending *p, size_t n)
{
	while (n-- > 0)
		release(&p->v[--p->n]);
}

void pending_free(struct pending *p)
{
	pending_drop(p, p->n);
	free(p->v);
	*p = (struct pending){ NULL, 0 };
}
