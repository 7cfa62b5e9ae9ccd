/* SPDX-License-Identifier: MIT */
/* The commands: one function, one file each. main.c has the table of them. */
#ifndef GEN_COMMAND_H
#define GEN_COMMAND_H

#include "request/request.h"

enum { EXIT_FINE = 0, EXIT_DIFFERENT = 1, EXIT_TROUBLE = 2 };

/* Returns the exit status; what there is to say is in diags. */
typedef int command_function(int argc, char *argv[], struct diags *diags);

/*
 * What most commands do: parse a request, then give help or do the work. False, of either step:
 * diags says why.
 */
typedef bool request_work(const struct request *r, struct diags *diags);
int command_run(const struct command_spec *spec, request_parser *parse, request_work *work,
		int argc, char *argv[], struct diags *diags);

extern const struct command_spec emit_spec, check_spec, diff_spec, layout_spec, list_spec,
	probe_spec;
command_function cmd_emit, cmd_check, cmd_diff, cmd_layout, cmd_list, cmd_probe;

#endif
