/* SPDX-License-Identifier: MIT */
/*
 * Headers that other runs of gen-opaque make. A source may include them before they are there, so
 * that sources can hold each other's shadows and be built in any order. Stand-ins take their place;
 * where the source has the private type, with its numbers, else with numbers that are made up. A
 * layout that changes with these depends on the header, which then has to be made first.
 */
#ifndef GEN_PENDING_H
#define GEN_PENDING_H

#include "base/diag.h"
#include "base/words.h"
#include "model/layout.h"
#include "read/reader.h"

struct pending_header {
	char *name;	     /* as the source includes it: "lib/conn_opaque.h" */
	char *base;	     /* of the names in it: "conn" */
	char *path;	     /* where its stand-in is */
	char *text;	     /* of that */
	struct layout shape; /* of the private type, as the text has it */
	bool is_known;	     /* the source has the type */
	bool is_made;	     /* the type is asked for: this is the header that is being made */
};

struct pending {
	struct pending_header *v;
	size_t n;
};

enum made_up { FIRST_NUMBERS, OTHER_NUMBERS };

/* Did gen-opaque make this file, by its name and its first lines? */
bool pending_is_made_file(const char *path);
/*
 * Those that errors say are missing, where their names are of gen-opaque's kind. True: there was a
 * new one.
 */
bool pending_add_missing(struct pending *p, const struct diags *errors, const char *input);
/* One that is there, at this path; the last n can be taken away again. */
void pending_add_file(struct pending *p, const char *path);
void pending_drop(struct pending *p, size_t n);
/* Which of the private types are among these? */
void pending_find_types(struct pending *p, const struct layouts *layouts);
/* Texts with the numbers of the known types in these layouts. */
void pending_take_numbers(struct pending *p, const struct layouts *layouts);
/* Other numbers for header i, unless its own are found. */
void pending_make_up(struct pending *p, size_t i, enum made_up numbers);
size_t pending_stand_ins(const struct pending *p, struct stand_in *stand_ins);
/* The stand-in that a path belongs to; NULL: none. */
const struct pending_header *pending_at(const struct pending *p, const char *path);
/* The types that are known and not asked for, for a reader: names are not copied. */
size_t pending_known_types(const struct pending *p, struct type_name *types);
void pending_free(struct pending *p);

#endif
