/* SPDX-License-Identifier: MIT */
#include "calls.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debug.h"
#include "lock.h"
#include "os.h"
#include "slab.h"
#include "stack.h"
#include "symbol.h"

/* Places of the first table; each next one has twice as many. A power of two. */
#define FIRST_ROOM 1024u
/* No line is longer: the name is cut before that. */
#define LINE 512u
#define PAGE ((size_t)4096)

/* Objects by who called; ages in milliseconds. */
struct site {
	const struct stack *stack; /* NULL: not known */
	const void *caller;	   /* in it; NULL: not known */
	size_t objects;		   /* 0: no site yet */
	size_t timed;		   /* those it has happened to: they have an age */
	uint64_t youngest;
	uint64_t oldest;
	uint64_t sum;
	uint32_t first_thread;
	uint32_t last_thread;
};

struct survey {
	const struct slab_store *store;
	bool freed; /* the calls that freed are wanted */
	uint64_t now;
	struct site *sites; /* a table by hash; later nr_sites of them in a row */
	size_t room;
	size_t nr_sites;
	bool full; /* counted in vain: a larger table is needed */
};

static size_t table_bytes(const struct survey *survey)
{
	return align_up(survey->room * sizeof(struct site), PAGE);
}

/* Where objects of this stack are counted; NULL: the table is full. */
static struct site *find_site(struct survey *survey, const struct stack *stack)
{
	/* Fibonacci hashing: the upper bits depend on all of the key. */
	uint64_t hash = (uintptr_t)stack * UINT64_C(0x9e3779b97f4a7c15);
	size_t at = (size_t)(hash >> 32) % survey->room;

	while (survey->sites[at].objects && survey->sites[at].stack != stack)
		at = (at + 1) % survey->room;
	if (survey->sites[at].objects)
		return &survey->sites[at];
	/* Never more than half full, so that each search is short. */
	if (survey->nr_sites == survey->room / 2)
		return NULL;
	survey->nr_sites++;
	survey->sites[at].stack = stack;
	return &survey->sites[at];
}

/* Add what is known of some objects to a site. */
static void site_add(struct site *site, const struct site *more)
{
	site->objects += more->objects;
	if (!more->timed)
		return;
	bool first = !site->timed;
	if (first || more->youngest < site->youngest)
		site->youngest = more->youngest;
	if (first || more->oldest > site->oldest)
		site->oldest = more->oldest;
	if (first || more->first_thread < site->first_thread)
		site->first_thread = more->first_thread;
	if (first || more->last_thread > site->last_thread)
		site->last_thread = more->last_thread;
	site->sum += more->sum;
	site->timed += more->timed;
}

static void count_object(void *object, void *data)
{
	struct survey *survey = data;
	const struct slab *slab = (const struct slab *)span_of(object);
	uint32_t index = store_index(survey->store, slab, object);

	/* Taken from its slab, and not yet, or no longer, anybody's. */
	if (!debug_is_live(slab, index))
		return;
	struct history history = debug_history(survey->store, slab, index);
	struct track track = survey->freed ? history.freed : history.allocated;
	uint64_t age = survey->now - track.ms;
	struct site one = { .objects = 1,
			    .timed = track.ms != 0,
			    .youngest = age,
			    .oldest = age,
			    .sum = age,
			    .first_thread = track.thread,
			    .last_thread = track.thread };
	struct site *site = find_site(survey, track.stack);
	if (site)
		site_add(site, &one);
	survey->full |= !site;
}

/* Fill a table that is large enough; false: out of memory, and no table. */
static bool survey_make(struct survey *survey, struct slab_barn *barn)
{
	for (survey->room = FIRST_ROOM;; survey->room *= 2) {
		survey->sites = os_map(table_bytes(survey), PAGE);
		if (!survey->sites)
			return false;
		survey->nr_sites = 0;
		survey->full = false;
		lock(&barn->store->lock);
		survey->now = os_now_ms();
		store_walk_live(barn, count_object, survey);
		unlock(&barn->store->lock);
		if (!survey->full)
			return true;
		os_unmap(survey->sites, table_bytes(survey));
	}
}

/* The first call of a stack that is not the library's own. */
static const void *caller_of(const struct stack *stack, struct symbols *symbols)
{
	struct symbol symbol;

	for (uint32_t i = 0; i < stack->nr; i++) {
		symbol_find(symbols, stack->frames[i], &symbol);
		if (!symbol_is_own(&symbol))
			return stack->frames[i];
	}
	return stack->frames[0];
}

