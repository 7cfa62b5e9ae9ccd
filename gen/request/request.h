/* SPDX-License-Identifier: MIT */
/* What a user asks a command for: its options, parsed and checked, its paths made real. */
#ifndef GEN_REQUEST_H
#define GEN_REQUEST_H

#include "base/diag_format.h"
#include "base/words.h"
#include "model/layout.h"
#include "read/input.h"
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
	uint64_t elements; /* of it, that there is to be room for */
};

/* Owns everything; strings are NULL where nothing was said. */
struct request {
	struct type_request
		*wanted; /* at least one; none for list; none: all of a file of layouts */
	size_t n_wanted;
	enum input_kind from;
	unsigned cacheline;   /* in bytes */
	struct words inputs;  /* as spelled: one source, or objects */
	struct words objects; /* real paths, if they are objects */
	char *input;	      /* the first one's real path */
	char *output;	      /* as spelled; "-" for standard output */
	char *forward;	      /* of --fwd, or with has_private of --private */
	char *layout, *depfile, *stamp;
	char *output_real, *forward_real, *layout_real; /* real paths, NULL for standard output */
	char *database;					/* the directory of compile_commands.json */
	char *target;					/* the only one that is asked for */
	struct words targets;	/* of a header for several: triples or names */
	struct words compilers; /* and the commands of their compilers */
	char *root;		/* real path of the project; the banner's paths start there */
	char *here;		/* the current directory */
	struct words cc;	/* the compiler's command; empty: not said */
	struct words flags;	/* behind "--" */
	/* When a header is checked, compile flags that come from elsewhere than its banner. */
	struct words more_flags;
	/* In pairs: a real path, and how the banner shows it whatever the root is. */
	struct words shown;
	size_t format;		    /* index of the command's formats */
	const char *const *formats; /* NULL: there are none to choose from */
	bool no_confirm;
	bool exact;		     /* no bound will do */
	bool guard;		     /* at link time */
	bool has_light, has_private; /* which of the two `forward` is */
	bool libc;		     /* names may be those reserved to a C library */
	bool update;		     /* check writes what drifted */
	enum diag_format error_format;
	bool help; /* only this was asked; the rest is not checked */

	struct type_request orphan; /* while parsing: what came before any -t */
};

extern const struct option_spec emit_options[], list_options[], layout_options[], probe_options[],
	check_options[], diff_options[];

/* Indices of the formats that commands have; those of list begin with its own. */
enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_HTML };

/* Of one command. False: diags says why. The request is to be released in either case. */
bool request_parse(struct request *r, const struct command_spec *command, int argc, char *argv[],
		   struct diags *diags);
bool request_parse_list(struct request *r, const struct command_spec *command, int argc,
			char *argv[], struct diags *diags);
/* Of diff: two requests, of one input each. */
bool request_parse_diff(struct request *sides, const struct command_spec *command, int argc,
			char *argv[], struct diags *diags);
/* Ask for all these types; the request has asked for none yet. */
void request_want(struct request *r, const struct layouts *all);
bool request_parse_layout(struct request *r, const struct command_spec *command, int argc,
			  char *argv[], struct diags *diags);
bool request_parse_probe(struct request *r, const struct command_spec *command, int argc,
			 char *argv[], struct diags *diags);
/* Of check: its inputs are headers, and objects for those that are made from some. */
bool request_parse_check(struct request *r, const struct command_spec *command, int argc,
			 char *argv[], struct diags *diags);
/*
 * What a header's banner asks of emit, as far as it may be trusted; by what check was asked for.
 * The paths in it start at the root. The caller sets the rest, finishes with request_settle(), and
 * chooses among the user's compilers.
 */
bool request_parse_claim(struct request *r, const struct words *command,
			 const struct request *check, const char *root, struct diags *diags);
/* The steps of the above. */
option_handler request_handle_claimed;
bool request_check_emit(struct request *r, struct diags *diags);
bool request_no_layouts(const struct request *r, struct diags *diags);
bool request_settle_targets(struct request *r, struct diags *diags);
bool request_settle(struct request *r, struct diags *diags);
/* The nearest directory above a file, by its real path, that has a .git; else here. */
char *request_root(const char *file, const char *here);
/* Is the header for several targets? Object files tell only when they are read. */
bool request_has_ladder(const struct request *r);
void request_release(struct request *r);

#endif
