/* SPDX-License-Identifier: MIT */
#include "request/request.h"

#include "base/paths.h"
#include "base/text.h"
#include "base/words.h"
#include "model/targets.h"
#include "request/shadow_request.h"
#include "request/type_request.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- options ---- */

enum {
	OPT_TYPE = 1,
	OPT_OUTPUT,
	OPT_FORWARD,
	OPT_PRIVATE,
	OPT_SHADOW,
	OPT_LIBC,
	OPT_OFFSET,
	OPT_EXPOSE,
	OPT_DATABASE,
	OPT_CC,
	OPT_NO_CONFIRM,
	OPT_TARGET,
	OPT_LAYOUT,
	OPT_DEPFILE,
	OPT_STAMP,
	OPT_ROOT,
	OPT_FROM,
	OPT_EXACT,
	OPT_ALIGN,
	OPT_RESERVE,
	OPT_FLEX,
	OPT_GUARD,
	OPT_FORMAT,
	OPT_CACHELINE,
	OPT_ERROR_FORMAT,
	OPT_UPDATE,
	OPT_HELP,
};

/* Of the options that commands have in common. */
static const char help_database[] = "take compiler and flags from DIR/compile_commands.json",
		  help_cc[] = "the compiler to be like; default: the database's, $CC, cc",
		  help_target[] = "the target, where no compiler for it is at hand",
		  help_from[] = "'clang' for a source, 'cc' for a source that the compiler\n"
				"alone is to read, 'dwarf' for object files built with -g;\n"
				"default: by what the input holds",
		  help_list_from[] = "'clang' for a source, 'dwarf' for object files built with\n"
				     "-g; default: by what the input holds",
		  help_no_confirm[] = "do not ask the compiler whether libclang is right",
		  help_depfile[] = "write a Make rule with all files that were read",
		  help_help[] = "print this";

const struct option_spec emit_options[] = {
	{ OPT_TYPE, 't', "type", "TYPE",
	  "the private type: 'struct X', 'union X', a typedef's name, or in\n"
	  "C++ a class ('net::conn');\n"
	  "'struct X=other' makes names of 'other'; any number of times" },
	{ OPT_OUTPUT, 'o', "output", "FILE",
	  "where the header goes; '-' or none: standard output" },
	{ OPT_FORWARD, '\0', "fwd", "FILE",
	  "put forward declarations and casts apart, into this file" },
	{ OPT_PRIVATE, '\0', "private", "FILE",
	  "put what only the owner needs into this file, so that the\n"
	  "header can be installed: casts, checks, helpers, the banner" },
	{ OPT_SHADOW, '\0', "shadow", "NAME",
	  "call the shadow of the -t before it NAME, its bytes MEMBER:\n"
	  "'struct NAME', 'union NAME', or NAME for a tag and a typedef;\n"
	  "NAME.MEMBER" },
	{ OPT_LIBC, '\0', "libc", NULL, "let names be such as are reserved to a C library" },
	{ OPT_OFFSET, '\0', "offset", "FIELD",
	  "add X_OFFSETOF_FIELD and X_SIZEOF_FIELD for the -t before\n"
	  "it, or of 'struct X.field'" },
	{ OPT_EXPOSE, '\0', "expose", "FIELD",
	  "make the field a named member of the shadow, likewise" },
	{ OPT_RESERVE, '\0', "reserve", "N",
	  "give the shadow N bytes, for the type to grow in, likewise" },
	{ OPT_FLEX, '\0', "flex", "N",
	  "make room for N elements of the flexible array member that\n"
	  "the type before it ends with; FIELD=N says which one it is,\n"
	  "where a compiler alone is asked, or a union has several" },
	{ OPT_GUARD, '\0', "guard", NULL,
	  "let holders of another layout fail to link, or to start" },
	{ OPT_DATABASE, 'p', "database", "DIR", help_database },
	{ OPT_CC, '\0', "cc", "COMMAND",
	  "the compiler to be like; default: the database's, $CC, cc;\n"
	  "several, each for a target of its own, make one header" },
	{ OPT_TARGET, '\0', "target", "TARGET",
	  "a triple, or a name such as 'armhf', where no compiler for it\n"
	  "is at hand; several make one header for all of them" },
	{ OPT_FROM, '\0', "from", "READER", help_from },
	{ OPT_NO_CONFIRM, '\0', "no-confirm", NULL, help_no_confirm },
	{ OPT_EXACT, '\0', "exact", NULL, "refuse where object files leave the alignment open" },
	{ OPT_ALIGN, '\0', "align", "N",
	  "align the shadow of the -t before it to N bytes, a floor for\n"
	  "the type; of object files: its alignment, where they leave it\n"
	  "open" },
	{ OPT_LAYOUT, '\0', "layout", "FILE",
	  "write the layouts too, as JSON, so that check can say later\n"
	  "what became of the fields" },
	{ OPT_DEPFILE, '\0', "depfile", "FILE", help_depfile },
	{ OPT_STAMP, '\0', "stamp", "FILE",
	  "write this empty file each time, for make: the header keeps\n"
	  "its time when its bytes are the same" },
	{ OPT_ROOT, '\0', "root", "DIR",
	  "paths in the header's banner are relative to DIR; default:\n"
	  "the nearest directory above the source with a .git, else\n"
	  "the current one" },
	{ OPT_HELP, 'h', "help", NULL, help_help },
	{ 0, '\0', NULL, NULL, NULL },
};

