/* SPDX-License-Identifier: MIT */

/*
 * What does it cost to load a cache's address before it is used? One pair of allocation and free of
 * 64 bytes, inlined, with the address
 *
 *	static	of a cache with static storage: a constant of the program
 *	loaded	loaded from a variable, as kmem_cache_create() makes it
 *	patched	the same, but written into the code when the program starts
 *
 * in several states of the processor's caches. Prints a line each: "STATE FORM NANOSECONDS". For
 * x86_64.
 */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <slab/slab-inline.h>

#include "cold.h"

#define ALWAYS_INLINE static inline __attribute__((always_inline))

enum form { STATIC, LOADED, PATCHED, FORMS };

static const char *const form_names[FORMS] = { "static", "loaded", "patched" };

struct object {
	char bytes[64];
};

/* Each on lines of its own, so that one can be evicted without another. */
static _Alignas(128) DEFINE_KMEM_CACHE(static_cache, struct object, SLAB_NO_MERGE);
static _Alignas(128) struct kmem_cache *cache_pointer;

/*
 * An address in the code. The instruction loads the number behind it, eight bytes that end where
 * the instruction ends; where that is stands in a section of its own.
 */
ALWAYS_INLINE struct kmem_cache *patched_pointer(void)
{
	struct kmem_cache *cache;

	__asm__("movabsq $0x7654321076543210, %0\n"
		"1:\n\t"
		".pushsection patched_places, \"aw\"\n\t"
		".quad 1b - 8\n\t"
		".popsection"
		: "=r"(cache));
	return cache;
}

extern unsigned char *const __start_patched_places[], *const __stop_patched_places[];

static void patch(const struct kmem_cache *cache)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	for (unsigned char *const *place = __start_patched_places; place < __stop_patched_places;
	     place++) {
		uintptr_t from = (uintptr_t)*place & ~(page - 1);
		size_t bytes = (uintptr_t)*place + sizeof(cache) - from;

		if (mprotect((void *)from, bytes, PROT_READ | PROT_WRITE | PROT_EXEC) != 0)
			abort();
		memcpy(*place, &cache, sizeof(cache));
		if (mprotect((void *)from, bytes, PROT_READ | PROT_EXEC) != 0)
			abort();
	}
}

ALWAYS_INLINE struct kmem_cache *cache_of(enum form form)
{
	if (form == STATIC)
		return to_kmem_cache(&static_cache);
	return form == LOADED ? cache_pointer : patched_pointer();
}

ALWAYS_INLINE void pair(enum form form)
{
	volatile char *object = kmem_cache_alloc(cache_of(form), GFP_KERNEL);

	*object = 1;
	kmem_cache_free(cache_of(form), (void *)object);
}

/* ---- one pair at a time, in a state of the caches ---- */

/**
 * struct state - what the program has done since the last pair
 * @name: for the output
 * @pointer, @cache, @slot: evict the pointer, the struct kmem_cache, this thread's slot for it
 * @walked: read so many bytes of its own
 */
struct state {
	const char *name;
	bool pointer, cache, slot;
	size_t walked;
};

static const struct state states[] = {
	{ .name = "hot" },
	{ .name = "no-pointer", .pointer = true },
	{ .name = "no-cache", .pointer = true, .cache = true },
	{ .name = "no-slot", .pointer = true, .cache = true, .slot = true },
	{ .name = "after64k", .walked = 64 << 10 },
	{ .name = "after512k", .walked = 512 << 10 },
	{ .name = "after2m", .walked = 2 << 20 },
};

static void evict(const void *address)
{
	__asm__ volatile("clflush (%0)" : : "r"(address) : "memory");
}

static void bring_about(const struct state *state, enum form form, const struct cold *cold)
{
	const struct kmem_cache *cache = cache_of(form);
	const void *slot = slab_slot_of(cache);

	cold_walk(cold);
	if (state->pointer)
		evict(&cache_pointer);
	if (state->cache)
		for (size_t at = 0; at < sizeof(static_cache); at += LINE)
			evict((const char *)cache + at);
	if (state->slot)
		evict(slot);
	__asm__ volatile("mfence" : : : "memory");
}

