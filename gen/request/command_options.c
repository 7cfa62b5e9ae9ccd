/* SPDX-License-Identifier: MIT */
/*
 * The options of each command. A new one needs its row here, a member of struct request (or of
 * struct type_request) that it is kept in, and a line in the manual page.
 */
#include "request/request.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* ---- options with an argument of their own kind ---- */

static bool parse_type(struct request *r, const char *argument, struct diags *diags)
{
	return type_requests_add(&r->types, argument, diags);
}

static bool parse_error_format(struct request *r, const char *argument, struct diags *diags)
{
	return diag_format_parse(argument, &r->check.error_format, diags);
}

static bool parse_list_format(struct request *r, const char *argument, struct diags *diags)
{
	if (strcmp(argument, "tsv") == 0) {
		r->show.format = FORMAT_TSV;
	} else if (strcmp(argument, "json") == 0) {
		r->show.format = FORMAT_JSON;
	} else {
		diag_error(diags, "'%s' is not a format for --format", argument);
		diag_note(diags, "choose 'tsv' or 'json'");
		return false;
	}
	return true;
}

static bool parse_text_or_json(struct request *r, const char *argument)
{
	bool text = strcmp(argument, "text") == 0;

	if (!text && strcmp(argument, "json") != 0)
		return false;
	r->show.format = text ? FORMAT_TEXT : FORMAT_JSON;
	return true;
}

static bool parse_diff_format(struct request *r, const char *argument, struct diags *diags)
{
	if (parse_text_or_json(r, argument))
		return true;
	diag_error(diags, "'%s' is not a format for --format", argument);
	diag_note(diags, "choose 'text' or 'json'");
	return false;
}

static bool parse_layout_format(struct request *r, const char *argument, struct diags *diags)
{
	if (parse_text_or_json(r, argument))
		return true;
	if (strcmp(argument, "html") == 0) {
		r->show.format = FORMAT_HTML;
		return true;
	}
	diag_error(diags, "'%s' is not a format for --format", argument);
	diag_note(diags, "choose 'text', 'json' or 'html'");
	return false;
}

static bool parse_cacheline(struct request *r, const char *argument, struct diags *diags)
{
	enum { LEAST = 8, MOST = 4096 };
	char *end;
	unsigned long long n = strtoull(argument, &end, 10);

	if (argument[0] < '0' || argument[0] > '9' || *end || n < LEAST || n > MOST ||
	    (n & (n - 1)) != 0) {
		diag_error(diags,
			   "'%s' is not a cache line size: it must be a power of two from %d to %d",
			   argument, LEAST, MOST);
		return false;
	}
	r->show.cacheline = (unsigned)n;
	return true;
}

/* ---- the tables ---- */

#define IN(of_kind, member) .kind = OPTION_##of_kind, .slot = offsetof(struct request, member)
#define IN_TYPE(of_kind, member) \
	.kind = OPTION_TYPE_##of_kind, .slot = offsetof(struct type_request, member)
#define PARSED(function) .kind = OPTION_PARSED, .parse = (function)

/* Rows that several commands have. */
#define DATABASE                                                                          \
	'p', "database", "DIR", "take compiler and flags from DIR/compile_commands.json", \
		IN(TEXT, database)
#define CC                                                                                  \
	'\0', "cc", "COMMAND", "the compiler to imitate; default: the database's, $CC, cc", \
		IN(LIST, compilers)
#define TARGET                                                                       \
	'\0', "target", "TRIPLE", "the target, where no compiler for it is at hand", \
		IN(LIST, targets)
#define FROM                                                                  \
	'\0', "from", "READER",                                               \
		"'clang' for a source, 'dwarf' for object files built with\n" \
		"-g; default: by what the input holds",                       \
		IN(READER, from)
#define NO_CONFIRM                                                                     \
	'\0', "no-confirm", NULL, "do not ask the compiler whether libclang is right", \
		IN(FLAG, no_confirm)
#define DEPFILE                                                                     \
	'\0', "depfile", "FILE", "write a Make rule with all files that were read", \
		IN(OUTPUT, depfile)
