/* SPDX-License-Identifier: MIT */
/*
 * What happens to each compile flag: one table. A flag that is not in it goes to the compiler and
 * to libclang, and libclang may say that it does not know it.
 */
#ifndef GEN_FLAGS_H
#define GEN_FLAGS_H

#include <stdbool.h>
#include <stddef.h>

enum flag_fate {
	FLAG_KEEP,
	FLAG_PATH,   /* kept; its argument is a path */
	FLAG_DROP,   /* neither layouts nor macros depend on it, or it would write files */
	FLAG_REFUSE, /* loads code into the compiler */
	FLAG_TOOLS, /* says which programs make up the compiler; for the real one only, see there */
	FLAG_REAL,  /* for the real compiler, not for libclang */
	FLAG_CPU,   /* macros depend on it; libclang may not know this very processor */
	/* Layouts depend on it: where libclang does not know it, its answer is of no use. */
	FLAG_LAYOUT,
};

enum flag_form {
	FLAG_EXACT,  /* -c */
	FLAG_NEXT,   /* -aux-info FILE, in two words */
	FLAG_JOINED, /* -Wl,...: starts so */
	FLAG_EITHER, /* -I DIR or -IDIR */
};

struct flag_rule {
	const char *flag;
	enum flag_form form;
	enum flag_fate fate;
};

/* The first that fits a word decides. */
extern const struct flag_rule flag_rules[];
extern const size_t flag_rules_n;

const struct flag_rule *flag_rule_for(const char *word); /* NULL: none fits */
enum flag_fate flag_fate_of(const char *word);		 /* FLAG_KEEP where none fits */
bool flag_takes_next(const char *word);			 /* is the next word its argument? */
/* Where the argument is a path: how long the flag itself is ("-I"); else 0. */
size_t flag_path(const char *word);

#endif
