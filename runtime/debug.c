/* SPDX-License-Identifier: MIT */
#include "debug.h"

#include <stdio.h>
#include <string.h>

#include "cache.h"
#include "debug_report.h"
#include "meta.h"
#include "options.h"
#include "report.h"
#include "symbol.h"

/* The bytes of Linux. */
#define RED_FREE     0xbb
#define RED_LIVE     0xcc
#define POISON_FREE  0x6b
#define POISON_END   0xa5
#define POISON_INUSE 0x5a

#define WORD 8u
/* So many notes are one piece of metadata. */
#define MOST_OBJECTS (META_MAX / sizeof(struct object_note))
/* What SLAB_DEBUG=O goes without. */
#define LARGER_BY (SLAB_RED_ZONE | SLAB_POISON | SLAB_STORE_USER)

struct layout {
	size_t left;
	size_t end;
	size_t stride;
};

static struct layout layout_for(size_t size, size_t align, slab_flags_t flags)
{
	bool zones = flags & SLAB_RED_ZONE;
	struct layout layout = { zones ? align_up(WORD, align) : 0, align_up(size, WORD), 0 };

	if (zones && layout.end == size)
		layout.end += WORD;
	layout.stride = store_stride(layout.left + layout.end + (zones ? WORD : 0), align);
	return layout;
}

slab_flags_t debug_flags(const struct kmem_cache_init *init, size_t align)
{
	slab_flags_t flags = options_flags(init->name, init->flags) & SLAB_DEBUG_FLAGS;
	struct layout layout = layout_for(init->size, align, flags);

	if (options_keep_small() &&
	    store_slab_bytes(layout.stride, align) >
		    store_slab_bytes(store_stride(init->size, align), align))
		flags &= ~LARGER_BY;
	return flags;
}

void debug_store_end(struct slab_store *store, const void *caller)
{
	debug_flush(store, caller);
	meta_free(store->debug, sizeof(*store->debug));
}

struct zones {
	size_t nr;
	struct zone zone[ZONES_MAX];
};

static void add(struct zones *zones, struct zone zone)
{
	if (zone.bytes)
		zones->zone[zones->nr++] = zone;
}

static void add_red_zones(struct zones *zones, const struct store_debug *debug,
			  unsigned char *object, const struct object_note *note)
{
	unsigned char byte = note->live ? RED_LIVE : RED_FREE;

	add(zones, (struct zone){ "Left Redzone", object - debug->left, debug->left, byte,
				  "written to before its start" });
	if (note->live)
		add(zones, (struct zone){ "kmalloc Redzone", object + note->size,
					  debug->object_size - note->size, byte,
					  "written to behind the size asked for" });
	add(zones,
	    (struct zone){ "Right Redzone", object + debug->object_size,
			   debug->end - debug->object_size, byte, "written to behind its end" });
}

static void add_poison(struct zones *zones, const struct store_debug *debug, unsigned char *object)
{
	size_t last = debug->object_size - 1;

	add(zones, (struct zone){ "Poison", object, last, POISON_FREE, "written to while free" });
	add(zones,
	    (struct zone){ "End Poison", object + last, 1, POISON_END, "written to while free" });
}

static void add_padding(struct zones *zones, const struct slab_store *store, unsigned char *object)
{
	const struct store_debug *debug = store->debug;

	if (!(debug->flags & SLAB_RED_ZONE))
		add(zones, (struct zone){ "Alignment padding", object + debug->object_size,
					  debug->end - debug->object_size, POISON_INUSE,
					  "written to behind its end" });
	add(zones, (struct zone){ "Object padding", object + debug->end,
				  store->stride - debug->left - debug->end, POISON_INUSE,
				  "written to far behind its end" });
}

/* What must hold at an object as its note describes it. */
static void zones_of(struct zones *zones, const struct slab_store *store, const struct slab *slab,
		     uint32_t index)
{
	const struct store_debug *debug = store->debug;
	const struct object_note *note = &slab->notes[index];
	unsigned char *object = (unsigned char *)object_at(store, slab, index);

	zones->nr = 0;
	if (debug->flags & SLAB_RED_ZONE)
		add_red_zones(zones, debug, object, note);
	if (debug->poisons && !note->live)
		add_poison(zones, debug, object);
	if (debug->flags & SLAB_POISON)
		add_padding(zones, store, object);
}

