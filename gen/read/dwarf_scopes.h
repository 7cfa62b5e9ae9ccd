/* SPDX-License-Identifier: MIT */
/* Where the namespaces, records and enumerations of a unit begin and end: DIEs do not say what they
 * stand in. */
#ifndef GEN_DWARF_SCOPES_H
#define GEN_DWARF_SCOPES_H

#include <elfutils/libdw.h>

struct scopes;

struct scopes *scopes_find(Dwarf_Die *root);
void scopes_free(struct scopes *s);
/* The innermost around a DIE, or false. */
bool scopes_around(const struct scopes *s, const Dwarf_Die *die, Dwarf_Die *scope);

#endif
