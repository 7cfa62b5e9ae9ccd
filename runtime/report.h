/* SPDX-License-Identifier: MIT */
#ifndef REPORT_H
#define REPORT_H

/*
 * Messages to stderr, each written in one piece; errno stays as it was.
 *
 * A bug of the program counts as an error. Whether the program goes on after it is up to
 * SLAB_DEBUG_POLICY in the environment, "fix" or "abort", and to slab_debug_policy_set().
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdnoreturn.h>

/* What is wrong with a free, in the words of all reports. */
#define DOUBLE_FREE	  "double free"
#define INVALID_FREE	  "invalid free" /* no object begins there */
#define NOT_OF_THIS_CACHE "object is not of this cache"
#define OF_NO_CACHE	  "object is of no cache"

__attribute__((format(printf, 1, 2))) void report(const char *format, ...);

/* report(), then abort(). */
noreturn __attribute__((format(printf, 1, 2))) void report_fatal(const char *format, ...);

/* "BUG ..." that is said in one line. */
__attribute__((format(printf, 1, 2))) void report_bug(const char *format, ...);

/* From now on each such line is followed by the calls that led to it, as @print shows them. */
typedef void report_stack_fn(void);
void report_stacks_by(report_stack_fn *print);

/* The same when there is more to say: its first line; report_bug_end() comes after the last. */
__attribute__((format(printf, 1, 2))) void report_bug_begin(const char *format, ...);
void report_bug_end(void);

/* Does the program go on after a bug? */
bool report_goes_on(void);

/* One more line that counts: a repair, or one object of many. */
void report_count_error(void);

/* A text of many lines, written in pieces as large as fit. All zeros is an empty one. */
struct text {
	size_t used;
	char bytes[4096];
};

__attribute__((format(printf, 2, 3))) void text_add(struct text *text, const char *format, ...);
void text_write(struct text *text);

#endif
