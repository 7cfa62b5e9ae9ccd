/* SPDX-License-Identifier: MIT */
/* What there is of a name in the facts. */
#ifndef GEN_DWARF_SEARCH_H
#define GEN_DWARF_SEARCH_H

#include "model/layout.h"
#include "read/dwarf_describe.h"

struct definition {
	struct fact_die *die;
	char *shape;
	bool hidden; /* in an anonymous namespace */
};

struct search {
	struct type_name wanted;	/* the asker's */
	struct definition *definitions; /* all different */
	size_t n_definitions;
	struct fact_die *opaque; /* a typedef of a record that is only declared in its unit */
	struct fact_die *declaration;
};

/* One for each compiler that may have made a type: a unit that others share does not say which. */
struct candidates {
	struct types *v;
	size_t n;
};

struct candidates candidates_of(const struct fact_die *die);
void candidates_free(struct candidates *c);
/* A language that is not known to follow C's rules, among those that it may be of; 0: none. */
unsigned foreign_language(const struct fact_die *die);

/* Takes those found that stand in one group of the inputs. False: *wrong says what makes no sense
 * in the object *in. */
struct group {
	const size_t *of_input; /* each input's */
	size_t number;
};
bool search_all(const struct facts *f, const struct group *group, struct search *searches, size_t n,
		const struct fact_object **in, char **wrong);
void search_free(struct search *s);

#endif
