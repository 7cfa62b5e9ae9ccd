/* SPDX-License-Identifier: MIT */
/*
 * Engine one: where names stand in the bytes of DWARF, so that most units need not be read.
 *
 * A DIE names its type by an offset into .debug_str, or inline. The places where that offset stands
 * in .debug_info, found by a search through its bytes, are the only ones where the name can be.
 */
#ifndef GEN_DWARF_HITS_H
#define GEN_DWARF_HITS_H

#include "base/words.h"

#include <elfutils/libdw.h>

struct hits {
	bool known; /* false: names may be stored in other ways, and all units have to be read */
	const char **v; /* sorted */
	size_t n;
};

void hits_find(struct hits *h, Dwarf *dwarf, const struct words *names);
void hits_free(struct hits *h);
/* Those in the unit of a root: the first, and how many. */
size_t hits_in_unit(const struct hits *h, Dwarf_Die *root, size_t *first);
/* Does every DIE of a type that has a name start with it, in this unit? Then hits_die() finds all.
 */
bool hits_lead_to_dies(Dwarf_Die *root);
/* What seems to be a type that has its name there; false: something else has, or nothing. */
bool hits_die(Dwarf *dwarf, Dwarf_Die *root, const char *hit, Dwarf_Die *die);
/* Is it one for sure, and not other bytes that look like it? */
bool hits_is_die(Dwarf_Die *root, const Dwarf_Die *die);

#endif
