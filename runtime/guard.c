/* SPDX-License-Identifier: MIT */
#include "guard.h"

#include <pthread.h>
#include <stdint.h>
#include <string.h>

#include "cache.h"
#include "debug.h"
#include "lock.h"
#include "options.h"
#include "os.h"
#include "report.h"
#include "slab.h"
#include "stack.h"
#include "symbol.h"

#define OBJECTS_DEFAULT 255
#define OBJECTS_MAX	65535
#define FILLER		0xaa
/* Each object takes up to two mappings more; all of them no more than this share of the limit. */
#define MAPPINGS_SHARE 4

/* What is known of one page for an object. */
struct cell {
	struct slab_barn *barn; /* whose object it is; NULL: free */
	char *object;		/* NULL: there never was one */
	size_t size;
	char name[40]; /* of the cache, which may be gone when a late user comes */
	struct track allocated;
	struct track freed;
};

static char *pool; /* NULL: no sampling */
static size_t page;
static size_t nr_cells;
static uint32_t interval;

struct lock guard_lock = LOCK_INIT;
static struct cell *cells;
/* Free cells in the order of their freeing: a ring of all indices. */
static uint32_t *queue;
static size_t queue_first;
static size_t queue_length;

/* Cells are the odd pages. */
static char *page_of(size_t cell)
{
	return pool + (2 * cell + 1) * page;
}

static size_t pool_bytes(void)
{
	return (2 * nr_cells + 1) * page;
}

bool guard_owns(const void *address)
{
	return pool && (uintptr_t)address - (uintptr_t)pool < pool_bytes();
}

/* Does an address between two cells belong rather to the left one? */
static bool is_left_nearer(const struct cell *left, const struct cell *right, const char *address)
{
	if (!left->barn || !right->barn)
		return left->barn;
	return address - (left->object + left->size) < right->object - address;
}

/* The cell that an address lies in or is nearest to. */
static struct cell *cell_at(const void *address)
{
	size_t number = (size_t)((const char *)address - pool) / page;
	size_t cell = number / 2;

	if (number % 2 == 0 && cell &&
	    (cell == nr_cells || is_left_nearer(&cells[cell - 1], &cells[cell], address)))
		cell--;
	return &cells[cell];
}

static void cell_enqueue(const struct cell *cell)
{
	queue[(queue_first + queue_length++) % nr_cells] = (uint32_t)(cell - cells);
}

static struct cell *cell_dequeue(void)
{
	if (!queue_length)
		return NULL;
	struct cell *cell = &cells[queue[queue_first]];
	queue_first = (queue_first + 1) % nr_cells;
	queue_length--;
	return cell;
}

/* A copy of what a report needs, made under the lock. */
static struct cell look(const void *address)
{
	lock(&guard_lock);
	struct cell cell = *cell_at(address);
	unlock(&guard_lock);
	return cell;
}

static void print_cell(struct symbols *symbols, const struct cell *cell)
{
	if (!cell->object)
		return;
	report("%s object %p of %zu bytes, %s, on a page of its own", cell->name,
	       (void *)cell->object, cell->size, cell->barn ? "allocated" : "free");
	debug_print_track(symbols, "Allocated", &cell->allocated);
	debug_print_track(symbols, "Freed", &cell->freed);
}

/* What stands below the headline of a report. */
static void print_bug(const struct track *found, const struct cell *cell)
{
	struct symbols symbols = SYMBOLS_INIT;

	debug_print_track(&symbols, "Found", found);
	print_cell(&symbols, cell);
	symbols_close(&symbols);
}

/* What a touch of a forbidden address was. */
static const char *kind_of(const struct cell *cell, const char *address)
{
	/* As objects lie on one page each. */
	bool inside = ((uintptr_t)address ^ (uintptr_t)cell->object) < page;

	if (!cell->barn)
		return inside ? "use after free" : "wild access";
	return address < cell->object ? "overrun to the left" : "overrun to the right";
}

