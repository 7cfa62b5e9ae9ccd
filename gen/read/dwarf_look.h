/* SPDX-License-Identifier: MIT */
/* What a definition looks like at a glance. A program defines a type of a common header in each of
 * its units: those that look alike are copied once. */
#ifndef GEN_DWARF_LOOK_H
#define GEN_DWARF_LOOK_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOOK_START ((uint64_t)0xcbf29ce484222325)

uint64_t look_text(uint64_t look, const char *text);
/* Its tag, name and size, and the names and places of its members. */
uint64_t look_of(uint64_t scope, Dwarf_Die *die);
/* Its tag, name, size and line: enough for a list. */
uint64_t look_quickly(uint64_t scope, Dwarf_Die *die);

/* Looks that have been seen. */
struct looks {
	uint64_t *v; /* a hash table; 0: empty */
	size_t n, room;
};

bool looks_add(struct looks *l, uint64_t look); /* false: it was there */
bool looks_have(const struct looks *l, uint64_t look);
void looks_free(struct looks *l);

#endif
