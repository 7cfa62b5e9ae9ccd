/* SPDX-License-Identifier: MIT */
/*
 * Where the base classes of C++ classes lie. libclang has no function for that before version 20,
 * but it knows the values of enumerators: the source is parsed once more with one for each base at
 * its end, whose value is how far a pointer moves when it is converted to that base.
 */
#ifndef GEN_CLANG_BASES_H
#define GEN_CLANG_BASES_H

#include "read/clang_unit.h"

/* A base that is not virtual: of one class, at one place in it. */
struct base_place {
	char *derived, *base;		  /* the classes' USRs */
	char *derived_words, *base_words; /* and as the source may write them */
	uint64_t offset;
	bool known;
};

/* A class, and whether its bytes are all that a copy of it takes. */
struct class_copy {
	char *usr;
	char *words; /* as the source may write it: "struct conn" */
	bool by_bytes;
};

struct bases {
	struct class_copy *copies;
	size_t n_copies;
	struct base_place *v;
	size_t n;
	struct words seen; /* classes, by their USRs */
};

/* A class, and all bases that there are in it, in its bases and in its members. */
void bases_add_class(struct bases *b, CXType record);
/* Ask for the places of all, and of copies. Those that nothing is said of stay unknown. */
void bases_place(struct bases *b, const struct unit *u, const struct read_request *request);
/* Where a base lies in a class, in bytes; false: nobody knows. */
bool bases_find(const struct bases *b, CXType derived, CXType base, uint64_t *offset);
/* Does a copy of the class take more than its bytes, as one with a std::string does? */
bool bases_forbid_copy(const struct bases *b, CXType record);
void bases_free(struct bases *b);

/* For each base of a record in order; of a template's instance libclang shows none. */
typedef void base_function(void *context, CXType base, bool is_virtual);
void bases_visit(CXType record, base_function *function, void *context);
/* Has it virtual functions or virtual bases, or has one of its bases? */
bool is_dynamic(CXType record);
/* Is there anything of it in what derives from it? An empty class takes no room there. */
bool is_empty_class(CXType record);
bool has_virtual_base(CXType record);

#endif
