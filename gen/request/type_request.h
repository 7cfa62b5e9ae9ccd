/* SPDX-License-Identifier: MIT */
/* What each -t asks for, and the options that belong to the -t before them. */
#ifndef GEN_TYPE_REQUEST_H
#define GEN_TYPE_REQUEST_H

#include "base/diag.h"
#include "base/words.h"
#include "model/layout.h"
#include "request/options.h"

/* What --shadow says; all NULL: nothing. */
struct shadow_request {
	char *name;   /* "conn_room" */
	char *tag;    /* "struct conn_room" */
	char *member; /* of its bytes */
	bool has_typedef;
};

/* One -t and what belongs to it. */
struct type_request {
	struct type_name type;
	char *base;	   /* of the names made for it */
	bool base_given;   /* -t says it, with '=' */
	char *public_base; /* of the names in a public half; NULL: there is none */
	struct shadow_request shadow;
	struct words offsets, exposed; /* paths of fields: "fd", "list.next" */
	uint64_t align;	   /* what settles a bound, or of a source a floor; 0: not said */
	uint64_t reserve;  /* the shadow's size in bytes; 0: that of the type */
	char *flexible;	   /* the array of --flex: its path, "" the only one; NULL: not asked for */
	uint64_t elements; /* of it, to make room for */
};

struct type_requests {
	struct type_request *v; /* none: all types there are */
	size_t n;
	struct type_request early; /* while parsing: options that came before any -t */
};

/* The argument of -t: a type, and the base of names behind a '='. */
bool type_requests_add(struct type_requests *all, const char *argument, struct diags *diags);
/* Ask for all these types too, each once. */
void type_requests_add_all(struct type_requests *all, const struct layouts *layouts);
/* The -t that an option is for; what comes before any is kept apart. */
struct type_request *type_requests_current(struct type_requests *all);
/* Of an option that belongs to the -t before it, or to the one that it names. */
bool type_requests_set(struct type_requests *all, const struct option_spec *option,
		       const char *argument, struct diags *diags);
/* Options that came before any -t are for the only one that there is. */
bool type_requests_settle(struct type_requests *all, const struct option_spec *options,
			  struct diags *diags);
/* Their names alone, for readers. The list is the caller's to free, the names are not. */
struct type_name *type_requests_names(const struct type_requests *all);
/* Is some field a member of a member? */
bool type_requests_are_nested(const struct type_requests *all);
void type_requests_free(struct type_requests *all);

#endif