/* A function for each form, so that the address is what it would be in a program. */
#define SAMPLE(name, form)                                            \
	static __attribute__((noinline)) uint64_t sample_##name(void) \
	{                                                             \
		uint64_t from = ticks();                              \
		pair(form);                                           \
		return ticks() - from;                                \
	}
SAMPLE(static, STATIC)
SAMPLE(loaded, LOADED)
SAMPLE(patched, PATCHED)

static uint64_t (*const samplers[FORMS])(void) = { sample_static, sample_loaded, sample_patched };

/*
 * The forms take turns, so that whatever else happens meets them all. Each has a cache of its own:
 * none finds in the processor's caches what another has just used.
 */
static void measure_state(const struct state *state, long samples)
{
	struct cold cold[FORMS];

	for (int form = 0; form < FORMS; form++) {
		cold_init(&cold[form], form ? 0 : state->walked, samples);
		cold[form].overhead = cold[0].overhead;
	}
	for (long i = 0; i < samples; i++) {
		for (enum form form = STATIC; form < FORMS; form++) {
			bring_about(state, form, &cold[0]);
			cold[form].taken[i] = samplers[form]();
		}
	}
	for (int form = 0; form < FORMS; form++)
		printf("%s %s %.2f\n", state->name, form_names[form], cold_result(&cold[form]));
}

/* ---- many pairs, one after the other ---- */

#define TABLE (1 << 20) /* bytes that the hungry loop looks things up in */

static volatile char *table;
static uint64_t place = 1; /* shared, so that no loop follows where another has just been */

/* So many look-ups at random places, none waiting for another; the same code in all loops. */
static __attribute__((noinline)) void look_up(unsigned int times)
{
	for (unsigned int i = 0; i < times; i++) {
		place = place * 6364136223846793005u + 1442695040888963407u;
		(void)table[(place >> 33) % TABLE];
	}
}

#define LOOP(name, form)                                                              \
	static __attribute__((noinline)) void loop_##name(long n, unsigned int times) \
	{                                                                             \
		for (long i = 0; i < n; i++) {                                        \
			if (times)                                                    \
				look_up(times);                                       \
			if ((form) != FORMS)                                          \
				pair(form);                                           \
		}                                                                     \
	}
LOOP(static, STATIC)
LOOP(loaded, LOADED)
LOOP(patched, PATCHED)
LOOP(nothing, FORMS)

static void (*const loops[FORMS + 1])(long, unsigned int) = { loop_static, loop_loaded,
							      loop_patched, loop_nothing };

/* @n rounds of a loop with a pair in them, less the same without; again and again, in turns. */
static void measure_loop(const char *name, long n, unsigned int times, long samples)
{
	struct cold cold[FORMS + 1];

	for (int form = 0; form <= FORMS; form++)
		cold_init(&cold[form], 0, samples);
	for (long i = 0; i < samples; i++) {
		for (int form = 0; form <= FORMS; form++) {
			uint64_t from = ticks();
			loops[form](n, times);
			cold[form].taken[i] = ticks() - from;
		}
	}
	double without = cold_result(&cold[FORMS]);
	for (int form = 0; form < FORMS; form++)
		printf("%s %s %.2f\n", name, form_names[form],
		       (cold_result(&cold[form]) - without) / (double)n);
}

/* With any argument, a few samples of each. */
int main(int argc, char **argv)
{
	bool few = argc > 1;

	(void)argv;
	cache_pointer = kmem_cache_create("loaded", sizeof(struct object), 0, SLAB_NO_MERGE, NULL);
	struct kmem_cache *patched =
		kmem_cache_create("patched", sizeof(struct object), 0, SLAB_NO_MERGE, NULL);
	table = malloc(TABLE);
	if (!cache_pointer || !patched || !table)
		abort();
	memset((void *)table, 1, TABLE);
	patch(patched);
	for (enum form form = STATIC; form < FORMS; form++)
		samplers[form]();
	if (patched_pointer() != patched)
		abort();

	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++)
		measure_state(&states[i], few ? 4 : states[i].walked ? 1000 : 5000);
	measure_loop("loop", 1000, 0, few ? 4 : 2000);
	measure_loop("hungry", 10, 1024, few ? 4 : 3000);
	return 0;
}