/* The zone behind the last object of a slab. */
static void zones_behind(struct zones *zones, const struct slab_store *store,
			 const struct slab *slab)
{
	size_t used = store->per_slab * store->stride;

	zones->nr = 0;
	if (store->debug->flags & SLAB_POISON)
		add(zones, (struct zone){ "Padding", (unsigned char *)slab->span.base + used,
					  store->slab_bytes - used, POISON_INUSE,
					  "written to behind the last object" });
}

static void fill(const struct zones *zones)
{
	for (size_t i = 0; i < zones->nr; i++)
		memset(zones->zone[i].start, zones->zone[i].byte, zones->zone[i].bytes);
}

static bool is_whole(const struct zone *zone)
{
	return zone->start[0] == zone->byte &&
	       memcmp(zone->start, zone->start + 1, zone->bytes - 1) == 0;
}

static void find_damage(const struct zone *zone, struct finding *finding)
{
	unsigned char *from = zone->start;
	unsigned char *last = zone->start + zone->bytes - 1;

	while (*from == zone->byte)
		from++;
	while (*last == zone->byte)
		last--;
	*finding = (struct finding){ *zone, from, last, *from };
}

static size_t find_all(const struct zones *zones, struct finding *findings)
{
	size_t nr = 0;

	for (size_t i = 0; i < zones->nr; i++)
		if (!is_whole(&zones->zone[i]))
			find_damage(&zones->zone[i], &findings[nr++]);
	return nr;
}

/* Check the zones, report what is wrong, repair it. @index: an object, or NO_OBJECT. */
#define NO_OBJECT UINT32_MAX

static void check(struct slab_store *store, const struct slab *slab, uint32_t index,
		  const struct zones *zones, const char *when)
{
	struct finding findings[ZONES_MAX];
	size_t nr = find_all(zones, findings);

	if (!nr)
		return;
	char headline[64];
	snprintf(headline, sizeof(headline), "%s overwritten", findings[0].zone.name);
	struct debug_report *report = report_queue(store, when, headline);
	if (report) {
		memcpy(report->findings, findings, sizeof(findings));
		report->nr_findings = nr;
		if (index != NO_OBJECT)
			report_object(report, store, slab, index);
	}
	store->debug->nr_errors += nr;
	fill(zones);
}

static void check_object(struct slab_store *store, const struct slab *slab, uint32_t index,
			 const char *when)
{
	struct zones zones;

	zones_of(&zones, store, slab, index);
	check(store, slab, index, &zones, when);
}

static void fill_object(const struct slab_store *store, const struct slab *slab, uint32_t index)
{
	struct zones zones;

	zones_of(&zones, store, slab, index);
	fill(&zones);
}

static bool make_notes(const struct slab_store *store, struct slab *slab, gfp_t gfp)
{
	slab->notes = meta_alloc(store->per_slab * sizeof(*slab->notes), gfp);
	if (!slab->notes)
		return false;
	if (store->debug->flags & SLAB_POISON)
		memset(slab->span.base, POISON_INUSE, store->slab_bytes);
	for (uint32_t i = 0; i < store->per_slab; i++)
		fill_object(store, slab, i);
	return true;
}

static void free_notes(const struct slab_store *store, struct slab *slab)
{
	meta_free(slab->notes, store->per_slab * sizeof(*slab->notes));
}

static void check_slab(struct slab_store *store, const struct slab *slab, const char *when)
{
	struct zones zones;

	for (uint32_t i = 0; i < store->per_slab; i++)
		check_object(store, slab, i, when);
	zones_behind(&zones, store, slab);
	check(store, slab, NO_OBJECT, &zones, when);
}

static void check_before_free(struct slab_store *store, const struct slab *slab)
{
	check_slab(store, slab, "giving the slab back");
}

static const struct slab_watch watch = { make_notes, check_before_free, free_notes };

