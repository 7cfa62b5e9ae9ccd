/* SPDX-License-Identifier: MIT */
#include "request/type_request.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/words.h"

/* ---- types ---- */

static struct type_request *find(const struct type_requests *all, enum layout_kind kind,
				 const char *name)
{
	for (size_t i = all->n; i > 0; i--) {
		struct type_request *w = &all->v[i - 1];

		if (w->type.kind == kind && strcmp(w->type.name, name) == 0)
			return w;
	}
	return NULL;
}

/* Takes the name of the type. */
static void add(struct type_requests *all, struct type_name type, const char *base)
{
	all->v = text_resize(all->v, all->n + 1, sizeof(*all->v));
	all->v[all->n++] = (struct type_request){ .type = type, .base = text_copy(base) };
}

static bool parse_type(struct type_requests *all, const char *argument, struct diags *diags)
{
	const char *equals = strchr(argument, '=');
	size_t len = equals ? (size_t)(equals - argument) : strlen(argument);
	struct type_name type;
	const char *colons;

	if (!type_name_parse(&type, argument, len)) {
		diag_error(diags, "'%.*s' is not the name of a type", (int)len, argument);
		if (memchr(argument, '<', len))
			diag_note(diags, "give it one in the source: 'using NAME = %.*s;'",
				  (int)len, argument);
		else
			diag_note(diags, "a type is named 'struct X', 'union X', or by a typedef's "
					 "name");
		return false;
	}
	if (equals && !text_is_identifier(equals + 1)) {
		diag_error(diags, "'%s' cannot be the base of names", equals + 1);
		free(type.name);
		return false;
	}
	colons = strrchr(type.name, ':');
	add(all, type, equals ? equals + 1 : colons ? colons + 1 : type.name);
	all->v[all->n - 1].base_given = equals;
	return true;
}

/* Names may be given as sources have them, "\u00e4" for a letter; here they are in UTF-8. */
bool type_requests_add(struct type_requests *all, const char *argument, struct diags *diags)
{
	char *plain = text_without_escapes(argument);
	bool good = parse_type(all, plain, diags);

	free(plain);
	return good;
}

void type_requests_add_all(struct type_requests *all, const struct layouts *layouts)
{
	for (size_t i = 0; i < layouts->n; i++) {
		const struct layout *l = &layouts->v[i];

		if (!find(all, l->kind, l->name)) /* else it is there for several targets */
			add(all, (struct type_name){ l->kind, text_copy(l->name) }, l->name);
	}
}

struct type_name *type_requests_names(const struct type_requests *all)
{
	struct type_name *names = text_alloc(all->n, sizeof(*names));

	for (size_t i = 0; i < all->n; i++)
		names[i] = all->v[i].type;
	return names;
}

/* ---- options of a type ---- */

struct type_request *type_requests_current(struct type_requests *all)
{
	return all->n ? &all->v[all->n - 1] : &all->early;
}

static void *slot_of(struct type_request *w, const struct option_spec *option)
{
	return (char *)w + option->slot;
}

/* "fd", "list.next" */
static bool is_path(const char *text)
{
	char *copy = text_copy(text), *part = copy, *dot;
	bool good = true;

	while (good && (dot = strchr(part, '.'))) {
		*dot = '\0';
		good = text_is_identifier(part);
		part = dot + 1;
	}
	good = good && text_is_identifier(part);
	free(copy);
	return good;
}

static bool check_path(const char *path, const struct option_spec *option, struct diags *diags)
{
	if (is_path(path))
		return true;
	diag_error(diags, "'%s' is not the name of a field", path);
	if (strchr(path, '['))
		diag_note(diags, "--%s names whole arrays, not what is in their elements",
			  option->name);
	return false;
}

static struct type_request *find_named(const struct type_requests *all, const char *text,
				       size_t len)
{
	struct type_request *found;
	struct type_name type;

	if (!type_name_parse(&type, text, len))
		return NULL;
	found = find(all, type.kind, type.name);
	free(type.name);
	return found;
}

/* Before the first dot stands a type that was asked for, or else the member of one. */
static bool add_field(struct type_requests *all, const struct option_spec *option,
		      const char *argument, struct diags *diags)
{
	const char *dot = strchr(argument, '.'), *path = argument;
	struct type_request *w = dot ? find_named(all, argument, (size_t)(dot - argument)) : NULL;

	if (w)
		path = dot + 1;
	else if (!dot || !memchr(argument, ' ', (size_t)(dot - argument)))
		w = type_requests_current(all);
	if (!w) {
		diag_error(diags, "'%s' names a field of a type that no -t before it asks for",
			   argument);
		return false;
	}
	if (!check_path(path, option, diags))
		return false;
	if (slot_of(w, option) == &w->exposed && strchr(path, '.')) {
		diag_error(diags,
			   "'%s' cannot be exposed: a shadow has only members of the type's own",
			   path);
		diag_note(diags, "expose '%.*s', or use --offset", (int)strcspn(path, "."), path);
		return false;
	}
	words_add(slot_of(w, option), path);
	return true;
}

