/* SPDX-License-Identifier: MIT */
/* What is the owner's: the check, and the guard that it defines. */
#include "base/text.h"
#include "write/header_parts.h"

#include <stdlib.h>

static void print_offset_assertions(const struct pen *p, const char *path)
{
	char *name = text_undotted(path), *field = text_macro(path);
	const struct template_value *own =
		VALUES({ "NAME", name }, { "PATH", path }, { "FIELD", field });

	pen_print(p, TEMPLATE_CHECK_OFFSET, own);
	if (header_has_size(p->layout, path))
		pen_print(p, TEMPLATE_CHECK_FIELD_SIZE, own);
	free(name);
	free(field);
}

static void print_align_assertions(const struct pen *p)
{
	bool ladder = header_has_ladder(p->header), open = p->type->reserve || p->type->align;

	for (size_t t = 0; t < p->header->n_targets; t++)
		open = open || layout_is_open(header_layout(p->header, t, p->index));
	pen_print(
		p, TEMPLATE_CHECK_ALIGN,
		VALUES({ "COMPARISON", open ? "<=" : "==" }, { "MISFIT", open ? "above" : "not" }));
	if (ladder && open && !p->type->reserve &&
	    !p->type->align) /* a bound on one target, exact on another */
		pen_print(p, TEMPLATE_CHECK_ALIGN_LEAST, NULL);
}

static void print_size_assertions(const struct pen *p)
{
	bool least = p->type->reserve || p->type->align || p->type->flexible;

	pen_print(p, TEMPLATE_CHECK_SIZE,
		  VALUES({ "COMPARISON", least ? "<=" : "==" },
			 { "MISFIT", least ? "above" : "not" }));
	if (p->type->align && !p->type->reserve && !p->type->flexible)
		pen_print(p, TEMPLATE_CHECK_ROUNDED, NULL);
	if (p->type->flexible) {
		const struct template_value *own =
			VALUES({ "ARRAY", header_flexible(p->type, p->layout)->path });

		pen_print(p, TEMPLATE_CHECK_ELEMENTS, own);
		if (!p->type->reserve)
			pen_print(p, TEMPLATE_CHECK_NO_MORE, own);
	}
}

static void print_assertions(const struct pen *p)
{
	const struct words *offsets = p->type->offsets, *exposed = p->type->exposed;

	pen_print(p, TEMPLATE_CHECK,
		  VALUES({ "EXTENSION", p->type->flexible ? "__extension__ " : "" }));
	print_size_assertions(p);
	print_align_assertions(p);
	pen_print(p, TEMPLATE_CHECK_SHADOW, NULL);
	for (size_t i = 0; i < offsets->n; i++)
		print_offset_assertions(p, offsets->v[i]);
	for (size_t i = 0; i < exposed->n; i++)
		pen_print(p, TEMPLATE_CHECK_EXPOSED, VALUES({ "NAME", exposed->v[i] }));
	if (p->header->guard)
		pen_print(p, TEMPLATE_CHECK_GUARD, NULL);
	fputs("\n\n", p->out);
}

void print_check(const struct pen *p)
{
	if (p->header->neutral) {
		pen_print(p, TEMPLATE_UNCHECKED, NULL);
		return;
	}
	pen_print(p, TEMPLATE_CHECK_COMMENT,
		  VALUES({ "GUARD", p->header->guard ? " It defines the guard." : "" }));
	pen_print(p, TEMPLATE_ASSERT, NULL);
	if (p->type->offsets->n + p->type->exposed->n > 0 || p->type->flexible)
		pen_print(p, TEMPLATE_OFFSETOF, NULL);
	print_assertions(p);
}

void print_guard(const struct pen *p)
{
	if (p->header->guard)
		pen_print(p, TEMPLATE_GUARD, NULL);
}
