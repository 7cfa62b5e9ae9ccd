/* SPDX-License-Identifier: MIT */
#ifndef CLI_H
#define CLI_H

/* What the tools' command lines have in common. */

#include <stdbool.h>
#include <stdnoreturn.h>

#include "columns.h"

#define EXIT_USAGE 2

/* Print "TOOL: message" to stderr and end with @status. */
noreturn __attribute__((format(printf, 2, 3))) void cli_die(int status, const char *format, ...);

/* A process id, or the end. */
pid_t cli_pid(const char *text);

/* A column by its name, or the end. */
const struct column *cli_column(const char *name);

/* The lines of --help for the sort keys. */
void cli_print_keys(void);

/*
 * What a process holds may never end to be read, and a page of it may never come (a file system in
 * user space decides). From cli_open() or cli_hurry() on, the tool has a few seconds; then it ends
 * with a message. cli_rest() stops that clock.
 */
void cli_hurry(const struct target *target);
void cli_rest(void);

/* Also to be called where the tool ends early, to set the terminal right; once. */
void cli_at_end(void (*restore)(void));

/* Open the process, or the end. */
void cli_open(struct target *target, pid_t pid);

/* Look at it, or the end. */
void cli_take(struct snapshot *snapshot, struct target *target, enum detail detail);

/* End well, unless what was written to stdout is lost. */
noreturn void cli_finish(void);

#endif
