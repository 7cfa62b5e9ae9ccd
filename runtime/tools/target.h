/* SPDX-License-Identifier: MIT */
#ifndef TARGET_H
#define TARGET_H

/*
 * A running program whose caches are looked at. Its memory is read as it stands; nothing is written
 * and nobody waits. What is read may be half changed, or made up by a hostile program: trust no
 * count and no pointer of it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "inspect.h"

/* Copies of the library in one program: its own, and those of plugins. */
#define TARGET_BEACONS 8

/* A place in the other program's memory, never to be followed here. */
typedef uintptr_t remote;

struct target {
	pid_t pid;
	char program[64];		/* what it is called */
	remote beacons[TARGET_BEACONS]; /* those that fit this tool */
	size_t nr_beacons;
	char error[256]; /* why the last call failed */
	bool ended;	 /* the program is gone */
};

/* Find a program's beacons. False: see target->error. */
bool target_open(struct target *target, pid_t pid);

/* Copy @bytes from the program. False: they are not all there, or see target->ended. */
bool target_read(struct target *target, remote from, void *to, size_t bytes);

/* Names are for terminals and pages: let nothing in them be taken for more than a name. */
void target_printable(char *name);

/* Note why something failed; return false. */
__attribute__((format(printf, 2, 3))) bool target_fail(struct target *target, const char *format,
						       ...);

/* image.c: look for beacons in the ELF image that is mapped from @start. */
void image_look(struct target *target, remote start);

#endif