static void find_callers(struct survey *survey, struct symbols *symbols)
{
	size_t nr = 0;

	for (size_t i = 0; i < survey->room; i++) {
		struct site *site = &survey->sites[i];

		if (!site->objects)
			continue;
		site->caller = site->stack ? caller_of(site->stack, symbols) : NULL;
		survey->sites[nr++] = *site;
	}
}

static int by_caller(const void *a, const void *b)
{
	uintptr_t left = (uintptr_t)((const struct site *)a)->caller;
	uintptr_t right = (uintptr_t)((const struct site *)b)->caller;

	return (left > right) - (left < right);
}

/* The most first; then in one order, whichever it is. */
static int by_count(const void *a, const void *b)
{
	size_t left = ((const struct site *)a)->objects;
	size_t right = ((const struct site *)b)->objects;

	return left == right ? by_caller(a, b) : (left < right) - (left > right);
}

/* One call may be reached through many stacks. */
static void merge_callers(struct survey *survey)
{
	struct site *sites = survey->sites;
	size_t last = 0;

	qsort(sites, survey->nr_sites, sizeof(*sites), by_caller);
	for (size_t i = 1; i < survey->nr_sites; i++) {
		if (sites[i].caller == sites[last].caller)
			site_add(&sites[last], &sites[i]);
		else
			sites[++last] = sites[i];
	}
	survey->nr_sites = survey->nr_sites ? last + 1 : 0;
	qsort(sites, survey->nr_sites, sizeof(*sites), by_count);
}

static size_t print_ages(char *at, size_t size, const struct site *site)
{
	unsigned long long youngest = site->youngest;

	if (!site->timed)
		return 0;
	if (site->sum == site->youngest)
		return (size_t)snprintf(at, size, " age=%llu", youngest);
	return (size_t)snprintf(at, size, " age=%llu/%llu/%llu", youngest,
				(unsigned long long)(site->sum / site->timed),
				(unsigned long long)site->oldest);
}

static size_t print_threads(char *at, size_t size, const struct site *site)
{
	if (!site->timed)
		return 0;
	if (site->first_thread == site->last_thread)
		return (size_t)snprintf(at, size, " pid=%u", site->first_thread);
	return (size_t)snprintf(at, size, " pid=%u-%u", site->first_thread, site->last_thread);
}

/* Less than LINE bytes, of which there is room. */
static size_t print_site(char *line, const struct site *site, struct symbols *symbols)
{
	char where[SYMBOL_PLACE] = "<not-available>";

	if (site->caller)
		symbol_place(symbols, site->caller, where, sizeof(where));
	size_t used = (size_t)snprintf(line, LINE, "%7zu %s", site->objects, where);
	used += print_ages(line + used, LINE - used, site);
	used += print_threads(line + used, LINE - used, site);
	return used + (size_t)snprintf(line + used, LINE - used, "\n");
}

/* The whole text, or nothing of it. */
static int copy_out(char *buf, size_t size, const char *text, size_t length)
{
	if (length >= size)
		return -ENOSPC;
	memcpy(buf, text, length);
	buf[length] = '\0';
	return (int)length;
}

static int print_sites(const struct survey *survey, struct symbols *symbols, char *buf, size_t size)
{
	static const char nothing[] = "No data\n";
	size_t room = align_up(survey->nr_sites * LINE, PAGE);
	size_t used = 0;

	if (!survey->nr_sites)
		return copy_out(buf, size, nothing, sizeof(nothing) - 1);
	char *text = os_map(room, PAGE);
	if (!text)
		return -ENOMEM;
	for (size_t i = 0; i < survey->nr_sites; i++)
		used += print_site(text + used, &survey->sites[i], symbols);
	int length = copy_out(buf, size, text, used);
	os_unmap(text, room);
	return length;
}

int calls_show(struct slab_barn *barn, bool freed, char *buf, size_t size)
{
	struct survey survey = { .store = barn->store, .freed = freed };

	if (!(barn->flags & SLAB_STORE_USER))
		return -ENOSYS;
	if (!survey_make(&survey, barn))
		return -ENOMEM;
	struct symbols symbols = SYMBOLS_INIT;
	find_callers(&survey, &symbols);
	merge_callers(&survey);
	int length = print_sites(&survey, &symbols, buf, size);
	symbols_close(&symbols);
	os_unmap(survey.sites, table_bytes(&survey));
	return length;
}
