/* SPDX-License-Identifier: MIT */
#include "read/dwarf_scopes.h"

#include "base/text.h"

#include <dwarf.h>
#include <stdint.h>
#include <stdlib.h>

enum { DEEPEST = 200 };
#define NO_SCOPE SIZE_MAX

struct scope {
	Dwarf_Die die;
	const char *end; /* NULL: where the outer one ends */
	size_t outer;	 /* NO_SCOPE: there is none */
};

struct scopes {
	struct scope *v; /* by their start */
	size_t n;
};

static bool is_scope(int tag)
{
	return tag == DW_TAG_namespace || tag == DW_TAG_structure_type ||
	       tag == DW_TAG_class_type || tag == DW_TAG_union_type || tag == DW_TAG_module ||
	       tag == DW_TAG_enumeration_type;
}

static size_t add(struct scopes *s, const Dwarf_Die *die, size_t outer)
{
	if ((s->n & (s->n - 1)) == 0)
		s->v = text_resize(s->v, s->n ? 2 * s->n : 1, sizeof(*s->v));
	s->v[s->n] = (struct scope){ *die, NULL, outer };
	return s->n++;
}

static void walk(struct scopes *s, Dwarf_Die *die, size_t outer, int depth)
{
	Dwarf_Die child;
	int more = depth < DEEPEST ? dwarf_child(die, &child) : 1;

	while (more == 0) {
		Dwarf_Die next;
		size_t inner = outer;

		if (dwarf_haschildren(&child) > 0) {
			if (is_scope(dwarf_tag(&child)))
				inner = add(s, &child, outer);
			walk(s, &child, inner, depth + 1);
		}
		more = dwarf_siblingof(&child, &next);
		if (more == 0 && inner != outer)
			s->v[inner].end = next.addr;
		child = next;
	}
}

struct scopes *scopes_find(Dwarf_Die *root)
{
	struct scopes *s = text_alloc(1, sizeof(*s));

	walk(s, root, NO_SCOPE, 0);
	return s;
}

void scopes_free(struct scopes *s)
{
	if (s)
		free(s->v);
	free(s);
}

static bool holds(const struct scopes *s, size_t i, const char *at)
{
	while (i != NO_SCOPE && !s->v[i].end)
		i = s->v[i].outer;
	return i == NO_SCOPE || at < s->v[i].end;
}

bool scopes_around(const struct scopes *s, const Dwarf_Die *die, Dwarf_Die *scope)
{
	const char *at = die->addr;
	size_t low = 0, high = s->n;

	while (low < high) { /* how many start before it */
		size_t middle = low + (high - low) / 2;

		if ((const char *)s->v[middle].die.addr < at)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = low ? low - 1 : NO_SCOPE; i != NO_SCOPE; i = s->v[i].outer) {
		if (holds(s, i, at)) {
			*scope = s->v[i].die;
			return true;
		}
	}
	return false;
}
