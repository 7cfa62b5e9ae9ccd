/* SPDX-License-Identifier: MIT */
#include "read/dwarf_walk.h"

#include "base/text.h"
#include "read/dwarf_file.h"
#include "read/dwarf_hits.h"
#include "read/dwarf_language.h"
#include "read/dwarf_names.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { DEEPEST = 500 };

/* The walk through one file's units. */
struct units {
	struct walk *w;
	const struct walk_part *part;
	struct copier copier;
	struct facts names; /* room to make names in */
	struct hits hits;   /* where the names of a find stand */
	char *wrong;
};

static bool is_named(int tag)
{
	return tag == DW_TAG_structure_type || tag == DW_TAG_class_type ||
	       tag == DW_TAG_union_type || tag == DW_TAG_typedef;
}

static bool is_type(int tag)
{
	return is_named(tag) || tag == DW_TAG_base_type || tag == DW_TAG_enumeration_type ||
	       tag == DW_TAG_pointer_type || tag == DW_TAG_array_type;
}

static bool is_scope(int tag)
{
	return tag == DW_TAG_namespace || tag == DW_TAG_module ||
	       (is_named(tag) && tag != DW_TAG_typedef);
}

/* Can types that have a name stand in it? */
static bool may_hold_types(int tag)
{
	switch (tag) {
	case DW_TAG_array_type:
	case DW_TAG_enumeration_type:
	case DW_TAG_subroutine_type:
	case DW_TAG_call_site:
	case DW_TAG_GNU_call_site:
		return false;
	default:
		return true;
	}
}

static bool has_flag(Dwarf_Die *die, unsigned attribute)
{
	Dwarf_Attribute attr;
	bool value = false;

	return dwarf_formflag(dwarf_attr(die, attribute, &attr), &value) == 0 && value;
}

/* ---- batches: a list is delivered unit by unit ---- */

static void start_batch(struct units *u, struct facts *f)
{
	u->copier.f = f;
	u->copier.object = facts_object(f, u->part->label, u->part->input);
	u->part->describe(u->part->elf, u->copier.object);
	copier_start(&u->copier);
}

static void end_batch(struct units *u)
{
	copier_end(&u->copier);
	if (u->copier.wrong && !u->wrong)
		u->wrong = text_copy(u->copier.wrong);
	if (u->w->request->op == FACT_LIST && !u->wrong)
		u->w->take(u->w->arg, u->w->f);
	if (u->w->request->op == FACT_LIST)
		facts_forget(u->w->f);
	facts_forget(&u->names);
}

/* ---- DIEs ---- */

static void add_name(struct units *u, Dwarf_Die *die, uint64_t scope)
{
	enum layout_kind kind;
	const struct fact_die *fact;
	static const char *const kinds[] = { "struct", "union", "typedef" };
	char *name;

	if (has_flag(die, DW_AT_declaration) ||
	    !looks_add(&u->w->looks,
		       look_text(scope + (uint64_t)dwarf_tag(die), dwarf_diename(die))))
		return;
	fact = copy_name(&u->copier, die);
	name = die_full_name(fact);
	if (kind_of_die(fact, &kind))
		facts_name(u->w->f, kinds[kind], name);
	free(name);
}

static void take_named(struct units *u, Dwarf_Die *die, uint64_t scope)
{
	const char *name = dwarf_diename(die);

	if (!name || !name[0])
		return;
	switch (u->w->request->op) {
	case FACT_FIND:
		if (words_have(&u->w->request->names, name) &&
		    looks_add(&u->w->looks, look_of(scope, die)))
			copy_found(&u->copier, die);
		break;
	case FACT_LIST:
		if (!has_flag(die, DW_AT_declaration) &&
		    looks_add(&u->w->looks, look_quickly(scope, die)))
			copy_found(&u->copier, die);
		break;
	case FACT_NAMES:
	default:
		add_name(u, die, scope);
	}
}

