/* SPDX-License-Identifier: MIT */
#ifndef BENCH_H
#define BENCH_H

/*
 * What the works share, whatever allocator they run on. A contestant is one source: it defines how
 * it allocates (see works.h) and includes works.h, which makes the works of it for each size and
 * lists them in a table; bench.c runs one of them.
 */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define BATCH	 1000 /* objects that go out before they come back */
#define BURST	 64   /* objects that a program with bulk calls has at once */
#define MANY	 200  /* caches side by side */
#define RING	 1024 /* objects on the way from one thread to the other */
#define HANDOVER 32   /* of them at a time; divides the operations of a run, and of a short one */

#define GENERATION \
	10000	       /* operations after which a thread of larson leaves its work to a new one */
#define SHORT_LIFE 300 /* of a thread, in operations */

/* Live objects of a size: a million, or as many as 256 MB hold. */
#define LIVE_OF(size) ((size) <= 256 ? 1000000L : 256000000L / (size))

/* One thread's part of a work. */
struct part {
	unsigned int number; /* of the thread, from 0 */
	void **objects;	     /* room for as many as the work has live */
	uint64_t random;     /* never 0 */
};

/**
 * struct work - one work on objects of one size
 * @name: its name, as on the command line
 * @start: in place of that for all works of the size; may be NULL
 * @fill: brings a thread's objects to life; not timed; may be NULL
 * @run: so many operations, an operation being one allocation and one free
 * @sample: in place of @run, for what times itself: nanoseconds for one operation
 * @empty: undoes @fill
 * @team: threads that do it together if not 1; any number of teams may work at once
 * @live: objects that one thread has at most
 * @operations: what one timed run consists of, or samples
 */
struct work {
	const char *name;
	void (*start)(size_t objects, unsigned int threads);
	void (*fill)(struct part *part);
	void (*run)(struct part *part, long operations);
	double (*sample)(struct part *part, long samples);
	void (*empty)(struct part *part);
	unsigned int team;
	size_t live;
	long operations;
};

/**
 * struct works - what a contestant does with objects of one size
 * @size: bytes of an object
 * @start: makes room for so many objects at once, in all threads; called once, not timed
 * @list: its works; the last one's name is NULL
 */
struct works {
	size_t size;
	void (*start)(size_t objects, unsigned int threads);
	const struct work *list;
};

/* The contestant's; the last one's size is 0. */
extern const struct works works_by_size[];

/* What a thread does before and after its part; DPDK must know the threads that use it. */
void thread_enter(void);
void thread_leave(void);

/* The order in which the random works free a batch: the same for all contestants. */
extern unsigned int shuffled[BATCH];

/* Hand an object to the thread that is this one's partner, and get one from it. */
void ring_put(unsigned int ring, void *object);
void *ring_get(unsigned int ring);

/* Run @body(part) in a thread of its own, from birth to death. */
void in_thread(void *(*body)(void *part), struct part *part);

/* Write to an object, so that the compiler keeps it and its line is fetched. */
static inline void touch(void *object)
{
	*(volatile char *)object = 1;
}

/* Marsaglia's xorshift64: fast, and the same numbers for all contestants. */
static inline unsigned int next_random(struct part *part)
{
	part->random ^= part->random << 13;
	part->random ^= part->random >> 7;
	part->random ^= part->random << 17;
	return (unsigned int)(part->random >> 20);
}

#endif
