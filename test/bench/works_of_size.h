/* SPDX-License-Identifier: MIT */

/* The works on objects of SIZE bytes: works.h includes this once for each size. */

#include <string.h>

#include "bench.h"
#include "cold.h"

STORAGE

static void NAME(start)(size_t objects, unsigned int threads)
{
	START(objects, threads);
}

static void NAME(start_many)(size_t objects, unsigned int threads)
{
	(void)objects, (void)threads;
	START_MANY();
}

/* What a pair costs without an allocator. */
static void NAME(loop)(struct part *part, long operations)
{
	char object;

	(void)part;
	for (long i = 0; i < operations; i++)
		touch(&object);
}

static void NAME(pair)(struct part *part, long operations)
{
	(void)part;
	for (long i = 0; i < operations; i++) {
		void *object = ALLOC();
		touch(object);
		FREE(object);
	}
}

static inline void NAME(out)(void **objects, int n)
{
	for (int i = 0; i < n; i++) {
		objects[i] = ALLOC();
		touch(objects[i]);
	}
}

static void NAME(fifo)(struct part *part, long operations)
{
	for (long done = 0; done < operations; done += BATCH) {
		NAME(out)(part->objects, BATCH);
		for (int i = 0; i < BATCH; i++)
			FREE(part->objects[i]);
	}
}

static void NAME(lifo)(struct part *part, long operations)
{
	for (long done = 0; done < operations; done += BATCH) {
		NAME(out)(part->objects, BATCH);
		for (int i = BATCH; i-- > 0;)
			FREE(part->objects[i]);
	}
}

static void NAME(random)(struct part *part, long operations)
{
	for (long done = 0; done < operations; done += BATCH) {
		NAME(out)(part->objects, BATCH);
		for (int i = 0; i < BATCH; i++)
			FREE(part->objects[shuffled[i]]);
	}
}

static inline void NAME(bulk)(void **objects, int n)
{
	ALLOC_BULK(n, objects);
	for (int i = 0; i < n; i++)
		touch(objects[i]);
	FREE_BULK(n, objects);
}

static void NAME(bulk64)(struct part *part, long operations)
{
	for (long done = 0; done < operations; done += BURST)
		NAME(bulk)(part->objects, BURST);
}

static void NAME(bulk1000)(struct part *part, long operations)
{
	for (long done = 0; done < operations; done += BATCH)
		NAME(bulk)(part->objects, BATCH);
}

/* Of two threads one allocates, the other frees. */
static void NAME(handover)(struct part *part, long operations)
{
	unsigned int ring = part->number / 2;

	for (long i = 0; i < operations; i++) {
		if (part->number % 2) {
			FREE(ring_get(ring));
			continue;
		}
		void *object = ALLOC();
		touch(object);
		ring_put(ring, object);
	}
}

static void NAME(fill)(struct part *part)
{
	for (long i = 0; i < LIVE_OF(SIZE); i++) {
		part->objects[i] = ALLOC();
		memset(part->objects[i], 1, SIZE);
	}
}

static void NAME(empty)(struct part *part)
{
	for (long i = 0; i < LIVE_OF(SIZE); i++)
		FREE(part->objects[i]);
}

static inline void NAME(replace_one)(void **object)
{
	FREE(*object);
	*object = ALLOC();
	touch(*object);
}

/* Of very many live objects a random one gives way to a new one, again and again. */
static void NAME(replace)(struct part *part, long operations)
{
	for (long i = 0; i < operations; i++)
		NAME(replace_one)(&part->objects[next_random(part) % LIVE_OF(SIZE)]);
}

static void NAME(fill_larson)(struct part *part)
{
	NAME(out)(part->objects, BATCH);
}

static void NAME(empty_larson)(struct part *part)
{
	for (int i = 0; i < BATCH; i++)
		FREE(part->objects[i]);
}

static void *NAME(larson_generation)(void *argument)
{
	struct part *part = argument;

	thread_enter();
	for (int i = 0; i < GENERATION; i++)
		NAME(replace_one)(&part->objects[next_random(part) % BATCH]);
	thread_leave();
	return NULL;
}

