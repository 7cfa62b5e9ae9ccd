/* SPDX-License-Identifier: MIT */
#include "base/interrupt.h"
#include "base/paths.h"
#include "commands/command.h"
#include "read/reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct command {
	const struct command_spec *spec;
	command_function *run;
} commands[] = {
	{ &emit_spec, cmd_emit }, { &check_spec, cmd_check }, { &layout_spec, cmd_layout },
	{ &diff_spec, cmd_diff }, { &list_spec, cmd_list },   { &probe_spec, cmd_probe },
};
enum { N_COMMANDS = sizeof(commands) / sizeof(*commands) };

static void print_help(void)
{
	puts("Usage: gen-opaque COMMAND [OPTIONS] ...\n"
	     "\n"
	     "Reads the layout of a private C type and writes a header that lets other code hold\n"
	     "that type without seeing inside it.\n"
	     "\n"
	     "Commands:");
	for (size_t i = 0; i < N_COMMANDS; i++)
		printf("  %-10s %s\n", commands[i].spec->name, commands[i].spec->summary);
	puts("\n"
	     "'gen-opaque COMMAND --help' says more of each. Also: --help, --version.");
}

static void print_version(void)
{
	char *clang = read_clang_version();

	printf("gen-opaque %s\nwith %s\n", GEN_OPAQUE_VERSION, clang);
	free(clang);
}

static int run(int argc, char *argv[], struct diags *diags)
{
	const char *word = argc > 1 ? argv[1] : "";

	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
		print_help();
		return EXIT_FINE;
	}
	if (strcmp(word, "--version") == 0) {
		print_version();
		return EXIT_FINE;
	}
	for (size_t i = 0; i < N_COMMANDS; i++)
		if (strcmp(word, commands[i].spec->name) == 0)
			return commands[i].run(argc - 1, argv + 1, diags);
	if (argc > 1)
		diag_error(diags, "unknown %s '%s'", word[0] == '-' ? "option" : "command", word);
	else
		diag_error(diags, "no command is given");
	diag_note(diags, "'gen-opaque --help' lists the commands");
	return EXIT_TROUBLE;
}

int main(int argc, char *argv[])
{
	struct diags diags = { NULL, 0 };
	char *here = path_here();
	int status;

	interrupt_catch();
	status = run(argc, argv, &diags);
	interrupt_obey();
	/* Help and the like are written only now; what is reported already is not told twice. */
	if (fflush(stdout) != 0) {
		diag_error(&diags, "standard output cannot be written: %s", strerror(errno));
		status = EXIT_TROUBLE;
	}
	diag_print(&diags, stderr, diag_wants_colour(stderr), here);
	diag_free(&diags);
	free(here);
	exit(status);
}
