/* SPDX-License-Identifier: MIT */
/* Writers: each prints layouts. They know no reader. */
#ifndef GEN_WRITER_H
#define GEN_WRITER_H

#include "base/diag.h"
#include "model/explain.h"
#include "model/layout.h"
#include "model/targets.h"

/* What a shadow is called; all NULL: as usual, "struct conn_opaque". */
struct shadow_name {
	const char *tag;      /* "struct conn_room", "union conn_room" */
	const char *type_def; /* of the same; NULL: there is none */
	const char *member;   /* which the bytes are: "opaque" */
};

/* One type of a header and what a user wants of it. Nothing here is owned. */
struct header_type {
	const char *base;	 /* of the names made for it: "conn" */
	const char *public_base; /* of those in a public half; NULL: the same */
	struct shadow_name shadow;
	const char *source;	     /* the file of its definition, as the banner shows it */
	const struct words *offsets; /* fields: --offset */
	const struct words *exposed; /* fields: --expose */
	uint64_t reserve;	     /* the shadow's size in bytes; 0: that of the type */
	uint64_t align;		     /* and its alignment; 0: that of the type */
	const char *flexible; /* an array at its end: its path, "" the only one; NULL: none */
	uint64_t elements;    /* of it, that there is room for */
};

/* One target of a header. */
struct header_target {
	const char *triple;	    /* "x86_64-linux-gnu" */
	const struct target *known; /* needed where there are several */
	bool confirmed;		    /* by the real compiler */
	struct layouts layouts;	    /* of the types, in their order */
};

struct header {
	const struct header_type *types;
	size_t n_types;
	const struct header_target *targets;
	size_t n_targets;
	const char *command;	     /* that makes it again, for the banner */
	const char *file;	     /* its name, for the include guard */
	const char *forward_file;    /* the light half's name, or NULL */
	const char *forward_include; /* and how the full one includes it */
	/* Where the header has a public and a private half: how the private one includes that. */
	const char *public_include;
	const char *private_file; /* and its own name */
	bool guard;		  /* at link time */
	bool neutral;		  /* the check macros check nothing: for a first look at a source */
};

/* Can all that is asked for be written? If not, diags says why. */
bool header_check(const struct header *h, struct diags *diags);
char *header_text(const struct header *h);
char *header_forward_text(const struct header *h);
/* Its second line, by which a file is known as one. */
extern const char header_public_mark[];
char *header_public_text(const struct header *h);
char *header_private_text(const struct header *h);

/* Lists, one type a row; paths below here (may be NULL) are shortened. The caller frees them. */
char *list_tsv(const struct layouts *all, const char *here);
char *list_json(const struct layouts *all, const char *here);

/* What changed, a sentence each; fields that all moved as far share one. */
void changes_say(const struct changes *changes, struct words *sentences);

/* A type held against an older self; one of the two is NULL where it was added, or removed. */
struct type_diff {
	const struct layout *before, *now;
	struct changes changes;
};
bool diff_is_same(const struct type_diff *d);
char *diffs_text(const struct type_diff *all, size_t n); /* empty where all are the same */
char *diffs_json(const struct type_diff *all, size_t n);

/* What lies where in each type. */
struct text_style {
	const char *here;   /* paths below are shortened; may be NULL */
	unsigned cacheline; /* in bytes */
	bool colour;	    /* for a terminal */
};
char *layouts_text(const struct layouts *all, const struct text_style *style);
char *layouts_html(const struct layouts *all, const struct text_style *style);
char *layouts_json(const struct layouts *all, const char *here);

#endif
