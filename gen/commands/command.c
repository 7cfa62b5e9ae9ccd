/* SPDX-License-Identifier: MIT */
#include "commands/command.h"

int command_run(const struct command_spec *spec, request_parser *parse, request_work *work,
		int argc, char *argv[], struct diags *diags)
{
	struct request r;
	bool good = parse(&r, spec, argc, argv, diags);

	if (good && r.help)
		options_help(spec, stdout);
	else
		good = good && work(&r, diags);
	request_release(&r);
	return good ? EXIT_FINE : EXIT_TROUBLE;
}
