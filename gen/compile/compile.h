/* SPDX-License-Identifier: MIT */
/* How one source is compiled: where, by which compiler, with which flags. */
#ifndef GEN_COMPILE_H
#define GEN_COMPILE_H

#include "base/diag.h"
#include "base/text.h"
#include "base/words.h"

/* One way to compile one file. */
struct compile {
	char *dir;		  /* where the compiler is run: flags are relative to it */
	char *source;		  /* the file that the command names; real */
	char *root;		  /* of the project, whose files decide nothing about programs */
	struct words environment; /* arguments of env(1): "CPATH=/x" */
	struct words compiler;	  /* at least one: "aarch64-linux-gnu-gcc" */
	struct words flags;	  /* for that compiler, without what compile_flags_add() drops */
	struct words files;	  /* that flags were read from */
	struct words precompiled; /* headers, each with what it was made of behind it; real */
	bool no_strict_aliasing, lto;
	bool is_cxx;
};

struct compiles {
	struct compile *v;
	size_t n;
};

/* A compile of a source without flags, run in dir. */
struct compile *compile_add(struct compiles *all, const char *dir, const char *source,
			    const char *root);
void compile_release_last(struct compiles *all);

/*
 * Set or replace the compiler: a command as one types it, with launchers (ccache), env(1) and
 * flags ("ccache gcc -m32").
 */
bool compile_set_compiler(struct compile *c, const struct words *command, struct diags *diags);

/*
 * Add flags, as flags.c says: some are dropped, some refused. Response files (@FILE) are read, the
 * source itself goes.
 */
bool compile_flags_add(struct compile *c, const struct words *flags, struct diags *diags);

/* The start of any command line for it. */
void compile_command(const struct compile *c, struct words *argv);
/* Would the two do the same? */
bool compile_same(const struct compile *a, const struct compile *b);
void compiles_free(struct compiles *all);

#endif
