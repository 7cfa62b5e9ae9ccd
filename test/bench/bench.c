/* SPDX-License-Identifier: MIT */

/*
 * Runs one work of one contestant and prints what it found, a line each:
 *
 *	WORK SIZE THREADS VALUE
 *
 * VALUE is nanoseconds for one operation, an allocation and its free: the best of the repeats. Of
 * several threads each does all the operations, at the same time as the others.
 */

#include "bench.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cold.h"

#define MAX_THREADS 128

static const char usage[] =
	"usage: PROGRAM WORK SIZE [THREADS [MILLISECONDS]]\n"
	"       PROGRAM memory SIZE [1 [MILLISECONDS]]   resident and kept memory\n"
	"       PROGRAM count WORK SIZE OPERATIONS       so many operations, for callgrind\n"
	"THREADS 0, as if not said: as few as the work needs. Repeats the work for MILLISECONDS, 60\n"
	"if not said; with 0 it does a small part of it, once.\n";

unsigned int shuffled[BATCH];

static void die(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

static void shuffle(void)
{
	struct part part = { .random = 1 };

	for (unsigned int i = 0; i < BATCH; i++)
		shuffled[i] = i;
	for (unsigned int i = BATCH - 1; i > 0; i--) {
		unsigned int j = next_random(&part) % (i + 1);
		unsigned int kept = shuffled[i];
		shuffled[i] = shuffled[j];
		shuffled[j] = kept;
	}
}

static const struct works *of_size(long size)
{
	for (const struct works *works = works_by_size; works->size; works++)
		if (works->size == (size_t)size)
			return works;
	die("no works on objects of this size");
	return NULL;
}

static const struct work *find(const struct works *works, const char *name)
{
	for (const struct work *work = works->list; work->name; work++)
		if (strcmp(work->name, name) == 0)
			return work;
	die("no such work");
	return NULL;
}

/*
 * A ring for each two threads, each index on cache lines of its own. Pointers are handed over
 * some at a time: one by one, threads that wait for each other would be measured most of all.
 */
static struct ring {
	_Alignas(128) void *slots[RING];
	_Alignas(128) unsigned int written;
	_Alignas(128) unsigned int read;
} rings[MAX_THREADS / 2];

/* These are known to the thread that writes, or reads; one thread does either. */
static __thread unsigned int ring_at;

void ring_put(unsigned int number, void *object)
{
	struct ring *ring = &rings[number];

	while (ring_at - __atomic_load_n(&ring->read, __ATOMIC_ACQUIRE) == RING)
		sched_yield();
	ring->slots[ring_at++ % RING] = object;
	if (ring_at % HANDOVER == 0)
		__atomic_store_n(&ring->written, ring_at, __ATOMIC_RELEASE);
}

void *ring_get(unsigned int number)
{
	struct ring *ring = &rings[number];

	while (__atomic_load_n(&ring->written, __ATOMIC_ACQUIRE) == ring_at)
		sched_yield();
	void *object = ring->slots[ring_at++ % RING];
	if (ring_at % HANDOVER == 0)
		__atomic_store_n(&ring->read, ring_at, __ATOMIC_RELEASE);
	return object;
}

void in_thread(void *(*body)(void *), struct part *part)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, body, part) != 0)
		die("no thread");
	pthread_join(thread, NULL);
}