/*
 * In a signal handler, but of a signal that the program's own access raised: nothing of ours is
 * half done. The page is opened, so that the access is made and the program goes on after it.
 */
static bool on_fault(const struct os_fault *fault)
{
	if (!guard_owns(fault->address))
		return false;
	struct cell cell = look(fault->address);
	struct track here = track_now(stack_capture(fault->code, GFP_NOWAIT), GFP_NOWAIT);

	report_bug_begin("%s: %s: %s of %p", cell.object ? cell.name : "guard",
			 kind_of(&cell, fault->address), fault->access, (void *)fault->address);
	print_bug(&here, &cell);
	report_bug_end();
	size_t number = (size_t)(fault->address - pool) / page;
	return os_protect(pool + number * page, page, true);
}

/* As many as asked for, unless that took too many of the mappings that the system allows. */
static size_t cells_of(size_t asked)
{
	size_t most = os_most_mappings() / MAPPINGS_SHARE / 2;

	if (asked <= most)
		return asked;
	report("SLAB_SAMPLE_OBJECTS: %zu objects instead of %zu, as the system allows %zu mappings",
	       most, asked, os_most_mappings());
	return most ? most : 1;
}

static void pool_make(void)
{
	interval = options_number("SLAB_SAMPLE", 1, UINT32_MAX, 0);
	size_t asked = options_number("SLAB_SAMPLE_OBJECTS", 1, OBJECTS_MAX, OBJECTS_DEFAULT);
	if (!interval)
		return;
	nr_cells = cells_of(asked);
	page = os_page_size();
	cells = os_map(nr_cells * sizeof(*cells), page);
	queue = os_map(nr_cells * sizeof(*queue), page);
	char *start = cells && queue ? os_map(pool_bytes(), page) : NULL;
	if (!start || !os_protect(start, pool_bytes(), false)) {
		report("SLAB_SAMPLE: no memory for guarded pages, so nothing is sampled");
		return;
	}
	for (size_t i = 0; i < nr_cells; i++)
		cell_enqueue(&cells[i]);
	os_on_fault(on_fault);
	pool = start;
}

bool guard_wants(const struct slab_barn *barn)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	const struct slab_store *store = barn->store;

	pthread_once(&once, pool_make);
	return pool && !store->debug && !store->sanitized && !store->wiped_out && !store->ctor &&
	       !store->by_rcu && !store->accounts && barn->object_size <= page &&
	       barn->align <= page;
}

