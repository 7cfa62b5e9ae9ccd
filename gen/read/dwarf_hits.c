/* SPDX-License-Identifier: MIT */
#include "read/dwarf_hits.h"

#include "base/text.h"
#include "read/dwarf_file.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

enum { FEW = 24, LONGEST_CODE = 3 };

struct span {
	const char *start, *end;
};

static bool section(Dwarf *dwarf, const char *name, struct span *s)
{
	size_t len;

	if (!elf_section_bytes(dwarf_getelf(dwarf), name, &s->start, &len))
		return false;
	s->end = s->start + len;
	return true;
}

static void add(struct hits *h, const char *at)
{
	if ((h->n & (h->n - 1)) == 0)
		h->v = text_resize(h->v, h->n ? 2 * h->n : 1, sizeof(*h->v));
	h->v[h->n++] = at;
}

static void add_all(struct hits *h, const struct span *in, const void *what, size_t len)
{
	const char *at = in->start;

	while ((at = memmem(at, (size_t)(in->end - at), what, len)) != NULL)
		add(h, at++);
}

/* A name may also be the tail of a longer one, as linkers store it. */
static void add_offsets(struct hits *h, const struct span *info, const struct span *str,
			const struct words *names, bool big)
{
	struct hits places = { .known = true };

	for (size_t i = 0; i < names->n; i++)
		add_all(&places, str, names->v[i], strlen(names->v[i]) + 1);
	h->known = h->known && places.n <= FEW;
	for (size_t i = 0; i < places.n && h->known; i++) {
		uint32_t offset = (uint32_t)(places.v[i] - str->start);
		unsigned char bytes[sizeof(offset)];

		for (size_t k = 0; k < sizeof(bytes); k++)
			bytes[big ? sizeof(bytes) - 1 - k : k] = (unsigned char)(offset >> 8 * k);
		add_all(h, info, bytes, sizeof(bytes));
	}
	hits_free(&places);
}

static int compare(const void *a, const void *b)
{
	const char *x = *(const char *const *)a, *y = *(const char *const *)b;

	return x < y ? -1 : x > y;
}

void hits_find(struct hits *h, Dwarf *dwarf, const struct words *names)
{
	Elf *elf = dwarf_getelf(dwarf);
	bool big = elf_getident(elf, NULL)[EI_DATA] == ELFDATA2MSB;
	struct span info, str = { NULL, NULL };

	/* By an index of strings, or in the file that dwz shares. */
	h->known = !elf_has_section(elf, ".debug_str_offsets") &&
		   !elf_has_section(elf, ".gnu_debugaltlink") &&
		   !elf_has_section(elf, ".debug_sup") && !elf_has_section(elf, ".debug_types") &&
		   section(dwarf, ".debug_info", &info);
	if (!h->known)
		return;
	section(dwarf, ".debug_str", &str);
	if (str.start)
		add_offsets(h, &info, &str, names, big);
	for (size_t i = 0; i < names->n; i++)
		add_all(h, &info, names->v[i], strlen(names->v[i]) + 1);
	if (h->n)
		qsort(h->v, h->n, sizeof(*h->v), compare);
}

void hits_free(struct hits *h)
{
	free(h->v);
	*h = (struct hits){ 0 };
}

static size_t before(const struct hits *h, const char *at)
{
	size_t low = 0, high = h->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (h->v[middle] < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t hits_in_unit(const struct hits *h, Dwarf_Die *root, size_t *first)
{
	Dwarf_Off start = dwarf_dieoffset(root) - dwarf_cuoffset(root), next = 0;
	const char *unit = (const char *)root->addr - dwarf_cuoffset(root);

	*first = before(h, unit);
	if (dwarf_next_unit(dwarf_cu_getdwarf(root->cu), start, &next, NULL, NULL, NULL, NULL, NULL,
			    NULL, NULL) != 0)
		return h->n - *first;
	return before(h, unit + (next - start)) - *first;
}

/* ---- from a name to its DIE ---- */

static bool is_named(unsigned tag)
{
	return tag == DW_TAG_structure_type || tag == DW_TAG_class_type ||
	       tag == DW_TAG_union_type || tag == DW_TAG_typedef;
}

/* Nothing before the name, or no name. */
static bool starts_with_name(Dwarf_Abbrev *abbrev)
{
	unsigned name, form;

	for (size_t i = 0; dwarf_getabbrevattr(abbrev, i, &name, &form, NULL) == 0; i++)
		if (name == DW_AT_name)
			return i == 0;
	return true;
}

bool hits_lead_to_dies(Dwarf_Die *root)
{
	Dwarf_Off offset = 0;
	size_t length;

	for (;; offset += length) {
		Dwarf_Abbrev *abbrev = dwarf_getabbrev(root, offset, &length);

		if (abbrev == DWARF_END_ABBREV)
			return true;
		if (!abbrev)
			return false;
		if (is_named(dwarf_getabbrevtag(abbrev)) && !starts_with_name(abbrev))
			return false;
	}
}

/* Walk down to it, passing over whole subtrees. */
bool hits_is_die(Dwarf_Die *root, const Dwarf_Die *die)
{
	const char *target = die->addr;
	Dwarf_Die child, next;
	int more = dwarf_child(root, &child);

	while (more == 0 && (const char *)child.addr < target) {
		more = dwarf_siblingof(&child, &next);
		if (more == 0 && (const char *)next.addr <= target)
			child = next;
		else
			more = dwarf_child(&child, &child);
	}
	return more == 0 && (const char *)child.addr == target;
}

bool hits_die(Dwarf *dwarf, Dwarf_Die *root, const char *hit, Dwarf_Die *die)
{
	Dwarf_Attribute attr;

	for (int length = 1; length <= LONGEST_CODE; length++) {
		const char *at = hit - length;

		if (at <= (const char *)root->addr)
			return false;
		if (dwarf_offdie(dwarf,
				 dwarf_dieoffset(root) + (Dwarf_Off)(at - (const char *)root->addr),
				 die) &&
		    is_named((unsigned)dwarf_tag(die)) && dwarf_attr(die, DW_AT_name, &attr) &&
		    (const char *)attr.valp == hit)
			return true;
	}
	return false;
}