const struct option_spec list_options[] = {
	{ OPT_OUTPUT, 'o', "output", "FILE", "where the list goes; '-' or none: standard output" },
	{ OPT_FORMAT, '\0', "format", "FORMAT", "'tsv' (the default) or 'json'" },
	{ OPT_DATABASE, 'p', "database", "DIR", help_database },
	{ OPT_CC, '\0', "cc", "COMMAND", help_cc },
	{ OPT_TARGET, '\0', "target", "TRIPLE", help_target },
	{ OPT_FROM, '\0', "from", "READER", help_list_from },
	{ OPT_DEPFILE, '\0', "depfile", "FILE", help_depfile },
	{ OPT_HELP, 'h', "help", NULL, help_help },
	{ 0, '\0', NULL, NULL, NULL },
};

const struct option_spec probe_options[] = {
	{ OPT_TYPE, 't', "type", "TYPE",
	  "the private type: 'struct X', 'union X' or a typedef's name;\n"
	  "any number of times" },
	{ OPT_OFFSET, '\0', "offset", "FIELD",
	  "a field that emit will be asked for, of the -t before it, or\n"
	  "of 'struct X.field'" },
	{ OPT_FLEX, '\0', "flex", "FIELD=N",
	  "the flexible array member that emit will be asked for, of the\n"
	  "-t before it; N does not matter here" },
	{ OPT_OUTPUT, 'o', "output", "FILE",
	  "where the source goes; '-' or none: standard output" },
	{ OPT_HELP, 'h', "help", NULL, help_help },
	{ 0, '\0', NULL, NULL, NULL },
};

const struct option_spec diff_options[] = {
	{ OPT_TYPE, 't', "type", "TYPE",
	  "'struct X', 'union X' or a typedef's name; any number of\n"
	  "times; where layouts in JSON are given the default is theirs" },
	{ OPT_OUTPUT, 'o', "output", "FILE", "where it goes; '-' or none: standard output" },
	{ OPT_FORMAT, '\0', "format", "FORMAT", "'text' (the default) or 'json'" },
	{ OPT_DATABASE, 'p', "database", "DIR", help_database },
	{ OPT_CC, '\0', "cc", "COMMAND", help_cc },
	{ OPT_TARGET, '\0', "target", "TRIPLE", help_target },
	{ OPT_NO_CONFIRM, '\0', "no-confirm", NULL, help_no_confirm },
	{ OPT_HELP, 'h', "help", NULL, help_help },
	{ 0, '\0', NULL, NULL, NULL },
};

