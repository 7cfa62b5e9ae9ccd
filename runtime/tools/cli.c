/* SPDX-License-Identifier: MIT */
#include "cli.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MOST_SECONDS 4

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

static timer_t clock_of_run;
static const struct target *looked_at;
static void (*restore_terminal)(void);

/* In a thread of its own: the main one may wait in the kernel for a page that never comes. */
static void give_up(union sigval unused)
{
	(void)unused;
	if (restore_terminal)
		restore_terminal();
	dprintf(STDERR_FILENO,
		"%s: process %d: gave up after %d seconds: its lists do not end, or its memory "
		"does not answer\n",
		program_invocation_short_name, looked_at->pid, MOST_SECONDS);
	_exit(EXIT_FAILURE);
}

static void set_clock(time_t seconds)
{
	struct itimerspec when = { .it_value.tv_sec = seconds };

	timer_settime(clock_of_run, 0, &when, NULL);
}

void cli_hurry(const struct target *target)
{
	struct sigevent event = { .sigev_notify = SIGEV_THREAD, .sigev_notify_function = give_up };

	if (!looked_at && timer_create(CLOCK_MONOTONIC, &event, &clock_of_run) != 0)
		cli_die(EXIT_FAILURE, "no timer: %s", strerror(errno));
	looked_at = target;
	set_clock(MOST_SECONDS);
}

void cli_rest(void)
{
	set_clock(0);
}

void cli_at_end(void (*restore)(void))
{
	restore_terminal = restore;
	atexit(restore);
}

void cli_open(struct target *target, pid_t pid)
{
	target->pid = pid;
	cli_hurry(target);
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
