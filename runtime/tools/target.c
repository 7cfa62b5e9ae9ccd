/* SPDX-License-Identifier: MIT */
#include "target.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>

bool target_fail(struct target *target, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(target->error, sizeof(target->error), format, args);
	va_end(args);
	return false;
}

/* @error is an errno of the kernel's answer to a look at the process. */
static bool refused(struct target *target, int error)
{
	if (error == ESRCH || error == ENOENT) {
		target->ended = true;
		return target_fail(target, "there is no such process");
	}
	if (error == EPERM || error == EACCES)
		return target_fail(target, "it may not be looked at: it is another user's, or the "
					   "system restricts ptrace (kernel.yama.ptrace_scope)");
	return target_fail(target, "%s", strerror(error));
}

bool target_read(struct target *target, remote from, void *to, size_t bytes)
{
	struct iovec here = { to, bytes };
	struct iovec there = { (void *)from, bytes };
	ssize_t n = process_vm_readv(target->pid, &here, 1, &there, 1, 0);

	if (n < 0 && errno != EFAULT)
		return refused(target, errno);
	return n == (ssize_t)bytes;
}

void target_printable(char *name)
{
	for (; *name; name++)
		if (*name < ' ' || *name > '~')
			*name = '?';
}

/* The name of the program, for people to see. */
static void read_program(struct target *target)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/comm", target->pid);
	FILE *file = fopen(path, "re");
	if (!file)
		return;
	if (!fgets(target->program, sizeof(target->program), file))
		target->program[0] = '\0';
	fclose(file);
	target->program[strcspn(target->program, "\n")] = '\0';
	target_printable(target->program);
}

/* Each file is looked at where its beginning is mapped; how many mappings there are. */
static size_t look_at_mappings(struct target *target, FILE *maps)
{
	char line[512];
	size_t n = 0;

	while (fgets(line, sizeof(line), maps)) {
		unsigned long start;
		unsigned long offset;
		unsigned long inode;
		char readable;

		if (sscanf(line, "%lx-%*x %c%*s %lx %*s %lu", &start, &readable, &offset, &inode) ==
		    4) {
			n++;
			if (readable == 'r' && offset == 0 && inode)
				image_look(target, start);
		}
		while (!strchr(line, '\n') && fgets(line, sizeof(line), maps))
			; /* the rest of a long name */
	}
	return n;
}

bool target_open(struct target *target, pid_t pid)
{
	char path[32];
	char byte;

	memset(target, 0, sizeof(*target));
	target->pid = pid;
	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	FILE *maps = fopen(path, "re");
	if (!maps)
		return refused(target, errno);
	/* Any address tells whether the memory may be read. */
	target_read(target, 0, &byte, 1);
	size_t mappings = target->error[0] ? 0 : look_at_mappings(target, maps);
	fclose(maps);
	if (target->nr_beacons) {
		target->error[0] = '\0';
		read_program(target);
		return true;
	}
	if (target->error[0])
		return false;
	if (!mappings)
		return refused(target, ESRCH); /* a zombie, or none of user space */
	return target_fail(target, "it does not use the slab library");
}