const struct option_spec layout_options[] = {
	{ OPT_TYPE, 't', "type", "TYPE",
	  "'struct X', 'union X' or a typedef's name; any number of\n"
	  "times; of layouts in JSON the default is all" },
	{ OPT_OUTPUT, 'o', "output", "FILE", "where it goes; '-' or none: standard output" },
	{ OPT_FORMAT, '\0', "format", "FORMAT", "'text' (the default), 'json' or 'html'" },
	{ OPT_CACHELINE, '\0', "cacheline", "N", "the size of a cache line in bytes; default: 64" },
	{ OPT_DATABASE, 'p', "database", "DIR", help_database },
	{ OPT_CC, '\0', "cc", "COMMAND", help_cc },
	{ OPT_TARGET, '\0', "target", "TRIPLE", help_target },
	{ OPT_FROM, '\0', "from", "READER", help_list_from },
	{ OPT_NO_CONFIRM, '\0', "no-confirm", NULL, help_no_confirm },
	{ OPT_HELP, 'h', "help", NULL, help_help },
	{ 0, '\0', NULL, NULL, NULL },
};

const struct option_spec check_options[] = {
	{ OPT_DATABASE, 'p', "database", "DIR", help_database },
	{ OPT_CC, '\0', "cc", "COMMAND",
	  "the compiler to be like; default: the database's, $CC, cc;\n"
	  "of several each header is checked with those of its targets" },
	{ OPT_ROOT, '\0', "root", "DIR",
	  "where the paths in the headers start; default: the nearest\n"
	  "directory above the header with a .git, else the current\n"
	  "one, or what below it the header's own path leads to" },
	{ OPT_ERROR_FORMAT, '\0', "error-format", "FORMAT",
	  "'text' (the default); 'json' or 'github', on standard\n"
	  "output" },
	{ OPT_UPDATE, '\0', "update", NULL,
	  "write what has drifted: all of it, or on an error nothing" },
	{ OPT_HELP, 'h', "help", NULL, help_help },
	{ 0, '\0', NULL, NULL, NULL },
};

/* What a header may ask for. Nothing that names a compiler, or a file that is no output of it. */
static const int claimable[] = {
	OPT_TYPE,     OPT_OUTPUT,     OPT_FORWARD, OPT_LAYOUT,	OPT_OFFSET, OPT_EXPOSE,
	OPT_DATABASE, OPT_NO_CONFIRM, OPT_TARGET,  OPT_EXACT,	OPT_ALIGN,  OPT_FROM,
	OPT_RESERVE,  OPT_GUARD,      OPT_FLEX,	   OPT_PRIVATE, OPT_SHADOW, OPT_LIBC,
};

enum { LEAST_CACHELINE = 8, DEFAULT_CACHELINE = 64, MOST_CACHELINE = 4096 };

static bool set_once(char **slot, const char *argument, const char *option, struct diags *diags)
{
	if (*slot) {
		diag_error(diags, "%s is given twice", option);
		return false;
	}
	if (!argument[0]) {
		diag_error(diags, "%s wants an argument that is not empty", option);
		return false;
	}
	*slot = text_copy(argument);
	return true;
}

static bool add_once(struct words *list, const char *argument, const char *option,
		     struct diags *diags)
{
	if (!argument[0])
		diag_error(diags, "%s wants an argument that is not empty", option);
	else if (words_have(list, argument))
		diag_error(diags, "%s %s is given twice", option, argument);
	else
		words_add(list, argument);
	return words_have(list, argument) && !diag_failed(diags);
}

static bool set_cc(struct request *r, const char *command, struct diags *diags)
{
	if (words_split(&r->cc, command) && r->cc.n > 0)
		return true;
	diag_error(diags, "'%s' is not a compiler's command", command);
	return false;
}