/* Marsaglia's xorshift. The first seeds differ by thread. */
static uint32_t next_random(void)
{
	static __thread uint32_t state;

	if (!state)
		state = os_thread_id() * 2654435761u | 1;
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

/* Distances are random, so that no rhythm of the program escapes, with the mean that was asked. */
static bool is_its_turn(void)
{
	static __thread uint64_t to_skip;

	if (to_skip) {
		to_skip--;
		return false;
	}
	to_skip = next_random() % (2 * (uint64_t)interval - 1);
	return true;
}

/* Its page may be used by now. Wants the lock held. */
static void cell_fill(struct cell *cell, struct slab_barn *barn, size_t size, bool at_end)
{
	char *start = page_of((size_t)(cell - cells));
	size_t space = align_up(size, barn->align);

	cell->barn = barn;
	cell->object = at_end ? start + page - space : start;
	cell->size = size;
	memset(&cell->freed, 0, sizeof(cell->freed));
	strncpy(cell->name, barn->name, sizeof(cell->name) - 1);
}

/* Let a page be used, full of the filler. Nobody else has the cell. */
static bool page_open(const struct cell *cell)
{
	char *start = page_of((size_t)(cell - cells));

	if (!os_protect(start, page, true))
		return false;
	memset(start, FILLER, page);
	return true;
}

void *guard_alloc(struct slab_barn *barn, size_t size, const void *caller, gfp_t gfp)
{
	if (!barn->guarded || !(gfp & __GFP_DIRECT_RECLAIM) || !is_its_turn())
		return NULL;
	struct track now = track_now(stack_capture(caller, gfp), gfp);
	bool at_end = next_random() & 1;

	lock(&guard_lock);
	struct cell *cell = cell_dequeue();
	unlock(&guard_lock);
	if (!cell)
		return NULL;
	bool opened = page_open(cell);
	lock(&guard_lock);
	if (opened) {
		cell_fill(cell, barn, size, at_end);
		cell->allocated = now;
		__atomic_add_fetch(&barn->nr_guarded, 1, __ATOMIC_RELAXED);
	} else {
		cell_enqueue(cell);
	}
	unlock(&guard_lock);
	return opened ? cell->object : NULL;
}

struct slab_barn *guard_barn_of(const void *address, const char **object)
{
	struct cell cell = look(address);

	*object = cell.object;
	return cell.barn;
}

size_t guard_size(const void *object)
{
	struct cell cell = look(object);

	return cell.barn && cell.object == object ? cell.size : 0;
}

struct track guard_track(const void *object)
{
	struct cell cell = look(object);

	return cell.allocated;
}

void guard_dump(const void *address)
{
	struct cell cell = look(address);

	struct symbols symbols = SYMBOLS_INIT;
	print_cell(&symbols, &cell);
	symbols_close(&symbols);
}

/* The first byte beside the object that is not as it was left; NULL: none. */
static const char *damage(const struct cell *cell)
{
	const char *start = page_of((size_t)(cell - cells));

	for (const char *at = start; at < start + page; at++) {
		if (at == cell->object)
			at += cell->size;
		if (at < start + page && *at != (char)FILLER)
			return at;
	}
	return NULL;
}

static const char *refusal(const struct cell *cell, const struct slab_barn *barn,
			   const void *object)
{
	if (object != cell->object)
		return INVALID_FREE;
	if (!cell->barn)
		return DOUBLE_FREE;
	return barn && barn != cell->barn ? NOT_OF_THIS_CACHE : NULL;
}

/* Its page is still open, and it is not in the queue. Wants the lock held. */
static void cell_release(struct cell *cell, struct track now)
{
	__atomic_sub_fetch(&cell->barn->nr_guarded, 1, __ATOMIC_RELAXED);
	cell->barn = NULL;
	cell->freed = now;
}

/* The page of a cell that has been released; if it cannot be closed, a late use is not seen. */
static void page_close(const struct cell *cell)
{
	os_protect(page_of((size_t)(cell - cells)), page, false);
	lock(&guard_lock);
	cell_enqueue(cell);
	unlock(&guard_lock);
}

void guard_free(struct slab_barn *barn, void *object, const void *caller)
{
	struct track now = track_now(stack_capture(caller, GFP_NOWAIT), GFP_NOWAIT);
	const char *smashed = NULL;

	lock(&guard_lock);
	struct cell *cell = cell_at(object);
	struct cell before = *cell;
	const char *wrong = refusal(cell, barn, object);
	if (!wrong) {
		smashed = damage(cell);
		cell_release(cell, now);
	}
	unlock(&guard_lock);
	if (!wrong)
		page_close(cell);
	if (!wrong && !smashed)
		return;
	if (wrong)
		report_bug_begin("%s: %s: %p", barn ? barn->name : before.name, wrong, object);
	else
		report_bug_begin("%s: %s before the free: write at %p", before.name,
				 kind_of(&before, smashed), (const void *)smashed);
	print_bug(&now, &before);
	report_bug_end();
}

void guard_walk(const struct slab_barn *barn, void (*fn)(void *object, void *data), void *data)
{
	lock(&guard_lock);
	for (size_t i = 0; i < nr_cells && pool; i++)
		if (cells[i].barn == barn)
			fn(cells[i].object, data);
	unlock(&guard_lock);
}
