/* SPDX-License-Identifier: MIT */
#ifndef OS_H
#define OS_H

/*
 * All that the runtime asks of the operating system. Nothing here takes a lock or allocates from
 * the runtime itself.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Map zeroed memory; @size and @align are multiples of the page size. NULL when there is none. */
void *os_map(size_t size, size_t align);
void os_unmap(void *start, size_t size);
/* Bytes mapped now. */
size_t os_mapped(void);

/* Give the pages back to the system, but keep the addresses; they read as zeros afterwards. */
void os_purge(void *start, size_t size);

size_t os_page_size(void);

/* Let everybody or nobody use mapped memory, in whole pages; false: there is no memory for that. */
bool os_protect(void *start, size_t size, bool usable);

/* A touch of memory that nobody may use. */
struct os_fault {
	char *address;
	const char *access; /* "write", "read", or "access" where the processor does not tell */
	const void *code;   /* the instruction; NULL: not known */
};

/*
 * Have @fn called when the program touches such memory. False: that is none of its business, and
 * things take the course that they took before.
 */
void os_on_fault(bool (*fn)(const struct os_fault *fault));

/* A clock for ages, cheap and coarse, in milliseconds. */
uint64_t os_now_ms(void);

/* The number by which the system knows the calling thread. */
uint32_t os_thread_id(void);

/* A number that cannot be foreseen; while the system has none yet, one that is hard to. */
uint64_t os_random(void);

void os_write_stderr(const char *text, size_t size);

#endif