/* One target and one compiler are the usual case, and no list. */
bool request_settle_targets(struct request *r, struct diags *diags)
{
	bool good = true;

	if (request_has_ladder(r))
		return true;
	if (r->targets.n == 1) {
		const struct target *known = target_find(r->targets.v[0]);
		bool named = known && strcmp(known->name, r->targets.v[0]) == 0;

		r->target = text_copy(named ? known->triple : r->targets.v[0]);
	}
	if (r->compilers.n == 1)
		good = set_cc(r, r->compilers.v[0], diags);
	words_free(&r->targets);
	words_free(&r->compilers);
	return good;
}

bool request_has_ladder(const struct request *r)
{
	return r->targets.n > 1 || r->compilers.n > 1;
}

/* For a command that is about one target. */
static bool settle_one_target(struct request *r, struct diags *diags)
{
	if (!request_has_ladder(r))
		return request_settle_targets(r, diags);
	diag_error(diags, "there can be only one %s here", r->targets.n > 1 ? "--target" : "--cc");
	return false;
}

static bool set_format(struct request *r, const char *argument, struct diags *diags)
{
	size_t n = 0;

	for (; r->formats[n]; n++) {
		if (strcmp(r->formats[n], argument) == 0) {
			r->format = n;
			return true;
		}
	}
	diag_error(diags, "'%s' is no format for --format", argument);
	if (n > 2)
		diag_note(diags, "'%s', '%s' and '%s' are", r->formats[0], r->formats[1],
			  r->formats[2]);
	else
		diag_note(diags, "'%s' and '%s' are", r->formats[0], r->formats[1]);
	return false;
}

static bool set_cacheline(struct request *r, const char *argument, struct diags *diags)
{
	char *end;
	unsigned long long n = strtoull(argument, &end, 10);

	if (argument[0] < '0' || argument[0] > '9' || *end || n < LEAST_CACHELINE ||
	    n > MOST_CACHELINE || (n & (n - 1)) != 0) {
		diag_error(diags,
			   "'%s' is no size of a cache line: a power of two from %d to %d is",
			   argument, LEAST_CACHELINE, MOST_CACHELINE);
		return false;
	}
	r->cacheline = (unsigned)n;
	return true;
}

/* Of the two there can be one: check_halves() says so. */
static bool set_half(struct request *r, const char *argument, const char *option, bool *has,
		     struct diags *diags)
{
	bool other = r->forward && !*has;

	*has = true;
	return other || set_once(&r->forward, argument, option, diags);
}

static bool handle(void *context, int id, const char *argument, struct diags *diags)
{
	struct request *r = context;

	switch (id) {
	case OPT_TYPE:
		return type_request_add(r, argument, diags);
	case OPT_OFFSET:
		return type_request_add_field(r, argument, false, diags);
	case OPT_EXPOSE:
		return type_request_add_field(r, argument, true, diags);
	case OPT_OUTPUT:
		return set_once(&r->output, argument, "-o", diags);
	case OPT_FORWARD:
		return set_half(r, argument, "--fwd", &r->has_light, diags);
	case OPT_PRIVATE:
		return set_half(r, argument, "--private", &r->has_private, diags);
	case OPT_SHADOW:
		return shadow_request_set(r, argument, diags);
	case OPT_LIBC:
		r->libc = true;
		return true;
	case OPT_DATABASE:
		return set_once(&r->database, argument, "-p", diags);
	case OPT_LAYOUT:
		return set_once(&r->layout, argument, "--layout", diags);
	case OPT_DEPFILE:
		return set_once(&r->depfile, argument, "--depfile", diags);
	case OPT_STAMP:
		return set_once(&r->stamp, argument, "--stamp", diags);
	case OPT_ROOT:
		return set_once(&r->root, argument, "--root", diags);
	case OPT_TARGET:
		return add_once(&r->targets, argument, "--target", diags);
	case OPT_CC:
		return add_once(&r->compilers, argument, "--cc", diags);
	case OPT_FROM:
		return input_kind_parse(argument, &r->from, diags);
	case OPT_FORMAT:
		return set_format(r, argument, diags);
	case OPT_CACHELINE:
		return set_cacheline(r, argument, diags);
	case OPT_ERROR_FORMAT:
		return diag_format_parse(argument, &r->error_format, diags);
	case OPT_ALIGN:
		return type_request_set(r, WANTED_ALIGN, argument, diags);
	case OPT_RESERVE:
		return type_request_set(r, WANTED_RESERVE, argument, diags);
	case OPT_FLEX:
		return type_request_set_flexible(r, argument, diags);
	case OPT_GUARD:
		r->guard = true;
		return true;
	case OPT_EXACT:
		r->exact = true;
		return true;
	case OPT_NO_CONFIRM:
		r->no_confirm = true;
		return true;
	case OPT_UPDATE:
		r->update = true;
		return true;
	default:
		r->help = true;
		return true;
	}
}

