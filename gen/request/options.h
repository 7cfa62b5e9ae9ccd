/* SPDX-License-Identifier: MIT */
/*
 * Command lines: tables of options. A row says how an option is parsed, where the request keeps its
 * argument, what the help says of it, and whether a header's banner may have it. The parser, the
 * help, the banner and the trust in a banner all come from these tables.
 */
#ifndef GEN_OPTIONS_H
#define GEN_OPTIONS_H

#include "base/diag.h"
#include "base/text.h"
#include "base/words.h"

struct request;

/* How an option's argument is kept. */
enum option_kind {
	OPTION_FLAG,   /* bool; takes no argument */
	OPTION_TEXT,   /* char *: given once */
	OPTION_OUTPUT, /* struct output_path */
	OPTION_LIST,   /* struct words: each word once */
	OPTION_READER, /* enum input_kind */
	OPTION_PARSED, /* as the row's own function does it */
	/* Of the -t before; the slot is one of struct type_request. */
	OPTION_TYPE_FIELDS,   /* struct words: paths of fields, "list.next" */
	OPTION_TYPE_NUMBER,   /* uint64_t above zero */
	OPTION_TYPE_ALIGN,    /* the same, and a power of two */
	OPTION_TYPE_FLEXIBLE, /* the array and its number of elements */
	OPTION_TYPE_SHADOW,   /* struct shadow_request */
};

typedef bool option_parser(struct request *r, const char *argument, struct diags *diags);

/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): the order in which rows are written */
struct option_spec {
	int letter;	      /* '\0': none */
	const char *name;     /* "name" of --name */
	const char *argument; /* its word in the help; NULL: takes none */
	const char *help;     /* may have several lines */
	enum option_kind kind;
	size_t slot;	      /* offset in struct request, or in struct type_request */
	option_parser *parse; /* of OPTION_PARSED */
	/*
	 * Options stand in a banner in the order of these numbers. 0: this one is in none, and a
	 * header may not ask for it.
	 */
	int banner;
	const char *banner_argument; /* in place of what was said; NULL: that */
};

struct command_spec {
	const char *name;
	const char *usage;		   /* behind the name */
	const char *summary;		   /* one line, for the list of commands */
	const char *help;		   /* paragraphs before the options */
	const struct option_spec *options; /* ends with a NULL name */
};

/* Called for each option in order, argument NULL where it takes none. */
typedef bool option_handler(void *context, const struct option_spec *option, const char *argument,
			    struct diags *diags);

/*
 * Parse argv[1...] up to "--"; what is no option goes to *inputs, what is behind "--" to *flags.
 * Mistakes are recorded in diags.
 */
bool options_parse(const struct command_spec *command, int argc, char *const argv[],
		   option_handler *handle, void *context, struct words *inputs, struct words *flags,
		   struct diags *diags);
void options_help(const struct command_spec *command, FILE *out);
/* "-o", "--guard" */
char *option_word(const struct option_spec *option);
/* The one that follows this place in a banner; NULL: there are no more. */
const struct option_spec *options_next_in_banner(const struct option_spec *options, int place);
bool option_is_of_type(const struct option_spec *option); /* belongs to the -t before it */

#endif
