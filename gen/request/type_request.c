/* SPDX-License-Identifier: MIT */
#include "request/type_request.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/words.h"

struct type_request *type_request_current(struct request *r)
{
	return r->n_wanted ? &r->wanted[r->n_wanted - 1] : &r->orphan;
}

static bool add(struct request *r, const char *argument, struct diags *diags)
{
	const char *equals = strchr(argument, '=');
	size_t len = equals ? (size_t)(equals - argument) : strlen(argument);
	struct type_name type;
	struct type_request *w;
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
	r->wanted = text_resize(r->wanted, r->n_wanted + 1, sizeof(*r->wanted));
	w = &r->wanted[r->n_wanted++];
	memset(w, 0, sizeof(*w));
	w->type = type;
	w->base = text_copy(equals ? equals + 1 : colons ? colons + 1 : type.name);
	w->base_given = equals;
	return true;
}

static struct type_request *find_type(struct request *r, const char *text, size_t len)
{
	struct type_request *found = NULL;
	struct type_name type;

	if (!type_name_parse(&type, text, len))
		return NULL;
	for (size_t i = 0; i < r->n_wanted; i++)
		if (r->wanted[i].type.kind == type.kind &&
		    strcmp(r->wanted[i].type.name, type.name) == 0)
			found = &r->wanted[i];
	free(type.name);
	return found;
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

static bool check_path(const char *path, const char *option, struct diags *diags)
{
	if (is_path(path))
		return true;
	diag_error(diags, "'%s' is not the name of a field", path);
	if (strchr(path, '['))
		diag_note(diags, "%s names whole arrays, not what is in their elements", option);
	return false;
}

/* Before the first dot stands a type that was asked for, or else the member of one. */
static bool add_field(struct request *r, const char *argument, bool exposed, struct diags *diags)
{
	const char *dot = strchr(argument, '.'), *path = argument;
	struct type_request *w = dot ? find_type(r, argument, (size_t)(dot - argument)) : NULL;

	if (w)
		path = dot + 1;
	else if (!dot || !memchr(argument, ' ', (size_t)(dot - argument)))
		w = type_request_current(r);
	if (!w) {
		diag_error(diags, "'%s' names a field of no type that -t asks for before it",
			   argument);
		return false;
	}
	if (!check_path(path, exposed ? "--expose" : "--offset", diags))
		return false;
	if (exposed && strchr(path, '.')) {
		diag_error(diags,
			   "'%s' cannot be exposed: a shadow has only members of the type's own",
			   path);
		diag_note(diags, "expose '%.*s', or use --offset", (int)strcspn(path, "."), path);
		return false;
	}
	words_add(exposed ? &w->exposed : &w->offsets, path);
	return true;
}

bool type_request_is_nested(const struct request *r)
{
	for (size_t i = 0; i < r->n_wanted; i++)
		for (size_t k = 0; k < r->wanted[i].offsets.n; k++)
			if (strchr(r->wanted[i].offsets.v[k], '.'))
				return true;
	return false;
}

/* ---- numbers ---- */

static const char *const options[] = {
	[WANTED_ALIGN] = "--align",
	[WANTED_RESERVE] = "--reserve",
};
enum { MAX_ALIGN = 1 << 28 }; /* of ELF, as compilers have it; others allow less */
enum { N_NUMBERS = sizeof(options) / sizeof(*options) };

static uint64_t *slot_of(struct type_request *w, enum wanted_number which)
{
	return which == WANTED_ALIGN ? &w->align : &w->reserve;
}

static bool parse(const char *text, uint64_t *n)
{
	char *end;

	*n = strtoull(text, &end, 10);
	return text[0] >= '0' && text[0] <= '9' && !*end && *n <= UINT32_MAX;
}

bool type_request_set(struct request *r, enum wanted_number which, const char *argument,
		      struct diags *diags)
{
	uint64_t *slot = slot_of(type_request_current(r), which), n;
	bool good = parse(argument, &n) && n > 0;