bool debug_store_init(struct slab_store *store, const struct kmem_cache_init *init, size_t align,
		      gfp_t gfp)
{
	slab_flags_t flags = init->flags & SLAB_DEBUG_FLAGS;
	struct layout layout = layout_for(init->size, align, flags);
	struct store_debug *debug = meta_alloc(sizeof(*debug), gfp);

	if (!debug)
		return false;
	debug->flags = flags;
	debug->poisons =
		flags & SLAB_POISON && !init->args.ctor && !(init->flags & SLAB_TYPESAFE_BY_RCU);
	debug->object_size = init->size;
	debug->left = layout.left;
	debug->end = layout.end;
	snprintf(debug->name, sizeof(debug->name), "%s", init->name);
	store_init(store, layout.stride, align);
	store_place_objects(store, layout.left, MOST_OBJECTS);
	store->cost = store_stride(init->size, align);
	store->debug = debug;
	store->watch = &watch;
	return true;
}

static void validate_slab(struct slab_store *store, struct slab *slab)
{
	check_slab(store, slab, "validation");
}

size_t debug_validate(struct slab_store *store, const void *caller)
{
	if (!store->debug)
		return 0;
	lock(&store->lock);
	size_t before = store->debug->nr_errors;
	store_walk_slabs(store, validate_slab);
	size_t errors = store->debug->nr_errors - before;
	unlock(&store->lock);
	debug_flush(store, caller);
	return errors;
}

/* Fill the content, too, for those who read what they have not written. */
static void make_live(const struct slab_store *store, const struct slab *slab, uint32_t index,
		      size_t size)
{
	struct object_note *note = &slab->notes[index];
	char *object = object_at(store, slab, index);

	note->live = true;
	note->size = (uint32_t)size;
	if (store->debug->poisons) {
		memset(object, POISON_FREE, size - 1);
		memset(object + size - 1, POISON_END, 1);
	}
	fill_object(store, slab, index);
}

static struct slab *slab_at(const void *object)
{
	return (struct slab *)span_of(object);
}

static const struct stack *stack_for(const struct slab_store *store, const void *caller, gfp_t gfp)
{
	return store->debug->flags & SLAB_STORE_USER ? stack_capture(caller, gfp) : NULL;
}

/* By what the dynamic linker knows: this is for each operation. */
static void trace(const struct slab_store *store, const char *what, const void *object,
		  const void *caller)
{
	struct symbol symbol;

	if (!(store->debug->flags & SLAB_TRACE))
		return;
	symbol_find(NULL, caller, &symbol);
	report("TRACE %s %s %p in %s (%s)", store->debug->name, what, object,
	       symbol.function[0] ? symbol.function : "?", symbol.place);
}

void debug_alloc(struct slab_barn *barn, void *object, size_t size, gfp_t gfp, const void *caller)
{
	struct slab_store *store = barn->store;

	if (!store->debug)
		return;
	const struct stack *stack = stack_for(store, caller, gfp);
	struct slab *slab = slab_at(object);
	uint32_t index = store_index(store, slab, object);

	lock(&store->lock);
	check_object(store, slab, index, "allocation");
	make_live(store, slab, index, size);
	slab->notes[index].allocated = track_now(stack, gfp);
	unlock(&store->lock);
	debug_flush(store, caller);
	trace(store, "alloc", object, caller);
}

bool debug_alloc_quiet(const struct slab_barn *barn, void *object, size_t size)
{
	const struct slab_store *store = barn->store;
	struct finding findings[ZONES_MAX];
	struct zones zones;

	if (!store->debug)
		return true;
	struct slab *slab = slab_at(object);
	uint32_t index = store_index(store, slab, object);
	zones_of(&zones, store, slab, index);
	if (find_all(&zones, findings))
		return false;
	make_live(store, slab, index, size);
	slab->notes[index].allocated = track_now(NULL, GFP_NOWAIT);
	return true;
}

/* NULL, or what is wrong with freeing what is said to be an object of the store. */
static const char *wrong_free(const struct slab_store *store, const struct span *span,
			      const void *object)
{
	const struct slab *slab = (const struct slab *)span;

	if (!span || span->store != store)
		return NOT_OF_THIS_CACHE;
	uint32_t index;
	if (!slab_find_object(store, slab, object, &index) || index >= slab->frontier)
		return INVALID_FREE;
	return slab->notes[index].live ? NULL : DOUBLE_FREE;
}