/* Not from the allocator that is looked at. */
static void **room_for(size_t objects)
{
	void *room = mmap(NULL, objects * sizeof(void *), PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (room == MAP_FAILED)
		die("out of memory");
	return room;
}

/* ---- one work in one or more threads ---- */

/* What all threads of a run share. Thread 0 is the program's first; it takes the time. */
static struct {
	const struct work *work;
	unsigned int threads;
	long operations;
	bool over;
	pthread_barrier_t gate;
} crew;

static void pass_gate(void)
{
	if (crew.threads > 1)
		pthread_barrier_wait(&crew.gate);
}

static void part_start(struct part *part, unsigned int number)
{
	part->number = number;
	part->objects = room_for(crew.work->live);
	part->random = 88172645463325252u + number;
	if (crew.work->fill)
		crew.work->fill(part);
	/* Not as it was filled, but as it is after a while. */
	crew.work->run(part, crew.operations);
}

static void part_end(struct part *part)
{
	if (crew.work->empty)
		crew.work->empty(part);
}

static void *follow(void *number)
{
	struct part part;

	thread_enter();
	part_start(&part, (unsigned int)(uintptr_t)number);
	for (;;) {
		pass_gate();
		if (crew.over)
			break;
		crew.work->run(&part, crew.operations);
		pass_gate();
	}
	part_end(&part);
	thread_leave();
	return NULL;
}

/* The best time of the repeats, in nanoseconds for an operation. */
static double lead(double milliseconds)
{
	struct part part;
	double best = 1e18;

	part_start(&part, 0);
	double end = now_ns() + milliseconds * 1e6;
	for (;;) {
		pass_gate();
		double from = now_ns();
		crew.work->run(&part, crew.operations);
		pass_gate();
		double each = (now_ns() - from) / (double)crew.operations;
		best = each < best ? each : best;
		if (now_ns() >= end)
			break;
	}
	crew.over = true;
	pass_gate();
	part_end(&part);
	return best;
}

static double run_crew(const struct work *work, unsigned int threads, double milliseconds)
{
	pthread_t others[MAX_THREADS];

	crew.work = work;
	crew.threads = threads;
	crew.operations = milliseconds > 0 ? work->operations : work->operations / 50;
	pthread_barrier_init(&crew.gate, NULL, threads);
	for (uintptr_t i = 1; i < threads; i++)
		if (pthread_create(&others[i], NULL, follow, (void *)i) != 0)
			die("no thread");
	double best = lead(milliseconds);
	for (unsigned int i = 1; i < threads; i++)
		pthread_join(others[i], NULL);
	return best;
}

/* ---- memory ---- */

/* Bytes of this process that are resident, counted exactly. */
static double resident(void)
{
	char line[256];
	long kib = -1;
	FILE *rollup = fopen("/proc/self/smaps_rollup", "r");

	while (rollup && kib < 0 && fgets(line, sizeof(line), rollup))
		if (strncmp(line, "Rss:", 4) == 0)
			kib = atol(line + 4);
	if (kib < 0)
		die("/proc/self/smaps_rollup does not say what is resident");
	fclose(rollup);
	return (double)kib * 1024;
}

/*
 * What a live byte costs, and what is left of it two seconds after all was freed, in which the
 * program goes on to allocate a little.
 */
static void show_memory(const struct works *works, double milliseconds)
{
	const struct work *replace = find(works, "replace"), *use = find(works, "fifo");
	struct part part = { .objects = room_for(replace->live), .random = 1 };
	double bytes = (double)replace->live * (double)works->size;

	resident(); /* reading it may need memory the first time */
	double before = resident();
	works->start(replace->live, 1);
	replace->fill(&part);
	printf("resident %zu 1 %.4f\n", works->size, (resident() - before) / bytes);
	replace->empty(&part);
	for (int i = 0; i < 20; i++) {
		use->run(&part, BATCH);
		usleep(milliseconds > 0 ? 100000 : 0);
	}
	printf("kept %zu 1 %.4f\n", works->size, (resident() - before) / bytes);
}

/* ---- the command line ---- */

static long number(const char *text, long most)
{
	char *end;

	errno = 0;
	long value = strtol(text, &end, 10);
	if (errno || end == text || *end || value < 0 || value > most)
		die("not a number, or not one in range");
	return value;
}

static void start(const struct works *works, const struct work *work, unsigned int threads)
{
	(work->start ? work->start : works->start)(work->live * threads, threads);
}

static void count(const struct works *works, const struct work *work, long operations)
{
	struct part part = { .objects = room_for(work->live), .random = 1 };

	if (!work->run || work->fill)
		die("this work cannot be counted");
	start(works, work, 1);
	work->run(&part, operations);
}

static void show(const struct works *works, const struct work *work, unsigned int threads,
		 double milliseconds)
{
	unsigned int team = work->team ? work->team : 1;
	struct part part = { .random = 1 };
	double ns;

	if (!threads)
		threads = team;
	if (threads % team || (work->sample && threads > 1))
		die("not a number of threads for this work");
	start(works, work, threads);
	if (work->sample)
		ns = work->sample(&part, milliseconds > 0 ? work->operations : 3);
	else
		ns = run_crew(work, threads, milliseconds);
	printf("%s %zu %u %.3f\n", work->name, works->size, threads, ns);
}

int main(int argc, char **argv)
{
	bool counting = argc == 5 && strcmp(argv[1], "count") == 0;

	if (argc < 3 || argc > 5) {
		fputs(usage, stderr);
		return 2;
	}
	shuffle();
	const struct works *works = of_size(number(argv[counting ? 3 : 2], LONG_MAX));
	if (counting) {
		count(works, find(works, argv[2]), number(argv[4], LONG_MAX));
		return 0;
	}
	long threads = argc > 3 ? number(argv[3], MAX_THREADS) : 0;
	double milliseconds = argc > 4 ? (double)number(argv[4], 3600000) : 60;
	if (strcmp(argv[1], "memory") == 0)
		show_memory(works, milliseconds);
	else
		show(works, find(works, argv[1]), (unsigned int)threads, milliseconds);
	return 0;
}