#define HELP 'h', "help", NULL, "print this help", IN(FLAG, help)
#define END  .name = NULL

const char banner_database[] = "BUILDDIR";

const struct option_spec emit_options[] = {
	{ 't', "type", "TYPE",
	  "the private type: 'struct X', 'union X', a typedef's name, or in\n"
	  "C++ a class ('net::conn');\n"
	  "'struct X=other' makes names of 'other'; any number of times",
	  PARSED(parse_type), .banner = 1 },
	{ 'o', "output", "FILE", "where the header goes; '-' or none: standard output",
	  IN(OUTPUT, output), .banner = 13 },
	{ '\0', "fwd", "FILE", "put forward declarations and casts apart, into this file",
	  IN(OUTPUT, header.forward), .banner = 10 },
	{ '\0', "private", "FILE",
	  "put what only the owner needs into this file, so that the\n"
	  "header can be installed: casts, checks, helpers, the banner",
	  IN(OUTPUT, header.private_half), .banner = 11 },
	{ '\0', "shadow", "NAME",
	  "call the shadow of the -t before it NAME, its bytes MEMBER:\n"
	  "'struct NAME', 'union NAME', or NAME for a tag and a typedef;\n"
	  "NAME.MEMBER",
	  IN_TYPE(SHADOW, shadow), .banner = 4 },
	{ '\0', "libc", NULL, "allow names that are reserved for a C library",
	  IN(FLAG, header.libc), .banner = 9 },
	{ '\0', "offset", "FIELD",
	  "add X_OFFSETOF_FIELD and X_SIZEOF_FIELD for the -t before\n"
	  "it, or of 'struct X.field'",
	  IN_TYPE(FIELDS, offsets), .banner = 2 },
	{ '\0', "expose", "FIELD", "make the field a named member of the shadow, likewise",
	  IN_TYPE(FIELDS, exposed), .banner = 3 },
	{ '\0', "reserve", "N", "give the shadow N bytes, for the type to grow in, likewise",
	  IN_TYPE(NUMBER, reserve), .banner = 6 },
	{ '\0', "flex", "N",
	  "make room for N elements of the flexible array member that\n"
	  "the type before it ends with; FIELD=N says which one it is,\n"
	  "where a compiler alone is asked, or a union has several",
	  IN_TYPE(FLEXIBLE, flexible), .banner = 7 },
	{ '\0', "guard", NULL, "make code built for another layout fail to link or to start",
	  IN(FLAG, header.guard), .banner = 8 },
	{ DATABASE, .banner = 14, .banner_argument = banner_database },
	{ '\0', "cc", "COMMAND",
	  "the compiler to imitate; default: the database's, $CC, cc;\n"
	  "several, each for a target of its own, make one header",
	  IN(LIST, compilers) },
	{ '\0', "target", "TARGET",
	  "a triple, or a name such as 'armhf', where no compiler for it\n"
	  "is at hand; several make one header for all of them",
	  IN(LIST, targets), .banner = 15 },
	{ '\0', "from", "READER",
	  "'clang' for a source, 'cc' for a source that only the\n"
	  "compiler reads, 'dwarf' for object files built with -g;\n"
	  "default: by what the input holds",
	  IN(READER, from), .banner = 16 },
	{ NO_CONFIRM, .banner = 17 },
	{ '\0', "exact", NULL, "refuse where object files leave the alignment open",
	  IN(FLAG, header.exact), .banner = 18 },
	{ '\0', "second-opinion", NULL,
	  "read object files through libdw and through pyelftools, and\n"
	  "refuse where they differ",
	  IN(FLAG, header.second_opinion) },
	{ '\0', "align", "N",
	  "align the shadow of the -t before it to N bytes, a floor for\n"
	  "the type; of object files: its alignment, where they leave it\n"
	  "open",
	  IN_TYPE(ALIGN, align), .banner = 5 },
	{ '\0', "layout", "FILE",
	  "write the layouts too, as JSON, so that check can say later\n"
	  "what changed in the fields",
	  IN(OUTPUT, header.layout), .banner = 12 },
	{ DEPFILE },
	{ '\0', "stamp", "FILE",
	  "write this empty file each time, for make: the header keeps\n"
	  "its time when its bytes are the same",
	  IN(OUTPUT, header.stamp) },
	{ '\0', "root", "DIR",
	  "paths in the header's banner are relative to DIR; default:\n"
	  "the nearest directory above the source with a .git, else\n"
	  "the current one",
	  IN(TEXT, root) },
	{ HELP },
	{ END },
};

