/* SPDX-License-Identifier: MIT */
#include "write/header_parts.h"

#include "base/text.h"

#include <stdlib.h>

void pen_open(struct pen *p, FILE *out, const struct header *h, size_t target, size_t type)
{
	const struct layout *l = header_layout(h, target, type);

	*p = (struct pen){ .out = out,
			   .header = h,
			   .type = &h->types[type],
			   .layout = l,
			   .index = type,
			   .base = h->types[type].base,
			   .upper = text_upper(h->types[type].base),
			   .spelling = layout_spelling(l),
			   .shadow = h->types[type].shadow.tag
					     ? text_copy(h->types[type].shadow.tag)
					     : text_format("struct %s_opaque", h->types[type].base),
			   .member = h->types[type].shadow.member ? h->types[type].shadow.member
								  : "opaque",
			   .pointee = l->declared ? l->declared : "void" };
}

void pen_close(struct pen *p)
{
	free(p->upper);
	free(p->spelling);
	free(p->shadow);
}

void pen_print(const struct pen *p, enum header_template which, const struct template_value *own)
{
	const struct template_value shared[] = {
		{ "BASE", p->base },	     { "UPPER", p->upper },   { "TYPE", p->spelling },
		{ "SHADOW", p->shadow },     { "MEMBER", p->member }, { "POINTEE", p->pointee },
		{ "FILE", p->header->file }, { NULL, NULL },
	};

	template_print(p->out, header_templates[which], own, shared);
}

const struct flexible_array *header_flexible(const struct header_type *type, const struct layout *l)
{
	if (!type->flexible)
		return NULL;
	if (type->flexible[0])
		return layout_find_flexible(l, type->flexible);
	return l->n_flexible == 1 ? &l->flexible[0] : NULL;
}

bool header_has_floors(const struct header *h)
{
	for (size_t i = 0; i < h->n_types; i++) {
		const struct header_type *t = &h->types[i];

		if (!t->reserve || !t->align || t->flexible || t->offsets->n || t->exposed->n)
			return false;
	}
	return true;
}

/* The elements may begin in the type's padding. */
uint64_t header_need(const struct header_type *type, const struct layout *l)
{
	const struct flexible_array *array = header_flexible(type, l);
	uint64_t end, need;

	if (!array)
		return l->size;
	if (__builtin_mul_overflow(type->elements, array->element, &end) ||
	    __builtin_add_overflow(end, array->offset, &end) ||
	    __builtin_add_overflow(end, l->align - 1, &need) || need > INT64_MAX)
		return 0;
	need -= need % l->align;
	return need > l->size ? need : l->size;
}

uint64_t header_align(const struct header_type *type, const struct layout *l)
{
	return type->align ? type->align : l->align;
}

uint64_t header_room(const struct header_type *type, const struct layout *l)
{
	uint64_t need = header_need(type, l), align = header_align(type, l);

	return type->reserve ? type->reserve : (need + align - 1) / align * align;
}

bool layout_is_open(const struct layout *l)
{
	return l->align_low < l->align;
}