static bool parse_number(const char *text, uint64_t *n)
{
	char *end;

	*n = strtoull(text, &end, 10);
	return text[0] >= '0' && text[0] <= '9' && !*end && *n <= UINT32_MAX;
}

enum { MOST_ALIGN = 1 << 28 }; /* of ELF, as compilers have it; others allow less */

static bool report_twice(const struct option_spec *option, struct diags *diags)
{
	diag_error(diags, "--%s is given twice for one type", option->name);
	return false;
}

static bool set_number(struct type_requests *all, const struct option_spec *option,
		       const char *argument, struct diags *diags)
{
	uint64_t *slot = slot_of(type_requests_current(all), option), n;
	bool good = parse_number(argument, &n) && n > 0;

	if (option->kind == OPTION_TYPE_ALIGN && (!good || (n & (n - 1)) != 0)) {
		diag_error(diags, "'%s' is not an alignment: it must be a power of two", argument);
		return false;
	}
	if (option->kind == OPTION_TYPE_ALIGN && n > MOST_ALIGN) {
		diag_error(diags,
			   "'%s' is too large an alignment: object files allow no more than %d",
			   argument, MOST_ALIGN);
		return false;
	}
	if (!good) {
		diag_error(diags, "'%s' is not a number for --%s", argument, option->name);
		return false;
	}
	if (*slot)
		return report_twice(option, diags);
	*slot = n;
	return true;
}

static bool set_flexible(struct type_requests *all, const struct option_spec *option,
			 const char *argument, struct diags *diags)
{
	const char *equals = strchr(argument, '='), *count = equals ? equals + 1 : argument;
	struct type_request *w = type_requests_current(all);
	char *path = equals ? text_copy_n(argument, (size_t)(equals - argument)) : text_copy("");
	uint64_t n;

	if (equals && !check_path(path, option, diags)) {
		free(path);
		return false;
	}
	if (!parse_number(count, &n)) {
		diag_error(diags, "'%s' is not a number of elements for --flex", count);
	} else if (w->flexible) {
		report_twice(option, diags);
	} else {
		w->flexible = path;
		w->elements = n;
		return true;
	}
	free(path);
	return false;
}

bool type_requests_set(struct type_requests *all, const struct option_spec *option,
		       const char *argument, struct diags *diags)
{
	char *plain = text_without_escapes(argument);
	bool good = option->kind == OPTION_TYPE_FIELDS	   ? add_field(all, option, plain, diags)
		    : option->kind == OPTION_TYPE_FLEXIBLE ? set_flexible(all, option, plain, diags)
							   : set_number(all, option, plain, diags);

	free(plain);
	return good;
}

bool type_requests_are_nested(const struct type_requests *all)
{
	for (size_t i = 0; i < all->n; i++)
		for (size_t k = 0; k < all->v[i].offsets.n; k++)
			if (strchr(all->v[i].offsets.v[k], '.'))
				return true;
	return false;
}

/* ---- before any -t ---- */

static bool is_given(struct type_request *w, const struct option_spec *option)
{
	const void *slot = slot_of(w, option);

	if (option->kind == OPTION_TYPE_FIELDS)
		return ((const struct words *)slot)->n > 0;
	if (option->kind == OPTION_TYPE_FLEXIBLE)
		return w->flexible;
	if (option->kind == OPTION_TYPE_SHADOW)
		return w->shadow.name;
	return *(const uint64_t *)slot > 0;
}

/* From an option before -t to the same one of that type, which is not given yet. */
static void move(struct type_request *to, struct type_request *from,
		 const struct option_spec *option)
{
	if (option->kind == OPTION_TYPE_FIELDS) {
		words_add_all(slot_of(to, option), slot_of(from, option));
	} else if (option->kind == OPTION_TYPE_FLEXIBLE) {
		to->flexible = from->flexible;
		to->elements = from->elements;
		from->flexible = NULL;
	} else if (option->kind == OPTION_TYPE_SHADOW) {
		to->shadow = from->shadow;
		from->shadow = (struct shadow_request){ .name = NULL };
	} else {
		*(uint64_t *)slot_of(to, option) = *(uint64_t *)slot_of(from, option);
	}
}

bool type_requests_settle(struct type_requests *all, const struct option_spec *options,
			  struct diags *diags)
{
	for (const struct option_spec *o = options; o->name; o++) {
		if (!option_is_of_type(o) || !is_given(&all->early, o))
			continue;
		if (all->n != 1) {
			diag_error(diags, "--%s must come after the -t that it is for", o->name);
			return false;
		}
		if (o->kind != OPTION_TYPE_FIELDS && is_given(all->v, o))
			return report_twice(o, diags);
		move(all->v, &all->early, o);
	}
	return true;
}

static void release(struct type_request *w)
{
	free(w->type.name);
	free(w->base);
	free(w->public_base);
	free(w->shadow.name);
	free(w->shadow.tag);
	free(w->shadow.member);
	free(w->flexible);
	words_free(&w->offsets);
	words_free(&w->exposed);
}

void type_requests_free(struct type_requests *all)
{
	for (size_t i = 0; i < all->n; i++)
		release(&all->v[i]);
	release(&all->early);
	free(all->v);
	*all = (struct type_requests){ .n = 0 };
}
