/* SPDX-License-Identifier: MIT */
#include "read/dwarf_list.h"

#include "base/text.h"
#include "read/dwarf_constants.h"
#include "read/dwarf_language.h"
#include "read/dwarf_names.h"
#include "read/dwarf_report.h"

#include <inttypes.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

static int compare_keys(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Takes the key over. */
static bool is_new(struct dwarf_list *list, char *key)
{
	char **node = tsearch(key, &list->seen, compare_keys);

	if (node && *node == key)
		return true;
	free(key);
	return false;
}

/* gcc says where its own types are; of clang's it is the name that tells. */
static bool is_the_compilers(const struct fact_die *die)
{
	if (die->file)
		return strcmp(die->file, "<built-in>") == 0;
	return text_starts(die->name, "__va_list");
}

/* Is it a type that has a size by itself? */
static bool is_listed(struct dwarf_list *list, const struct fact_die *die, struct types *t)
{
	struct fact_die *target = types_bare(t, die);

	if (!target || target->tag == TAG_SUBROUTINE || is_the_compilers(die) ||
	    (die_is_record(target) && die_is_declaration(target)) || types_vary(t, die))
		return false;
	if (!foreign_language(die))
		return true;
	if (!list->foreign)
		list->foreign_label = text_copy(die->unit->object->label);
	list->foreign = list->foreign ? list->foreign : foreign_language(die);
	return false;
}

static void list_one(struct dwarf_list *list, struct fact_die *die)
{
	struct candidates c = candidates_of(die);
	char *name = die_spelled_name(die);

	if (is_listed(list, die, &c.v[0])) {
		char *shape = shape_of(&c.v[0], die);

		if (is_new(list, text_format("%s\n%s", name, shape))) {
			struct layout *l = layouts_add(list->layouts);

			if (!describe_for_all(list->diags, die, NULL, 0, FIELDS_NONE, l))
				list->layouts->n--;
		}
		free(shape);
	} else if (c.v[0].wrong) {
		report_nonsense(list->diags, die->unit->object, c.v[0].wrong);
	}
	free(name);
	candidates_free(&c);
}

void list_take(void *arg, struct facts *f)
{
	struct dwarf_list *list = arg;

	for (size_t i = 0; i < f->n_found && !diag_failed(list->diags); i++) {
		struct fact_die *die = f->found[i];
		char *name;

		if (die_is_declaration(die) || die->definition)
			continue;
		name = die_spelled_name(die);
		if (is_new(list, text_format("%u %s %" PRId64 " %u", die->tag, name,
					     die->has & HAS_SIZE ? die->size : -1, die->line)))
			list_one(list, die);
		free(name);
	}
}

static int compare_layouts(const void *a, const void *b)
{
	const struct layout *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (order)
		return order;
	return x->size < y->size ? -1 : x->size > y->size;
}

void list_end(struct dwarf_list *list)
{
	const struct place at = { .file = list->foreign_label };

	if (list->foreign)
		diag_add(list->diags, SEVERITY_WARNING, &at,
			 "types of %s are left out: its rules for layouts are not known here",
			 language_name(list->foreign));
	if (list->layouts->n)
		qsort(list->layouts->v, list->layouts->n, sizeof(*list->layouts->v),
		      compare_layouts);
	tdestroy(list->seen, free);
	free(list->foreign_label);
}