/* @store: that of the object, or, if this is not ours, that of the cache. */
static void queue_wrong_free(const struct slab_barn *barn, struct slab_store *store,
			     const struct span *span, const void *object, const char *wrong)
{
	char headline[128];

	snprintf(headline, sizeof(headline), "%s: %p", wrong, object);
	struct debug_report *report = report_queue(store, "free", headline);
	if (!report)
		return;
	snprintf(report->name, sizeof(report->name), "%s", barn->name);
	snprintf(report->fix, sizeof(report->fix), "Object at %p not freed", object);
	const struct slab *slab = (const struct slab *)span;
	if (!span || span->store != store || !store->debug)
		return;
	uint32_t index = store_index(store, slab, object);
	if (index < store->per_slab)
		report_object(report, store, slab, index);
}

/* The store on whose account a report goes: that of the object if it has notes. */
static struct slab_store *store_for(const struct slab_barn *barn, const struct span *span)
{
	return span && span->store && span->store->debug ? span->store : barn->store;
}

bool debug_free(struct slab_barn *barn, void *object, gfp_t gfp, const void *caller)
{
	if (!barn->store->debug)
		return true;
	const struct stack *stack = stack_for(barn->store, caller, gfp);
	struct span *span = span_of(object);
	struct slab_store *store = store_for(barn, span);
	struct slab *slab = (struct slab *)span;

	lock(&store->lock);
	const char *wrong = wrong_free(barn->store, span, object);
	if (wrong) {
		queue_wrong_free(barn, store, span, object, wrong);
	} else {
		uint32_t index = store_index(store, slab, object);

		check_object(store, slab, index, "free");
		slab->notes[index].live = false;
		slab->notes[index].freed = track_now(stack, gfp);
		fill_object(store, slab, index);
	}
	unlock(&store->lock);
	debug_flush(store, caller);
	if (!wrong)
		trace(store, "free", object, caller);
	return !wrong;
}

/* The note of an object that is allocated; NULL if this is none, or has none. */
static struct object_note *note_of(const struct slab_store *store, const void *object)
{
	struct slab *slab = store->debug ? slab_at(object) : NULL;
	uint32_t index;

	if (!slab || !slab_find_object(store, slab, object, &index))
		return NULL;
	return slab->notes[index].live ? &slab->notes[index] : NULL;
}

size_t debug_size(struct slab_store *store, const void *object, size_t otherwise)
{
	const struct object_note *note = note_of(store, object);

	return note ? note->size : otherwise;
}

bool debug_free_quiet(const struct slab_barn *barn, const void *object)
{
	const struct slab_store *store = barn->store;
	struct object_note *note = note_of(store, object);
	struct finding findings[ZONES_MAX];
	struct zones zones;

	if (!note)
		return true;
	const struct slab *slab = slab_at(object);
	uint32_t index = store_index(store, slab, object);
	zones_of(&zones, store, slab, index);
	if (find_all(&zones, findings))
		return false;
	note->live = false;
	note->freed = track_now(NULL, GFP_NOWAIT);
	fill_object(store, slab, index);
	return true;
}

void debug_resize(struct slab_store *store, const void *object, size_t size, const void *caller)
{
	if (!store->debug)
		return;
	lock(&store->lock);
	struct object_note *note = note_of(store, object);
	if (note) {
		struct slab *slab = slab_at(object);
		uint32_t index = store_index(store, slab, object);

		check_object(store, slab, index, "a change of size");
		note->size = (uint32_t)size;
		fill_object(store, slab, index);
	}
	unlock(&store->lock);
	debug_flush(store, caller);
}

void debug_flush(struct slab_store *store, const void *caller)
{
	/* Relaxed: what this thread has found it sees. */
	if (!store->debug || !__atomic_load_n(&store->debug->reports, __ATOMIC_RELAXED))
		return;
	lock(&store->lock);
	struct debug_report *last = store->debug->reports;
	__atomic_store_n(&store->debug->reports, NULL, __ATOMIC_RELAXED);
	unlock(&store->lock);
	if (last)
		reports_print(last, caller);
}

struct history debug_history(const struct slab_store *store, const struct slab *slab,
			     uint32_t index)
{
	struct history none = { 0 };

	if (!slab->notes || index >= store->per_slab)
		return none;
	return (struct history){ slab->notes[index].allocated, slab->notes[index].freed };
}

bool debug_is_live(const struct slab *slab, uint32_t index)
{
	return slab->notes[index].live;
}

struct track debug_track(const struct slab_store *store, const void *object)
{
	const struct object_note *note = note_of(store, object);

	return note ? note->allocated : (struct track){ 0 };
}
