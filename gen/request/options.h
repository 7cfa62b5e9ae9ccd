/* SPDX-License-Identifier: MIT */
/* Command lines: the tables of options, which both the parser and the help text are made from. */
#ifndef GEN_OPTIONS_H
#define GEN_OPTIONS_H

#include "base/diag.h"
#include "base/text.h"
#include "base/words.h"

struct option_spec {
	int id;		      /* unique in its table, above zero */
	int letter;	      /* '\0': none */
	const char *name;     /* "name" of --name */
	const char *argument; /* its word in the help; NULL: takes none */
	const char *help;     /* may have several lines */
};

struct command_spec {
	const char *name;
	const char *usage;		   /* behind the name */
	const char *summary;		   /* one line, for the list of commands */
	const char *help;		   /* paragraphs before the options */
	const struct option_spec *options; /* ends with a NULL name */
};

/* Called for each option in order, argument NULL where it takes none. */
typedef bool option_handler(void *context, int id, const char *argument, struct diags *diags);

/*
 * Parse argv[1...] up to "--"; what is no option goes to *inputs, what is behind "--" to *flags.
 * Mistakes are recorded in diags.
 */
bool options_parse(const struct command_spec *command, int argc, char *const argv[],
		   option_handler *handle, void *context, struct words *inputs, struct words *flags,
		   struct diags *diags);
void options_help(const struct command_spec *command, FILE *out);

#endif
