/* SPDX-License-Identifier: MIT */
#include "leaks.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <slab/slab-debug.h>

#include "cache.h"
#include "debug.h"
#include "options.h"
#include "os.h"
#include "rcu.h"
#include "report.h"
#include "slab.h"
#include "symbol.h"
#include "waiting.h"

/* Places that are told apart; what comes from more is counted in one. A power of two. */
#define PLACES 4096

/* Objects of one cache that one stack has allocated. */
struct place {
	const void *cache; /* tells it from others of the same name; NULL: pieces in no cache */
	char name[40];
	struct track track; /* of the first one that was found */
	size_t objects;	    /* 0: no place yet */
	size_t bytes;
};

struct survey {
	struct place *places; /* a table by hash */
	size_t nr_places;
	struct place rest;
	struct slab_barn *barn; /* whose objects are walked over */
};

/* Where objects of this cache from this stack are counted. */
static struct place *find_place(struct survey *survey, const void *cache, const struct stack *stack)
{
	/* Fibonacci hashing: the upper bits depend on all of the key. */
	uint64_t hash = ((uintptr_t)cache ^ (uintptr_t)stack) * UINT64_C(0x9e3779b97f4a7c15);
	size_t at = (size_t)(hash >> 32) % PLACES;

	while (survey->places[at].objects &&
	       (survey->places[at].cache != cache || survey->places[at].track.stack != stack))
		at = (at + 1) % PLACES;
	if (survey->places[at].objects)
		return &survey->places[at];
	/* Never full, so that each search ends. */
	if (survey->nr_places == PLACES / 2)
		return &survey->rest;
	survey->nr_places++;
	return &survey->places[at];
}

static void count(struct survey *survey, const struct slab_barn *barn, const struct track *track,
		  size_t bytes)
{
	struct place *place = find_place(survey, barn, track->stack);

	if (!place->objects && place != &survey->rest) {
		place->cache = barn;
		place->track = *track;
		snprintf(place->name, sizeof(place->name), "%s", barn ? barn->name : "kmalloc");
	}
	place->objects++;
	place->bytes += bytes;
}

static void count_object(void *object, void *data)
{
	struct survey *survey = data;
	struct track track = debug_track(survey->barn->store, object);

	count(survey, survey->barn, &track, survey->barn->object_size);
}

/* Others may have objects at hand in a thread that look allocated. */
static void count_barn(struct slab_barn *barn, void *data)
{
	struct survey *survey = data;
	struct slab_store *store = barn->store;

	if (!(barn->flags & SLAB_STORE_USER))
		return;
	survey->barn = barn;
	lock(&store->lock);
	store_walk_live(barn, count_object, survey);
	unlock(&store->lock);
}

static void count_noted(const struct leak *leak, void *survey)
{
	count(survey, NULL, &leak->track, leak->bytes);
}

/* The most bytes first, then by name, so that the same program says the same. */
static int compare_places(const void *a, const void *b)
{
	const struct place *left = a;
	const struct place *right = b;

	if (left->bytes != right->bytes)
		return left->bytes < right->bytes ? 1 : -1;
	return strcmp(left->name, right->name);
}

static void print_place(const struct place *place, const char *where, struct symbols *symbols)
{
	report("%s: %zu object%s, %zu bytes, still allocated%s", place->name, place->objects,
	       place->objects == 1 ? "" : "s", place->bytes, where);
	debug_print_track(symbols, "Allocated", &place->track);
}

static size_t print_survey(struct survey *survey)
{
	size_t objects = survey->rest.objects;
	struct symbols symbols = SYMBOLS_INIT;

	qsort(survey->places, PLACES, sizeof(survey->places[0]), compare_places);
	for (size_t i = 0; i < survey->nr_places; i++) {
		objects += survey->places[i].objects;
		print_place(&survey->places[i], "", &symbols);
	}
	if (survey->rest.objects)
		print_place(&survey->rest, " from elsewhere", &symbols);
	symbols_close(&symbols);
	return objects;
}

size_t slab_leaks_report(void)
{
	struct survey survey = { .rest.name = "all" };

	rcu_drain(); /* what is as good as free is no leak */
	waiting_free_all();
	survey.places = os_map(PLACES * sizeof(struct place), 4096);
	if (!survey.places) {
		report("no memory to list what is allocated");
		return 0;
	}
	lock(&caches_lock);
	caches_walk(count_barn, &survey);
	unlock(&caches_lock);
	leaks_walk(count_noted, &survey);
	size_t objects = print_survey(&survey);
	os_unmap(survey.places, PLACES * sizeof(struct place));
	return objects;
}

/* After all that the program itself does at its end. */
__attribute__((destructor(101))) static void report_at_exit(void)
{
	if (options_leaks())
		slab_leaks_report();
}
