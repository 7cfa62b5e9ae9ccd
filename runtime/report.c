/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <slab/slab-debug.h>

#include "os.h"

static size_t nr_errors;
static enum slab_debug_policy policy;
static report_stack_fn *stack_printer; /* NULL: none */

/* One buffer on the stack and one write: no allocation, and lines of threads do not mix. */
static void report_va(const char *what, const char *format, va_list args)
{
	char line[512];
	int saved = errno;
	size_t prefix = (size_t)snprintf(line, sizeof(line), "slab: %s", what);
	int length = vsnprintf(line + prefix, sizeof(line) - prefix - 1, format, args);
	size_t size = prefix;
	if (length > 0)
		size += (size_t)length < sizeof(line) - prefix - 1 ? (size_t)length
								   : sizeof(line) - prefix - 2;
	line[size++] = '\n';
	os_write_stderr(line, size);
	errno = saved;
}

void report(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report_va("", format, args);
	va_end(args);
}

void report_fatal(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report_va("", format, args);
	va_end(args);
	abort();
}

void report_count_error(void)
{
	__atomic_fetch_add(&nr_errors, 1, __ATOMIC_RELAXED);
}

size_t slab_debug_errors(void)
{
	return __atomic_load_n(&nr_errors, __ATOMIC_RELAXED);
}

static void read_policy(void)
{
	const char *given = getenv("SLAB_DEBUG_POLICY");

	if (!given || strcmp(given, "fix") == 0)
		return;
	if (strcmp(given, "abort") == 0)
		policy = SLAB_DEBUG_ABORT;
	else
		report("SLAB_DEBUG_POLICY: '%s' is neither fix nor abort: ignored", given);
}

static void read_policy_once(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, read_policy);
}

void slab_debug_policy_set(enum slab_debug_policy wanted)
{
	read_policy_once();
	__atomic_store_n(&policy, wanted, __ATOMIC_RELAXED);
}

bool report_goes_on(void)
{
	read_policy_once();
	return __atomic_load_n(&policy, __ATOMIC_RELAXED) == SLAB_DEBUG_FIX;
}

void report_bug_end(void)
{
	if (!report_goes_on())
		abort();
}

void report_stacks_by(report_stack_fn *print)
{
	__atomic_store_n(&stack_printer, print, __ATOMIC_RELAXED);
}

void report_bug_begin(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report_va("BUG ", format, args);
	va_end(args);
	report_count_error();
}

void report_bug(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report_va("BUG ", format, args);
	va_end(args);
	report_count_error();
	/* Relaxed: the function stands in the program from the start. */
	report_stack_fn *print_stack = __atomic_load_n(&stack_printer, __ATOMIC_RELAXED);
	if (print_stack)
		print_stack();
	report_bug_end();
}

void text_write(struct text *text)
{
	os_write_stderr(text->bytes, text->used);
	text->used = 0;
}

static bool text_fits(struct text *text, const char *format, va_list args)
{
	size_t room = sizeof(text->bytes) - text->used;
	int length = vsnprintf(text->bytes + text->used, room, format, args);

	if (length < 0 || (size_t)length >= room)
		return false;
	text->used += (size_t)length;
	return true;
}

void text_add(struct text *text, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	bool fits = text_fits(text, format, args);
	va_end(args);
	if (fits)
		return;
	text_write(text);
	va_start(args, format);
	text_fits(text, format, args);
	va_end(args);
}
