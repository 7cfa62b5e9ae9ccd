/* SPDX-License-Identifier: MIT */
/* Readers: each answers a request with layouts. They know no writer. */
#ifndef GEN_READER_H
#define GEN_READER_H

#include "base/diag.h"
#include "base/words.h"
#include "compile/compile.h"
#include "model/layout.h"

/* A file that a reader takes to stand at path with this text, whatever the disk holds there. */
struct stand_in {
	char *path; /* as path_real() gives it */
	char *text;
};

/* Those of the header that is made and its light half, and of headers that are not there yet. */
enum { MOST_PENDING = 32, MOST_STAND_INS = 2 + MOST_PENDING };

/*
 * Without types it asks for a list: every complete struct and union there is with a tag, and the
 * typedefs of those without one; no fields.
 */
struct read_request {
	const struct type_name *types;
	size_t n_types;
	const char *input;	       /* absolute */
	const struct words *args;      /* compile flags, for the reader's own compiler */
	const struct compile *compile; /* for what it may ask of the real one; NULL: nothing */
	const struct words
		*builtin_dirs; /* a compiler's own headers, should the reader lack its own */
	const struct stand_in *stand_ins;
	size_t n_stand_ins;
	bool nested;	 /* all members of members are wanted, too */
	bool for_show;	 /* no shadow is to be made: any shape will do */
	bool keep_going; /* past a missing include, for the names of those that are missing, too */
};

struct read_answer {
	struct layouts layouts; /* of each type asked for, in that order; else none at all */
	struct diags diags;	/* what the source itself is to blame for */
	struct words files;	/* that were read, by their real paths; no stand-ins */
	struct words dropped;	/* flags that the reader does not know, though they matter */
	bool used_stand_in;
	bool broken; /* libclang makes nothing of the source, or not what its compiler does */
};

/*
 * False: no answer, and diags says why. An answer whose own diags hold errors is one about a broken
 * source; only a caller that still wants to change a stand-in may look at its layouts. Whether the
 * source is broken is said in any case.
 */
bool read_clang(const struct read_request *request, struct read_answer *answer,
		struct diags *diags);
char *read_clang_version(void);
void read_answer_free(struct read_answer *answer);

/* What the real compiler is to measure: types and fields, by their names. */
struct cc_request {
	const struct compile *compile;
	const char *input; /* absolute */
	const struct layouts *types;
	const struct stand_in *stand_ins;
	size_t n_stand_ins;
	bool forced; /* the source includes the stand-ins: they come before it, and old ones not */
	bool alone;  /* no other reader looks at the source: all that there is to say is wanted */
};

/*
 * The same layouts with the compiler's own numbers. Alone, the answer has the files and whether
 * stand-ins were among them, too; what only another reader knows stays as it was. The answer's own
 * diags are empty.
 */
bool read_cc(const struct cc_request *request, struct read_answer *answer, struct diags *diags);

/* Who reads the DWARF of object files; see dwarf_facts.h. */
enum dwarf_engine {
	DWARF_ANY, /* libdw, or the helper where libdw is unable */
	DWARF_LIBDW,
	DWARF_PYELFTOOLS,
};

/* Object files: ELF objects, archives, libraries, programs. */
struct dwarf_request {
	const struct type_name *types;
	size_t n_types;		    /* 0: a list, as above */
	const struct words *inputs; /* as spelled */
	bool nested;		    /* as above */
	enum dwarf_engine engine;
	bool second_opinion; /* both are asked, and no answer is given where they differ */
	const struct words *debug_dirs; /* of separate debug files; NULL: the system's */
	double seconds;			/* of processor time; 0: enough */
	unsigned mebibytes;		/* of memory; 0: enough */
};

/*
 * Alignments are bounds here. The layouts come in the order of the types; where the inputs are of
 * several targets, all of the first, then all of the next. Debug information may stand in other
 * files than the objects: *files gets the real paths of all.
 */
bool read_dwarf(const struct dwarf_request *request, struct layouts *layouts, struct words *files,
		struct diags *diags);

/* A source, by the debug information that its compiler makes of it. */
struct debug_request {
	const struct compile *compile;
	const char *input; /* absolute */
	const struct type_name *types;
	size_t n_types; /* 0: a list, as above */
	bool nested;	/* as above */
};

/* As above; *files gets those of the source. */
bool read_debug(const struct debug_request *request, struct layouts *layouts, struct words *files,
		struct diags *diags);

/* A file that layout --format json has written. */
struct json_request {
	const struct type_name *types;
	size_t n_types;	  /* 0: all there are */
	const char *path; /* as spelled */
};

bool read_json(const struct json_request *request, struct layouts *layouts, struct diags *diags);

/* Objects, in any format, that were compiled from what 'gen-opaque probe' writes; archives too. */
struct probe_request {
	const struct type_name *types;
	size_t n_types;		    /* 0: all that there are */
	const struct words *inputs; /* as spelled */
};

/* One list for each target, each with the types in the order of the request. */
struct probed {
	struct layouts *v;
	size_t n;
};

bool read_probes(const struct probe_request *request, struct probed *probed, struct diags *diags);
void probed_free(struct probed *probed);
/* Does a file look like one? */
bool is_probe_object(const char *path);

#endif
