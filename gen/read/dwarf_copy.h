/* SPDX-License-Identifier: MIT */
/* Engine one: DIEs of libdw become facts. */
#ifndef GEN_DWARF_COPY_H
#define GEN_DWARF_COPY_H

#include "read/dwarf_facts.h"

#include <elfutils/libdw.h>

struct copied; /* which DIEs have been copied */

/* Of one object. */
struct copier {
	struct facts *f;
	struct fact_object *object; /* as it is delivered; a new one for each batch */
	Dwarf *owner;		    /* whose compile units tell who made what is in it */
	Dwarf_Die *skeleton;	    /* which has the line table of a split unit; or NULL */
	struct copied *copied;
	char *wrong;
};

void copier_start(struct copier *c);
void copier_end(struct copier *c); /* forgets what has been copied; wrong stays */
/* Copy a DIE that was found, and all that it leads to. */
void copy_found(struct copier *c, Dwarf_Die *die);
/* The same without members: enough for a name. */
struct fact_die *copy_name(struct copier *c, Dwarf_Die *die);
void copy_producers(struct copier *c); /* of all compile units of the owner */

#endif