const struct option_spec list_options[] = {
	{ 'o', "output", "FILE", "where the list goes; '-' or none: standard output",
	  IN(OUTPUT, output) },
	{ '\0', "format", "FORMAT", "'tsv' (the default) or 'json'", PARSED(parse_list_format) },
	{ DATABASE },
	{ CC },
	{ TARGET },
	{ FROM },
	{ DEPFILE },
	{ HELP },
	{ END },
};

const struct option_spec probe_options[] = {
	{ 't', "type", "TYPE",
	  "the private type: 'struct X', 'union X' or a typedef's name;\n"
	  "any number of times",
	  PARSED(parse_type) },
	{ '\0', "offset", "FIELD",
	  "a field that emit will be asked for, of the -t before it, or\n"
	  "of 'struct X.field'",
	  IN_TYPE(FIELDS, offsets) },
	{ '\0', "flex", "FIELD=N",
	  "the flexible array member that emit will be asked for, of the\n"
	  "-t before it; N does not matter here",
	  IN_TYPE(FLEXIBLE, flexible) },
	{ 'o', "output", "FILE", "where the source goes; '-' or none: standard output",
	  IN(OUTPUT, output) },
	{ HELP },
	{ END },
};

const struct option_spec diff_options[] = {
	{ 't', "type", "TYPE",
	  "'struct X', 'union X' or a typedef's name; any number of\n"
	  "times; where layouts in JSON are given the default is theirs",
	  PARSED(parse_type) },
	{ 'o', "output", "FILE", "where it goes; '-' or none: standard output",
	  IN(OUTPUT, output) },
	{ '\0', "format", "FORMAT", "'text' (the default) or 'json'", PARSED(parse_diff_format) },
	{ DATABASE },
	{ CC },
	{ TARGET },
	{ NO_CONFIRM },
	{ HELP },
	{ END },
};

const struct option_spec layout_options[] = {
	{ 't', "type", "TYPE",
	  "'struct X', 'union X' or a typedef's name; any number of\n"
	  "times; of layouts in JSON the default is all",
	  PARSED(parse_type) },
	{ 'o', "output", "FILE", "where it goes; '-' or none: standard output",
	  IN(OUTPUT, output) },
	{ '\0', "format", "FORMAT", "'text' (the default), 'json' or 'html'",
	  PARSED(parse_layout_format) },
	{ '\0', "cacheline", "N", "the size of a cache line in bytes; default: 64",
	  PARSED(parse_cacheline) },
	{ DATABASE },
	{ CC },
	{ TARGET },
	{ FROM },
	{ NO_CONFIRM },
	{ HELP },
	{ END },
};

const struct option_spec check_options[] = {
	{ DATABASE },
	{ '\0', "cc", "COMMAND",
	  "the compiler to imitate; default: the database's, $CC, cc;\n"
	  "of several each header is checked with those of its targets",
	  IN(LIST, compilers) },
	{ '\0', "root", "DIR",
	  "where the paths in the headers start; default: the nearest\n"
	  "directory above the header with a .git, else the current\n"
	  "one, or what below it the header's own path leads to",
	  IN(TEXT, root) },
	{ '\0', "error-format", "FORMAT",
	  "'text' (the default); 'json' or 'github', on standard\n"
	  "output",
	  PARSED(parse_error_format) },
	{ '\0', "abi", "FILE",
	  "an older header, perhaps made by hand: do those who were\n"
	  "built with it still work with the library?",
	  IN(TEXT, check.abi) },
	{ '\0', "update", NULL, "write what has drifted: all of it, or on an error nothing",
	  IN(FLAG, check.update) },
	{ HELP },
	{ END },
};
