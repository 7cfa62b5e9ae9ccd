/* SPDX-License-Identifier: MIT */
/* What a user asks a command for: its options, parsed and checked, its paths made real. */
#ifndef GEN_REQUEST_H
#define GEN_REQUEST_H

#include "base/diag_format.h"
#include "base/words.h"
#include "read/input.h"
#include "request/options.h"
#include "request/type_request.h"

/* A file that is written. */
struct output_path {
	char *given; /* as spelled; NULL: not asked for; "-": standard output */
	char *real;  /* its real path; NULL for standard output */
};

/* Of emit, and of the headers that check makes again. */
struct header_request {
	struct output_path forward, private_half; /* at most one of the two */
	struct output_path layout, stamp;
	bool exact;	     /* no bound will do */
	bool second_opinion; /* both readers of object files have to agree */
	bool guard;	     /* at link time */
	bool libc;	     /* names that are reserved for a C library are allowed */
	/* Compile flags that come from elsewhere than the banner of a header that is checked. */
	struct words more_flags;
	/* In pairs: a real path, and what the banner shows in its place. */
	struct words shown;
};

/* Of list, layout and diff. */
struct show_request {
	enum format { FORMAT_TEXT, FORMAT_TSV = FORMAT_TEXT, FORMAT_JSON, FORMAT_HTML } format;
	unsigned cacheline; /* in bytes */
};

/* Of check. */
struct check_request {
	bool update; /* write what drifted */
	char *abi;   /* an older header, to be held against the new; NULL: none */
	enum diag_format error_format;
};

/* What the commands share, and a part for what only some have. It owns everything. */
struct request {
	struct type_requests types;
	struct words inputs;  /* as spelled: one source, or objects */
	struct words objects; /* real paths, if they are objects */
	char *input;	      /* the first one's real path */
	struct output_path output, depfile;

	/* How a source is compiled. */
	char *database;		/* the directory of compile_commands.json; NULL: not asked for */
	char *target;		/* the only triple that is asked for; NULL: none or many */
	struct words targets;	/* all of --target: triples, or of many also names */
	struct words compilers; /* all of --cc: commands */
	struct words cc;	/* the only compiler's command; empty: none or many */
	struct words flags;	/* behind "--" */
	enum input_kind from;	/* what the inputs are */
	bool no_confirm;
	bool insists; /* on the reader that --from names */
	bool help;    /* only this was asked; the rest is not checked */

	char *root; /* real path of the project; the banner's paths start there */
	char *here; /* the current directory */

	struct header_request header;
	struct show_request show;
	struct check_request check;

	const struct option_spec *options; /* of the command */
};

/* The tables of options, one for each command; each ends with a NULL name. */
extern const struct option_spec emit_options[], list_options[], layout_options[], probe_options[],
	check_options[], diff_options[];

/* Stands in a banner for the directory of -p, which differs from one machine to the next. */
extern const char banner_database[];

/*
 * Parse a command's line. False: diags says why. The caller releases the request in either case.
 * diff makes two requests, of one input each. The inputs of check are headers, and objects for
 * those that are made from some.
 */
typedef bool request_parser(struct request *r, const struct command_spec *command, int argc,
			    char *argv[], struct diags *diags);
request_parser request_parse_emit, request_parse_list, request_parse_layout, request_parse_probe,
	request_parse_check, request_parse_diff;

/*
 * For a header that is made again: the options in its banner, as far as a banner may have them. The
 * caller decides what it trusts, makes the paths real and then settles the request, as the last
 * step of request_parse_emit() does.
 */
bool request_parse_banner(struct request *r, const struct words *command, struct diags *diags);
bool request_settle_header(struct request *r, struct diags *diags);

/* The nearest directory above a file, by its real path, that has a .git; else here. */
char *request_root(const char *file, const char *here);
/* The file of --fwd or of --private. */
const struct output_path *request_second_half(const struct request *r);
/* Do all sizes and alignments have floors, and nothing else that targets decide is asked for? */
bool request_has_floors(const struct request *r);
/* Is only asked for what a compiler can say without libclang? */
bool request_check_numbers(const struct request *r, struct diags *diags);
/* Is the header for several targets? Object files tell only when they are read. */
bool request_has_many_targets(const struct request *r);
void request_release(struct request *r);

#endif
