/* SPDX-License-Identifier: MIT */
#ifndef OS_H
#define OS_H

/*
 * All that the runtime asks of the operating system. Nothing here allocates from the runtime
 * itself, and the one lock is held over no system call.
 *
 * The system may refuse to take memory back: to unmap the middle of a mapping takes a mapping more,
 * and those are limited. Such a run is kept, without its pages, for what is mapped next.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Map zeroed memory; @size and @align are multiples of the page size. NULL when there is none, also
 * when it is more than malloc() would get.
 */
void *os_map(size_t size, size_t align);
/* Memory that may be written to; the caller is done with it in any case. */
void os_unmap(void *start, size_t size);
/* Bytes mapped now. */
size_t os_mapped(void);

/*
 * Give the pages back to the system, but keep the addresses; they read as zeros afterwards. False:
 * it refused, and all is as before.
 */
bool os_purge(void *start, size_t size);

/* Make a mapping longer where it is. False: no room there, or it cannot be done, and is not. */
bool os_extend(void *start, size_t size, size_t new_size);

/*
 * Have the pages of a mapping at @target, @new_size bytes that os_map() gave and nobody has written
 * to. False: it cannot be done; the mapping is as before, and the target is unmapped.
 */
bool os_move(void *start, size_t size, void *target, size_t new_size);

/* For fork.c. */
extern struct lock os_lock;

size_t os_page_size(void);

/* How many mappings the system lets a process have. */
size_t os_most_mappings(void);

/* Let everybody or nobody use mapped memory, in whole pages; false: there is no memory for that. */
bool os_protect(void *start, size_t size, bool usable);

/* A touch of memory that nobody may use. */
struct os_fault {
	char *address;
	const char *access; /* "write", "read", or "access" where the processor does not tell */
	const void *code;   /* the instruction; NULL: not known */
};

/*
 * Have @fn called when the program touches such memory. False: it does not want the fault, and
 * things take the course that they took before.
 */
void os_on_fault(bool (*fn)(const struct os_fault *fault));

/* A clock for ages, cheap and coarse, in milliseconds. */
uint64_t os_now_ms(void);

/* The number by which the system knows the calling thread. */
uint32_t os_thread_id(void);

/* A number that cannot be foreseen; while the system has none yet, one that is hard to. */
uint64_t os_random(void);

/*
 * Between the two the calling thread is not cancelled, whatever it calls: it may hold locks that
 * nobody would ever drop. They may be nested.
 */
int os_hold_cancellation(void);
void os_release_cancellation(int held);

void os_write_stderr(const char *text, size_t size);

#endif
