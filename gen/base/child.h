/* SPDX-License-Identifier: MIT */
/* Work done in another process: a command, or a function of ours that might crash. */
#ifndef GEN_CHILD_H
#define GEN_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct child_result {
	int exit_status; /* -1 where it did not end by itself */
	int signal;	 /* 0: none */
	bool timed_out;	 /* and was killed for it */
	char *out, *err; /* all that it printed, zero-terminated; never NULL after a true return */
	size_t out_len;
};

/* False and errno: could not be started at all. A command that is not there exits with 127. */
bool child_run_command(const char *dir, char *const argv[], struct child_result *result);
/* The same with a text on its standard input. */
bool child_ask_command(const char *dir, char *const argv[], const char *input,
		       struct child_result *result);
bool child_run_function(void (*work)(void *arg, FILE *out), void *arg, struct child_result *result);
void child_result_free(struct child_result *result);

#endif
