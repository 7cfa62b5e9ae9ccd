/* SPDX-License-Identifier: MIT */
#include "read/dwarf_look.h"

#include "base/text.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 20 };

/* FNV-1a, eight bytes at a time, with the high half folded in. */
static uint64_t mix(uint64_t look, uint64_t value)
{
	look = (look ^ value) * 0x100000001b3U;
	return look ^ look >> 29;
}

static uint64_t mix_bytes(uint64_t look, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		look = mix(look, (unsigned char)bytes[i]);
	return mix(look, len);
}

uint64_t look_text(uint64_t look, const char *text)
{
	return mix_bytes(look, text, strlen(text));
}

struct glance {
	uint64_t look;
	bool whole; /* not only what a list asks for */
	bool has_name;
	Dwarf_Attribute type;
};

static bool counts(const struct glance *g, unsigned attribute)
{
	switch (attribute) {
	case DW_AT_name:
	case DW_AT_byte_size:
		return true;
	case DW_AT_decl_line:
		return !g->whole;
	case DW_AT_bit_size:
	case DW_AT_bit_offset:
	case DW_AT_data_bit_offset:
	case DW_AT_data_member_location:
	case DW_AT_alignment:
	case DW_AT_upper_bound:
	case DW_AT_lower_bound:
	case DW_AT_count:
	case DW_AT_declaration:
	case DW_AT_signature:
		return g->whole;
	default:
		return false;
	}
}

static int take(Dwarf_Attribute *attr, void *arg)
{
	struct glance *g = arg;
	unsigned what = dwarf_whatattr(attr);
	Dwarf_Word value;
	Dwarf_Sword negative;
	Dwarf_Block block;
	const char *text;

	if (what == DW_AT_type)
		g->type = *attr;
	if (!counts(g, what))
		return DWARF_CB_OK;
	g->look = mix(g->look, what);
	g->has_name = g->has_name || what == DW_AT_name;
	if (what == DW_AT_name && (text = dwarf_formstring(attr)) != NULL)
		g->look = look_text(g->look, text);
	else if (dwarf_formudata(attr, &value) == 0)
		g->look = mix(g->look, value);
	else if (dwarf_formsdata(attr, &negative) == 0)
		g->look = mix(g->look, (uint64_t)negative);
	else if (dwarf_formblock(attr, &block) == 0)
		g->look = mix_bytes(g->look, (const char *)block.data, block.length);
	return DWARF_CB_OK;
}

static uint64_t glance(uint64_t look, Dwarf_Die *die, int depth);

static uint64_t glance_at_children(uint64_t look, Dwarf_Die *die, int depth)
{
	Dwarf_Die child;

	for (int more = dwarf_child(die, &child); more == 0;
	     more = dwarf_siblingof(&child, &child)) {
		int tag = dwarf_tag(&child);

		if (tag == DW_TAG_member || tag == DW_TAG_inheritance ||
		    tag == DW_TAG_subrange_type)
			look = glance(look, &child, depth + 1);
		if (tag == DW_TAG_invalid)
			break;
	}
	return mix(look, 0);
}

/* An anonymous member looks like its type; so does what another type is made of. */
static bool looks_like_its_type(int tag, const struct glance *g)
{
	switch (tag) {
	case DW_TAG_typedef:
	case DW_TAG_array_type:
	case DW_TAG_const_type:
	case DW_TAG_volatile_type:
	case DW_TAG_atomic_type:
		return true;
	case DW_TAG_member:
		return !g->has_name;
	default:
		return false;
	}
}

static uint64_t glance(uint64_t look, Dwarf_Die *die, int depth)
{
	struct glance g = { .look = look, .whole = true };
	int tag = dwarf_tag(die);
	Dwarf_Die type;

	g.look = mix(g.look, (uint64_t)tag);
	dwarf_getattrs(die, take, &g, 0);
	if (tag == DW_TAG_structure_type || tag == DW_TAG_class_type || tag == DW_TAG_union_type ||
	    tag == DW_TAG_array_type)
		g.look = glance_at_children(g.look, die, depth);
	if (looks_like_its_type(tag, &g) && depth < DEEPEST && g.type.valp &&
	    dwarf_formref_die(&g.type, &type))
		g.look = glance(g.look, &type, depth + 1);
	return g.look;
}

uint64_t look_of(uint64_t scope, Dwarf_Die *die)
{
	return glance(scope, die, 0);
}

uint64_t look_quickly(uint64_t scope, Dwarf_Die *die)
{
	struct glance g = { .look = mix(scope, (uint64_t)dwarf_tag(die)) };

	dwarf_getattrs(die, take, &g, 0);
	return g.look;
}

/* ---- looks that have been seen ---- */

static void grow(struct looks *l)
{
	struct looks old = *l;

	l->room = old.room ? 2 * old.room : 1024;
	l->v = text_alloc(l->room, sizeof(*l->v));
	l->n = 0;
	for (size_t i = 0; i < old.room; i++)
		if (old.v[i])
			looks_add(l, old.v[i]);
	free(old.v);
}

bool looks_add(struct looks *l, uint64_t look)
{
	size_t at;

	look += look == 0;
	if (2 * (l->n + 1) > l->room)
		grow(l);
	for (at = look & (l->room - 1); l->v[at]; at = (at + 1) & (l->room - 1))
		if (l->v[at] == look)
			return false;
	l->v[at] = look;
	l->n++;
	return true;
}

bool looks_have(const struct looks *l, uint64_t look)
{
	look += look == 0;
	for (size_t at = look & (l->room - 1); l->room && l->v[at]; at = (at + 1) & (l->room - 1))
		if (l->v[at] == look)
			return true;
	return false;
}

void looks_free(struct looks *l)
{
	free(l->v);
	*l = (struct looks){ 0 };
}