static bool has_input(const struct request *r, struct diags *diags)
{
	if (r->inputs.n > 0)
		return true;
	diag_error(diags, "no source is given");
	diag_note(diags, "flags for the compiler stand behind '--'");
	return false;
}

static bool has_type(const struct request *r, struct diags *diags)
{
	if (r->n_wanted > 0)
		return true;
	diag_error(diags, "no type is asked for");
	diag_note(diags, "name one with -t 'struct NAME'");
	return false;
}

/* A light half is not for a header whose casts are in a private one. */
static bool check_halves(const struct request *r, struct diags *diags)
{
	const char *wrong = r->has_light ? "--fwd" : r->guard ? "--guard" : NULL;

	if (r->forward && strcmp(r->forward, "-") == 0) {
		diag_error(diags, "%s wants a file of its own",
			   r->has_private ? "--private" : "--fwd");
		return false;
	}
	if (r->has_private && wrong) {
		diag_error(diags,
			   "%s cannot be had with --private: its text would be in the public "
			   "half",
			   wrong);
		return false;
	}
	if (r->has_private && (!r->output || strcmp(r->output, "-") == 0)) {
		diag_error(diags,
			   "--private wants a file for -o, the public half, which it includes");
		return false;
	}
	return true;
}

bool request_check_emit(struct request *r, struct diags *diags)
{
	if (!has_type(r, diags))
		return false;
	if (!type_request_settle(r, diags))
		return false;
	if (!has_input(r, diags))
		return false;
	if (!shadow_request_settle(r, diags) || !check_halves(r, diags))
		return false;
	if (r->layout && strcmp(r->layout, "-") == 0) {
		diag_error(diags, "--layout wants a file of its own");
		return false;
	}
	return true;
}

/* ---- paths ---- */

char *request_root(const char *file, const char *here)
{
	char *dir = path_dir(file);

	while (strcmp(dir, "/") != 0) {
		char *git = path_join(dir, ".git"), *up;
		FILE *there = fopen(git, "r"); /* a file in a worktree, else a directory */

		free(git);
		if (there) {
			fclose(there);
			return dir;
		}
		up = path_dir(dir);
		free(dir);
		dir = up;
	}
	free(dir);
	return text_copy(here);
}