static void say_unknown_abbreviation(struct units *u, const Dwarf_Die *die)
{
	const unsigned char *at = die->addr;
	unsigned long code = 0;

	for (unsigned shift = 0; shift < 63; shift += 7, at++) {
		code |= (unsigned long)(*at & 0x7f) << shift;
		if (*at < 0x80)
			break;
	}
	u->wrong = text_format("a DIE has the unknown abbreviation %lu", code);
}

static void walk_children(struct units *u, Dwarf_Die *die, uint64_t scope, int depth);

static void walk_die(struct units *u, Dwarf_Die *die, uint64_t scope, int depth)
{
	int tag = dwarf_tag(die);

	if (is_type(tag))
		u->w->f->has_types = true;
	if (is_named(tag))
		take_named(u, die, scope);
	if (dwarf_haschildren(die) <= 0 || !may_hold_types(tag))
		return;
	if (is_scope(tag))
		scope = look_text(scope, dwarf_diename(die) ? dwarf_diename(die) : "");
	walk_children(u, die, scope, depth + 1);
}

static void walk_children(struct units *u, Dwarf_Die *die, uint64_t scope, int depth)
{
	Dwarf_Die child;
	int more = dwarf_child(die, &child);

	if (depth > DEEPEST) {
		u->wrong = text_copy("types of its DWARF nest too deeply, or in a circle");
		return;
	}
	for (; more == 0 && !u->wrong && !u->copier.wrong; more = dwarf_siblingof(&child, &child)) {
		if (dwarf_tag(&child) == DW_TAG_invalid)
			say_unknown_abbreviation(u, &child);
		else
			walk_die(u, &child, scope, depth);
	}
	if (more < 0 && !u->wrong)
		u->wrong = text_copy("a DIE reaches beyond its unit");
}

/* ---- units ---- */

/* What stands in the header of a unit at some place of its section. */
struct header {
	const unsigned char *data;
	size_t at, len;
	bool big;
};

static uint64_t number_at(const struct header *h, size_t at, size_t size)
{
	uint64_t value = 0;

	for (size_t i = 0; i < size; i++)
		value = value << 8 | h->data[at + (h->big ? i : size - 1 - i)];
	return value;
}

/* Where the next unit is; 0: this one is wrong, and u->wrong says why. */
static size_t check_header(struct units *u, const struct header *h)
{
	enum { SHORT = 12, LONGEST_HEADER = 24 };
	bool wide = h->len - h->at >= LONGEST_HEADER && number_at(h, h->at, 4) == UINT32_MAX;
	size_t start = h->at + (wide ? 12 : 4), offset = wide ? 8 : 4, address_at;
	uint64_t length, version;

	if (h->len - h->at < SHORT) {
		u->wrong = text_copy("a unit of its DWARF is cut off");
		return 0;
	}
	length = number_at(h, h->at + (wide ? 4 : 0), offset);
	if (length > h->len - start || length < offset + 3) {
		u->wrong = text_copy("a unit of its DWARF is cut off");
		return 0;
	}
	version = number_at(h, start, 2);
	if (version < 2 || version > 5) {
		u->wrong = text_format("a unit says that it is DWARF %u", (unsigned)version);
		return 0;
	}
	address_at = start + (version == 5 ? 3 : 2 + offset);
	if (!strchr("\1\2\3\4\b", h->data[address_at]) || !h->data[address_at]) {
		u->wrong = text_format("a unit says that an address has %u bytes",
				       h->data[address_at]);
		return 0;
	}
	return start + length;
}

/* libdw passes over some units that are wrong, and does not say what is wrong with others. */
static bool check_headers(struct units *u)
{
	static const char *const names[] = { ".debug_info", ".debug_types", ".debug_info.dwo",
					     ".debug_types.dwo" };
	Elf *elf = dwarf_getelf(u->part->dwarf);
	const char *data;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct header h = { .big = elf_getident(elf, NULL)[EI_DATA] == ELFDATA2MSB };

		if (!elf_section_bytes(elf, names[i], &data, &h.len))
			continue;
		h.data = (const unsigned char *)data;
		while (h.at < h.len && !u->wrong) {
			bool padding = true;

			for (size_t k = h.at; k < h.len && k < h.at + 12; k++)
				padding = padding && h.data[k] == 0;
			h.at = padding ? h.len : check_header(u, &h);
		}
	}
	return !u->wrong;
}

