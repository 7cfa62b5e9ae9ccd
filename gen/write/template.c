/* SPDX-License-Identifier: MIT */
#include "write/template.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static const struct template_value *find(const struct template_value *places, const char *name,
					 size_t len)
{
	for (; places && places->name; places++)
		if (strlen(places->name) == len && memcmp(places->name, name, len) == 0)
			return places;
	return NULL;
}

/* The next place of the text: its name without the signs around it; NULL: no more. */
static const char *next_place(const char *text, size_t *len)
{
	const char *name = strchr(text, '@');

	if (!name)
		return NULL;
	name++;
	*len = strcspn(name, "@");
	return name;
}

/* Where the text goes on behind a place; a last one may lack its second sign. */
static const char *behind(const char *name, size_t len)
{
	return name + len + (name[len] == '@');
}

static bool has_place(const char *text, const char *wanted)
{
	size_t len;

	for (const char *name = text; (name = next_place(name, &len)); name = behind(name, len))
		if (strlen(wanted) == len && memcmp(wanted, name, len) == 0)
			return true;
	return false;
}

char *template_mistake(const char *text, const struct template_value *own,
		       const struct template_value *shared)
{
	size_t len;

	for (const char *name = text; (name = next_place(name, &len)); name = behind(name, len)) {
		const struct template_value *place = find(own, name, len);

		if (!place)
			place = find(shared, name, len);
		if (name[len] != '@' || !place || !place->value)
			return text_format("no value for @%.*s@ in: %s", (int)len, name, text);
	}
	for (; own && own->name; own++)
		if (!has_place(text, own->name))
			return text_format("no place @%s@ in: %s", own->name, text);
	return NULL;
}

void template_print(FILE *out, const char *text, const struct template_value *own,
		    const struct template_value *shared)
{
	char *mistake = template_mistake(text, own, shared);
	const char *name;
	size_t len;

	if (mistake) {
		fprintf(stderr, "gen-opaque: error: template: %s\n", mistake);
		abort();
	}
	for (; (name = next_place(text, &len)); text = behind(name, len)) {
		const struct template_value *place = find(own, name, len);

		if (!place)
			place = find(shared, name, len);
		fwrite(text, 1, (size_t)(name - 1 - text), out);
		fputs(place->value, out);
	}
	fputs(text, out);
}