/* Everything that is written has a file of its own, and none is the source. */
static bool check_outputs(const struct request *r, struct diags *diags)
{
	char *depfile = r->depfile ? path_real(r->depfile) : NULL;
	char *stamp = r->stamp ? path_real(r->stamp) : NULL;
	const char *reals[] = { r->input,	r->output_real, r->forward_real,
				r->layout_real, depfile,	stamp };
	const char *const words[] = {
		"the source", "-o",	   r->has_private ? "--private" : "--fwd",
		"--layout",   "--depfile", "--stamp"
	};
	bool good = true;

	if (r->depfile && !r->output_real) {
		diag_error(diags, "--depfile wants a file for -o, whose dependencies it lists");
		good = false;
	}
	if (r->stamp && !r->output_real) {
		diag_error(diags, "--stamp wants a file for -o, which it says the age of");
		good = false;
	}
	for (size_t i = 1; i < sizeof(reals) / sizeof(*reals); i++) {
		if (reals[i] && words_have(&r->objects, reals[i])) {
			diag_error(diags, "the object and %s are the same file", words[i]);
			good = false;
		}
		for (size_t j = 0; j < i && good; j++) {
			if (!reals[i] || !reals[j] || strcmp(reals[i], reals[j]) != 0 ||
			    text_starts(reals[i], "/dev/"))
				continue;
			diag_error(diags, "%s and %s are the same file", words[j], words[i]);
			good = false;
		}
	}
	free(depfile);
	free(stamp);
	return good;
}

/* What a type is asked for, to be answered by a compiler that says numbers only. */
static bool check_spoken(const struct type_request *w, struct diags *diags)
{
	if (w->exposed.n > 0) {
		diag_error(diags,
			   "the type of '%s' cannot be spelled for --expose: a compiler says sizes "
			   "and offsets only",
			   w->exposed.v[0]);
		diag_note(diags,
			  "libclang can, as can object files with DWARF; --offset needs neither");
		return false;
	}
	if (w->flexible && !w->flexible[0]) {
		diag_error(diags, "--flex has to name the array: a compiler does not know how a "
				  "type ends");
		diag_note(diags, "write it as --flex FIELD=%" PRIu64, w->elements);
		return false;
	}
	return true;
}

/* Where the compiler is all there is: it says numbers, and those of its own target only. */
static bool check_alone(const struct request *r, struct diags *diags)
{
	const char *wrong = r->target || r->targets.n ? "--target"
			    : r->no_confirm	      ? "--no-confirm"
						      : NULL;

	if (r->from == INPUT_ALONE && wrong) {
		diag_error(diags, "%s is for libclang, which --from cc does not ask", wrong);
		return false;
	}
	if (r->from != INPUT_ALONE && r->from != INPUT_PROBES)
		return true;
	if (r->layout) {
		diag_error(diags, "a compiler does not know the fields, as --layout wants");
		return false;
	}
	for (size_t i = 0; i < r->n_wanted; i++)
		if (!check_spoken(&r->wanted[i], diags))
			return false;
	return true;
}

/* Objects and layouts are made already; a source says its alignments itself. */
static bool check_reader(const struct request *r, struct diags *diags)
{
	const char *wrong = NULL;

	if (!input_is_source(r->from)) {
		wrong = r->flags.n		    ? "compile flags"
			: r->database		    ? "-p"
			: r->cc.n || r->compilers.n ? "--cc"
			: r->target || r->targets.n ? "--target"
			: r->no_confirm		    ? "--no-confirm"
						    : NULL;
		if (wrong)
			diag_error(diags, "%s cannot change what is compiled already", wrong);
		return !wrong && check_alone(r, diags);
	}
	return check_alone(r, diags);
}

bool request_settle(struct request *r, struct diags *diags)
{
	char *root;

	if (!input_check(&r->inputs, &r->from, diags) || !check_reader(r, diags))
		return false;
	if (!r->here)
		r->here = path_here();
	r->input = path_real(r->inputs.v[0]);
	for (size_t i = 0; i < r->inputs.n && !input_is_source(r->from); i++) {
		char *real = path_real(r->inputs.v[i]);

		words_add(&r->objects, real);
		free(real);
	}
	if (!r->output)
		r->output = text_copy("-");
	if (strcmp(r->output, "-") != 0)
		r->output_real = path_real(r->output);
	if (r->forward)
		r->forward_real = path_real(r->forward);
	if (r->layout)
		r->layout_real = path_real(r->layout);
	root = r->root ? path_real(r->root) : request_root(r->input, r->here);
	free(r->root);
	r->root = root;
	return check_outputs(r, diags);
}

