/* SPDX-License-Identifier: MIT */
#include "cli.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void cli_die(int status, const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fprintf(stderr, "%s: ", program_invocation_short_name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(status);
}

pid_t cli_pid(const char *text)
{
	char *end;
	long pid = strtol(text, &end, 10);

	if (text[0] < '0' || text[0] > '9' || *end || pid < 1 || pid > INT_MAX)
		cli_die(EXIT_USAGE, "'%s' is no process id", text);
	return (pid_t)pid;
}

const struct column *cli_column(const char *name)
{
	const struct column *column = column_find(name);

	if (!column)
		cli_die(EXIT_USAGE, "there is no column '%s' to sort by; see --help", name);
	return column;
}

void cli_print_keys(void)
{
	puts("Caches are sorted by, in one letter or in words:");
	for (const struct column *column = columns; column->key; column++)
		printf("  %c  %-14s %s\n", column->letter, column->key, column->what);
}

static noreturn void die_of(const struct target *target)
{
	cli_die(EXIT_FAILURE, "process %d: %s", target->pid, target->error);
}

void cli_open(struct target *target, pid_t pid)
{
	if (!target_open(target, pid))
		die_of(target);
}

void cli_take(struct snapshot *snapshot, struct target *target, enum detail detail)
{
	if (!snapshot_take(snapshot, target, detail))
		die_of(target);
}

void cli_finish(void)
{
	if (fflush(stdout) != 0 || ferror(stdout))
		cli_die(EXIT_FAILURE, "standard output: %s", strerror(errno));
	exit(EXIT_SUCCESS);
}
