/* SPDX-License-Identifier: MIT */
/* How the types of DIEs are called: "net::conn" of a C++ class, "conn" of a struct of C. */
#ifndef GEN_DWARF_NAMES_H
#define GEN_DWARF_NAMES_H

#include "model/layout.h"
#include "read/dwarf_facts.h"

enum name_match {
	NAME_DIFFERS,
	NAME_FITS_HIDDEN, /* but for an anonymous namespace: no other unit can mean it */
	NAME_FITS,
};

bool kind_of_die(const struct fact_die *die, enum layout_kind *kind); /* false: of no kind */
char *die_full_name(const struct fact_die *die);		      /* the caller frees it */
/* Inline namespaces may be left out, and anonymous ones. */
enum name_match die_is_called(const struct fact_die *die, const char *name);
bool dies_have_one_name(const struct fact_die *a, const struct fact_die *b);
const char *name_last(const char *name); /* "conn" of "net::conn" */
/* As a user asks for it: "struct conn", "conn_t". The caller frees it. */
char *name_spelled(enum layout_kind kind, const char *name);
/* The same of a DIE; of one that is no type to ask for it is a typedef's. */
char *die_spelled_name(const struct fact_die *die);

#endif