/* A shadow is not made from what may be an old copy of a layout, nor is that listed. */
bool request_no_layouts(const struct request *r, struct diags *diags)
{
	if (r->from != INPUT_LAYOUTS)
		return true;
	diag_error(diags, "%s: layouts in JSON are only for layout and diff", r->inputs.v[0]);
	diag_note(diags, "give the source or the object files that they are of");
	return false;
}

bool request_parse(struct request *r, const struct command_spec *command, int argc, char *argv[],
		   struct diags *diags)
{
	memset(r, 0, sizeof(*r));
	if (!options_parse(command, argc, argv, handle, r, &r->inputs, &r->flags, diags))
		return false;
	return r->help || (request_check_emit(r, diags) && request_settle_targets(r, diags) &&
			   request_settle(r, diags) && request_no_layouts(r, diags));
}

static bool knows_all(const struct request *r, struct diags *diags)
{
	if (r->from != INPUT_ALONE)
		return true;
	diag_error(diags, "--from cc is for emit only: a compiler knows no more types and fields "
			  "than it is asked for");
	return false;
}

/* Nor does a probe know every member. */
static bool knows_members(const struct request *r, struct diags *diags)
{
	if (r->from != INPUT_PROBES)
		return knows_all(r, diags);
	diag_error(diags, "%s: a probe is only for emit and list: it does not know every member",
		   r->inputs.v[0]);
	return false;
}

bool request_parse_list(struct request *r, const struct command_spec *command, int argc,
			char *argv[], struct diags *diags)
{
	static const char *const formats[] = { "tsv", "json", NULL };

	memset(r, 0, sizeof(*r));
	r->formats = formats;
	if (!options_parse(command, argc, argv, handle, r, &r->inputs, &r->flags, diags))
		return false;
	if (r->help)
		return true;
	if (!has_input(r, diags) || !settle_one_target(r, diags) || !request_settle(r, diags) ||
	    !request_no_layouts(r, diags) || !knows_all(r, diags))
		return false;
	r->no_confirm = true; /* a list is libclang's word */
	return true;
}

bool request_parse_layout(struct request *r, const struct command_spec *command, int argc,
			  char *argv[], struct diags *diags)
{
	static const char *const formats[] = { "text", "json", "html", NULL };

	memset(r, 0, sizeof(*r));
	r->formats = formats;
	r->cacheline = DEFAULT_CACHELINE;
	if (!options_parse(command, argc, argv, handle, r, &r->inputs, &r->flags, diags))
		return false;
	if (r->help)
		return true;
	return has_input(r, diags) && settle_one_target(r, diags) && request_settle(r, diags) &&
	       knows_members(r, diags) && (r->from == INPUT_LAYOUTS || has_type(r, diags));
}

/* What says how a source is compiled is for the side that is one. */
static void forget_compile(struct request *r)
{
	words_free(&r->flags);
	words_free(&r->cc);
	free(r->database);
	free(r->target);
	r->database = r->target = NULL;
	r->no_confirm = false;
}

static bool settle_sides(struct request *sides, struct diags *diags)
{
	bool has_source = false, has_layouts = false;

	for (int k = 0; k < 2; k++) {
		if (!input_check(&sides[k].inputs, &sides[k].from, diags))
			return false;
		has_source = has_source || input_is_source(sides[k].from);
		has_layouts = has_layouts || sides[k].from == INPUT_LAYOUTS;
	}
	for (int k = 0; k < 2; k++) {
		if (has_source && !input_is_source(sides[k].from))
			forget_compile(&sides[k]);
		if (!request_settle(&sides[k], diags) || !knows_members(&sides[k], diags))
			return false;
	}
	return has_layouts || has_type(&sides[0], diags);
}

