/* SPDX-License-Identifier: MIT */
/*
 * THE model. Every reader fills, and every writer prints, a struct layout; readers and writers know
 * nothing of each other.
 *
 * Sizes, offsets and alignments are in bytes unless a name says bits. Alignment is always that of
 * the type's place as a member, offsetof(struct { char c; T t; }, t).
 *
 * A layout owns all its strings and lists; layout_release() frees them.
 */
#ifndef GEN_LAYOUT_H
#define GEN_LAYOUT_H

#include "base/text.h"
#include "base/words.h"

#include <stdbool.h>
#include <stdint.h>

enum layout_kind {
	LAYOUT_STRUCT,
	LAYOUT_UNION,
	LAYOUT_TYPEDEF, /* of a struct without a tag, or of anything that is not a struct */
};

/* Who says a layout's numbers, by the names that --from and JSON have for them. */
enum reader {
	READER_UNKNOWN, /* a file of layouts may not say */
	READER_CLANG,
	READER_CC,
	READER_DWARF,
};

/* What a user asks for: 'struct conn' or conn_t. */
struct type_name {
	enum layout_kind kind;
	char *name;
};

/* The type of a pointer to a table of virtual functions, which is a field without a name. */
#define VPTR_TYPE "(virtual table pointer)"

struct field {
	char *name; /* "" for an anonymous struct or union, whose members follow with depth + 1 */
	char *type; /* as its owner spelled it */
	uint64_t offset;
	uint64_t size; /* of the type; bit-fields too */
	uint64_t align;
	unsigned depth;
	unsigned bit_offset; /* of a bit-field, from the byte at offset; 0 to 7 */
	unsigned bit_width;
	bool is_bit_field;
	bool is_ambiguous;   /* C++: its path also means a member of another class of its line */
	bool is_union;	     /* the members that follow with depth + 1 share their bytes */
	unsigned dimensions; /* of an array; 0: not an array */
	uint64_t count;	     /* its elements; members that follow are those of the first */
	/*
	 * The same type in words that a holder can write without any header of the owner:
	 * "unsigned int", "struct node *" and behind the name "[4]". NULL where there are none.
	 */
	char *holder_type, *holder_suffix;
	struct words holder_tags; /* what must be declared before: "struct node" */
};

/* An array without a length that a type ends with; the type's size leaves its elements out. */
struct flexible_array {
	char *path; /* as layout_field_path() has it: "data", "last.data" */
	uint64_t offset;
	uint64_t element; /* how large one is */
};

struct layout {
	enum layout_kind kind;
	char *name;	/* the tag, or the typedef's name */
	char *declared; /* what a holder can declare: "struct conn"; NULL where there is no tag */
	char *file;	/* where it is defined */
	unsigned line, column;
	uint64_t size, align;
	uint64_t align_low;	      /* as align, unless that is a bound: the least it may be */
	bool size_exact, align_exact; /* false: a bound from above */
	bool is_record;		      /* a struct or union, with a tag or without */
	bool is_union;
	bool has_may_alias;
	bool no_copy;	   /* C++: a copy takes more than its bytes */
	bool has_flexible; /* ends with a flexible array member, which is not in size */
	struct flexible_array *flexible; /* as far as the reader knows; a union may have several */
	size_t n_flexible;
	bool has_hidden; /* C++: holds base classes or vtable pointers, which are no fields here */
	uint64_t hidden_print; /* a fingerprint of what virtual bases hold; 0: there are none */
	struct field *fields;
	size_t n_fields;
	char *target; /* triple */
	enum reader reader;
};

struct layouts {
	struct layout *v;
	size_t n;
};

bool type_name_parse(struct type_name *t, const char *text, size_t len);
char *type_name_text(const struct type_name *t);
char *layout_spelling(const struct layout *l); /* "struct conn", "conn_t" */
const char *reader_name(enum reader reader);   /* "clang"; NULL: not known */
enum reader reader_parse(const char *name);
const char *layout_origin(const struct layout *l); /* who says its numbers, in words */
struct field *layout_add_field(struct layout *l);
struct flexible_array *layout_add_flexible(struct layout *l, const char *path, uint64_t offset,
					   uint64_t element);
void layout_drop_flexible(struct layout *l, struct flexible_array *one);
/* Replace the flexible arrays by those of the other layout. */
void layout_take_flexible(struct layout *l, const struct layout *from);
struct flexible_array *layout_find_flexible(const struct layout *l, const char *path);
/* What offsetof() takes for field i: "a", "a.b", "a[0].b"; "" for an anonymous member. */
char *layout_field_path(const struct layout *l, size_t i);
/* Is field i a member of another one that has a name? */
bool layout_field_is_inner(const struct layout *l, size_t i);
/* How far a field is from the start of its type, and how wide it is, in bits. */
uint64_t field_place(const struct field *f);
uint64_t field_width(const struct field *f);
/*
 * By its path; a member of an anonymous member, or of a base class, needs no more than its name. A
 * class's own member hides those of its bases.
 */
const struct field *layout_find_field(const struct layout *l, const char *path);
/* For a class with bases: mark the fields whose path means another, or none alone. */
void layout_mark_ambiguous(struct layout *l);
void layout_remove_fields(struct layout *l, size_t from, size_t to); /* to: the first to stay */
void layout_release(struct layout *l);
struct layout *layouts_add(struct layouts *all); /* all zero; good until the next is added */
bool layout_is(const struct layout *l, enum layout_kind kind, const char *name);
/* The last of this kind and name, for any target or for this one; NULL: there is none. */
struct layout *layouts_find(const struct layouts *all, enum layout_kind kind, const char *name,
			    const char *target);
void layouts_copy(struct layouts *to, const struct layouts *from);
void layouts_move(struct layouts *to, struct layouts *from); /* behind what is there */
void layouts_free(struct layouts *all);
/* Do the two say the same of size, alignment and every field? */
bool layout_same(const struct layout *a, const struct layout *b);
bool layouts_same(const struct layouts *a, const struct layouts *b);

#endif