/* After Larson and Krishnan: each thread dies young and leaves its objects to the next. */
static void NAME(larson)(struct part *part, long operations)
{
	for (long done = 0; done < operations; done += GENERATION)
		in_thread(NAME(larson_generation), part);
}

static void *NAME(short_life)(void *argument)
{
	struct part *part = argument;

	thread_enter();
	NAME(out)(part->objects, SHORT_LIFE);
	for (int i = 0; i < SHORT_LIFE; i++)
		FREE(part->objects[i]);
	thread_leave();
	return NULL;
}

/* Threads that allocate a little, free it and end. */
static void NAME(churn)(struct part *part, long operations)
{
	for (long done = 0; done < operations; done += SHORT_LIFE)
		in_thread(NAME(short_life), part);
}

static void NAME(fill_many)(struct part *part)
{
	for (unsigned int kind = 0; kind < MANY; kind++)
		part->objects[kind] = ALLOC_OF(kind);
}

static void NAME(empty_many)(struct part *part)
{
	for (unsigned int kind = 0; kind < MANY; kind++)
		FREE_OF(kind, part->objects[kind]);
}

/* Many caches in use at once, each seldom. */
static void NAME(many)(struct part *part, long operations)
{
	for (long i = 0; i < operations; i++) {
		unsigned int kind = next_random(part) % MANY;

		FREE_OF(kind, part->objects[kind]);
		part->objects[kind] = ALLOC_OF(kind);
		touch(part->objects[kind]);
	}
}

/* A pair each time after the program has walked over so many bytes of its own. */
static double NAME(after)(size_t bytes, long samples)
{
	struct cold cold;

	cold_init(&cold, bytes, samples);
	for (long i = 0; i < samples; i++) {
		cold_walk(&cold);
		uint64_t from = ticks();
		void *object = ALLOC();
		touch(object);
		FREE(object);
		cold.taken[i] = ticks() - from;
	}
	return cold_result(&cold);
}

static double NAME(after64k)(struct part *part, long samples)
{
	(void)part;
	return NAME(after)(64 << 10, samples);
}

static double NAME(after2m)(struct part *part, long samples)
{
	(void)part;
	return NAME(after)(2 << 20, samples);
}

static const struct work NAME(works)[] = {
	{ .name = "loop", .run = NAME(loop), .live = 1, .operations = 50000 },
	{ .name = "pair", .run = NAME(pair), .live = 1, .operations = 50000 },
	{ .name = "fifo", .run = NAME(fifo), .live = BATCH, .operations = 20000 },
	{ .name = "lifo", .run = NAME(lifo), .live = BATCH, .operations = 20000 },
	{ .name = "random", .run = NAME(random), .live = BATCH, .operations = 20000 },
	{ .name = "bulk64", .run = NAME(bulk64), .live = BURST, .operations = 20 * 1024 },
	{ .name = "bulk1000", .run = NAME(bulk1000), .live = BATCH, .operations = 20000 },
	{ .name = "handover",
	  .run = NAME(handover),
	  .team = 2,
	  .live = RING,
	  .operations = 1000 * HANDOVER }, /* short: others seldom cut it in two */
	{ .name = "replace",
	  .fill = NAME(fill),
	  .run = NAME(replace),
	  .empty = NAME(empty),
	  .live = LIVE_OF(SIZE),
	  .operations = LIVE_OF(SIZE) / 8 },
	{ .name = "larson",
	  .fill = NAME(fill_larson),
	  .run = NAME(larson),
	  .empty = NAME(empty_larson),
	  .live = BATCH,
	  .operations = 4L * GENERATION },
	{ .name = "churn", .run = NAME(churn), .live = SHORT_LIFE, .operations = 20L * SHORT_LIFE },
	{ .name = "many",
	  .start = NAME(start_many),
	  .fill = NAME(fill_many),
	  .run = NAME(many),
	  .empty = NAME(empty_many),
	  .live = MANY,
	  .operations = 20000 },
	{ .name = "after64k", .sample = NAME(after64k), .live = 1, .operations = 2000 },
	{ .name = "after2m", .sample = NAME(after2m), .live = 1, .operations = 500 },
	{ .name = NULL },
};