bool request_parse_diff(struct request *sides, const struct command_spec *command, int argc,
			char *argv[], struct diags *diags)
{
	static const char *const formats[] = { "text", "json", NULL };

	memset(sides, 0, 2 * sizeof(*sides));
	for (size_t k = 0; k < 2; k++) {
		struct request *r = &sides[k];

		r->formats = formats;
		if (!options_parse(command, argc, argv, handle, r, &r->inputs, &r->flags, diags))
			return false;
		if (r->help)
			return true;
		if (r->inputs.n != 2) {
			diag_error(diags, "diff wants two inputs, not %zu", r->inputs.n);
			diag_note(diags, "flags for the compiler stand behind '--'");
			return false;
		}
		words_remove(&r->inputs, 1 - k);
		if (!settle_one_target(r, diags))
			return false;
	}
	return settle_sides(sides, diags);
}

static bool wants(const struct request *r, const struct layout *l)
{
	for (size_t i = 0; i < r->n_wanted; i++)
		if (r->wanted[i].type.kind == l->kind &&
		    strcmp(r->wanted[i].type.name, l->name) == 0)
			return true;
	return false;
}

void request_want(struct request *r, const struct layouts *all)
{
	r->wanted = text_alloc(all->n, sizeof(*r->wanted));
	r->n_wanted = 0;
	for (size_t i = 0; i < all->n; i++) {
		const struct layout *l = &all->v[i];
		struct type_request *w;

		if (wants(r, l)) /* it is there for several targets */
			continue;
		w = &r->wanted[r->n_wanted++];
		w->type = (struct type_name){ l->kind, text_copy(l->name) };
		w->base = text_copy(l->name);
	}
}

bool request_parse_probe(struct request *r, const struct command_spec *command, int argc,
			 char *argv[], struct diags *diags)
{
	memset(r, 0, sizeof(*r));
	r->from = INPUT_SOURCE;
	if (!options_parse(command, argc, argv, handle, r, &r->inputs, &r->flags, diags))
		return false;
	if (r->help)
		return true;
	if (r->flags.n > 0) {
		diag_error(diags,
			   "a probe is compiled with the flags of its build: none belong here");
		return false;
	}
	return request_check_emit(r, diags) && request_settle(r, diags);
}

bool request_parse_check(struct request *r, const struct command_spec *command, int argc,
			 char *argv[], struct diags *diags)
{
	memset(r, 0, sizeof(*r));
	if (!options_parse(command, argc, argv, handle, r, &r->inputs, &r->flags, diags))
		return false;
	if (r->help || r->inputs.n > 0)
		return true;
	diag_error(diags, "no header is given");
	return false;
}

/* ---- what a header asks for ---- */

static const char *option_name(const struct option_spec *options, int id)
{
	while (options->id != id)
		options++;
	return options->name;
}

bool request_handle_claimed(void *context, int id, const char *argument, struct diags *diags)
{
	for (size_t i = 0; i < sizeof(claimable) / sizeof(*claimable); i++)
		if (claimable[i] == id)
			return handle(context, id, argument, diags);
	diag_error(diags, "the header asks for --%s, which none may ask for",
		   option_name(emit_options, id));
	return false;
}

void request_release(struct request *r)
{
	char *strings[] = { r->input,  r->output,      r->forward,	r->depfile,	r->stamp,
			    r->layout, r->output_real, r->forward_real, r->layout_real, r->database,
			    r->target, r->root,	       r->here };

	for (size_t i = 0; i < sizeof(strings) / sizeof(*strings); i++)
		free(strings[i]);
	for (size_t i = 0; i < r->n_wanted; i++)
		type_request_release(&r->wanted[i]);
	type_request_release(&r->orphan);
	free(r->wanted);
	words_free(&r->inputs);
	words_free(&r->objects);
	words_free(&r->flags);
	words_free(&r->more_flags);
	words_free(&r->shown);
	words_free(&r->cc);
	words_free(&r->targets);
	words_free(&r->compilers);
	memset(r, 0, sizeof(*r));
}