	if (which == WANTED_ALIGN && (!good || (n & (n - 1)) != 0)) {
		diag_error(diags, "'%s' is no alignment: a power of two is", argument);
		return false;
	}
	if (which == WANTED_ALIGN && n > MAX_ALIGN) {
		diag_error(diags, "'%s' is no alignment: object files allow no more than %d",
			   argument, MAX_ALIGN);
		return false;
	}
	if (!good) {
		diag_error(diags, "'%s' is not a number for %s", argument, options[which]);
		return false;
	}
	if (*slot) {
		diag_error(diags, "%s is given twice for one type", options[which]);
		return false;
	}
	*slot = n;
	return true;
}

/* ---- flexible arrays ---- */

static bool set_flexible(struct request *r, const char *argument, struct diags *diags)
{
	const char *equals = strchr(argument, '='), *count = equals ? equals + 1 : argument;
	struct type_request *w = type_request_current(r);
	char *path = equals ? text_copy_n(argument, (size_t)(equals - argument)) : text_copy("");
	uint64_t n;

	if (equals && !check_path(path, "--flex", diags)) {
		free(path);
		return false;
	}
	if (!parse(count, &n)) {
		diag_error(diags, "'%s' is not a number of elements for --flex", count);
	} else if (w->flexible) {
		diag_error(diags, "--flex is given twice for one type");
	} else {
		w->flexible = path;
		w->elements = n;
		return true;
	}
	free(path);
	return false;
}

/* Names may be given as sources have them, "\u00e4" for a letter; here they are in UTF-8. */

bool type_request_add(struct request *r, const char *argument, struct diags *diags)
{
	char *plain = text_without_escapes(argument);
	bool good = add(r, plain, diags);

	free(plain);
	return good;
}

bool type_request_add_field(struct request *r, const char *argument, bool exposed,
			    struct diags *diags)
{
	char *plain = text_without_escapes(argument);
	bool good = add_field(r, plain, exposed, diags);

	free(plain);
	return good;
}

bool type_request_set_flexible(struct request *r, const char *argument, struct diags *diags)
{
	char *plain = text_without_escapes(argument);
	bool good = set_flexible(r, plain, diags);

	free(plain);
	return good;
}

bool type_request_has_floors(const struct request *r)
{
	for (size_t i = 0; i < r->n_wanted; i++) {
		const struct type_request *w = &r->wanted[i];

		if (!w->reserve || !w->align || w->flexible || w->offsets.n || w->exposed.n)
			return false;
	}
	return r->n_wanted > 0 && input_is_source(r->from);
}

/* ---- before any -t ---- */

/* An option that was given; NULL: none. */
static const char *some_option(struct type_request *w)
{
	for (int i = 0; i < N_NUMBERS; i++)
		if (*slot_of(w, (enum wanted_number)i) > 0)
			return options[i];
	return w->offsets.n	? "--offset"
	       : w->exposed.n	? "--expose"
	       : w->flexible	? "--flex"
	       : w->shadow.name ? "--shadow"
				: NULL;
}

static bool settle_flexible(struct type_request *only, struct type_request *orphan,
			    struct diags *diags)
{
	if (!orphan->flexible)
		return true;
	if (only->flexible) {
		diag_error(diags, "--flex is given twice for one type");
		return false;
	}
	only->flexible = orphan->flexible;
	only->elements = orphan->elements;
	orphan->flexible = NULL;
	return true;
}

static bool settle_shadow(struct type_request *only, struct type_request *orphan,
			  struct diags *diags)
{
	if (!orphan->shadow.name)
		return true;
	if (only->shadow.name) {
		diag_error(diags, "--shadow is given twice for one type");
		return false;
	}
	only->shadow = orphan->shadow;
	memset(&orphan->shadow, 0, sizeof(orphan->shadow));
	return true;
}

bool type_request_settle(struct request *r, struct diags *diags)
{
	struct type_request *only = r->wanted;
	const char *early = some_option(&r->orphan);

	if (early && r->n_wanted != 1) {
		diag_error(diags, "%s belongs behind the -t that it is for", early);
		return false;
	}
	words_add_all(&only->offsets, &r->orphan.offsets);
	words_add_all(&only->exposed, &r->orphan.exposed);
	for (int i = 0; i < N_NUMBERS; i++) {
		uint64_t *slot = slot_of(only, (enum wanted_number)i);
		uint64_t before = *slot_of(&r->orphan, (enum wanted_number)i);

		if (*slot && before) {
			diag_error(diags, "%s is given twice for one type", options[i]);
			return false;
		}
		*slot += before;
	}
	return settle_flexible(only, &r->orphan, diags) && settle_shadow(only, &r->orphan, diags);
}

void type_request_release(struct type_request *w)
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