bool walk_is_skeleton(Dwarf_Die *root)
{
	return dwarf_hasattr(root, DW_AT_dwo_name) || dwarf_hasattr(root, DW_AT_GNU_dwo_name);
}

static void take_hits(struct units *u, Dwarf_Die *root, size_t first, size_t n)
{
	for (size_t i = first; i < first + n && !u->copier.wrong; i++) {
		Dwarf_Die die;
		uint64_t look;

		if (!hits_die(u->part->dwarf, root, u->hits.v[i], &die))
			continue;
		look = look_of(LOOK_START, &die);
		if (!looks_have(&u->w->looks, look) && hits_is_die(root, &die)) {
			looks_add(&u->w->looks, look);
			copy_found(&u->copier, &die);
		}
	}
}

/* Where names stand in a unit; true: there is no need to walk through it. C has no scopes. */
static bool find_by_hits(struct units *u, Dwarf_Die *root)
{
	size_t first, n;
	int language = dwarf_srclang(root);

	if (!u->hits.known)
		return false;
	n = hits_in_unit(&u->hits, root, &first);
	if (n == 0)
		return true;
	if (language <= 0 || !language_is_c((unsigned)language) || !hits_lead_to_dies(root))
		return false;
	take_hits(u, root, first, n);
	return true;
}

static void walk_unit(struct units *u, Dwarf_Die *root)
{
	bool alone = u->w->request->op != FACT_FIND;

	if (dwarf_tag(root) == DW_TAG_invalid) {
		say_unknown_abbreviation(u, root);
		return;
	}
	if (find_by_hits(u, root))
		return;
	if (alone)
		start_batch(u, u->w->request->op == FACT_LIST ? u->w->f : &u->names);
	walk_children(u, root, LOOK_START, 0);
	if (alone)
		end_batch(u);
}

/* Of a mapped file, what need not stay in memory: it comes back when it is read again. */
static void give_back(const struct units *u, const char *start, const char *end)
{
	size_t len, page = (size_t)sysconf(_SC_PAGESIZE);
	const char *file = elf_rawfile(u->part->elf, &len);

	if (!file || start < file || end > file + len)
		return;
	start = file + (size_t)(start - file) / page * page;
	if (end > start)
		madvise((void *)start, (size_t)(end - start), MADV_DONTNEED);
}

void walk_units(struct walk *w, const struct walk_part *part)
{
	const char *start = NULL;
	struct units u = { .w = w,
			   .part = part,
			   .copier = { .owner = part->owner, .skeleton = part->skeleton } };
	Dwarf_CU *cu = NULL;
	Dwarf_Die root;
	int more;

	if (w->request->op == FACT_FIND) {
		hits_find(&u.hits, part->dwarf, &w->request->names);
		start_batch(&u, w->f);
	}
	more = check_headers(&u) ? 0 : 1;
	while (more == 0 && !u.wrong) {
		more = dwarf_get_units(part->dwarf, cu, &cu, NULL, NULL, &root, NULL);
		if (more != 0)
			continue;
		if (start)
			give_back(&u, start, root.addr);
		start = root.addr;
		walk_unit(&u, &root);
	}
	if (more < 0 && !u.wrong)
		u.wrong = text_copy("a unit of its DWARF is cut off");
	if (w->request->op == FACT_FIND) {
		end_batch(&u);
		looks_free(&w->looks);
	}
	if (w->request->op == FACT_NAMES) {
		u.copier.f = w->f;
		u.copier.object = facts_object(w->f, part->label, part->input);
		part->describe(part->elf, u.copier.object);
		copy_producers(&u.copier);
	}
	if (u.wrong)
		facts_error(w->f, FACT_CORRUPT, part->label, "corrupt: %s", u.wrong);
	facts_free(&u.names);
	hits_free(&u.hits);
	free(u.copier.wrong);
	free(u.wrong);
}

void walk_end(struct walk *w)
{
	looks_free(&w->looks);
}
