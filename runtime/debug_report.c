/* SPDX-License-Identifier: MIT */
#include "debug_report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "meta.h"
#include "os.h"
#include "symbol.h"

#define ROW 16u
/* Of an object its beginning is shown, of what is around it what is next to it. */
#define OBJECT_SHOWN 256u
#define AROUND_SHOWN 16u

_Static_assert(sizeof(struct debug_report) <= 4096, "a report is one piece of metadata");

struct debug_report *report_queue(struct slab_store *store, const char *when, const char *headline)
{
	struct store_debug *debug = store->debug;
	struct debug_report *report = meta_alloc(sizeof(*report), GFP_KERNEL);

	if (!report) {
		report_bug("%s: %s", debug->name, headline);
		return NULL;
	}
	report->when = when;
	snprintf(report->name, sizeof(report->name), "%s", debug->name);
	snprintf(report->wrong, sizeof(report->wrong), "%s", headline);
	report->next = debug->reports;
	__atomic_store_n(&debug->reports, report, __ATOMIC_RELAXED);
	return report;
}

__attribute__((format(printf, 2, 3))) static void draw(struct debug_report *report,
						       const char *format, ...)
{
	size_t room = sizeof(report->picture) - report->used;
	va_list args;

	va_start(args, format);
	int length = vsnprintf(report->picture + report->used, room, format, args);
	va_end(args);
	if (length > 0 && (size_t)length < room)
		report->used += (size_t)length;
}

static void draw_row(struct debug_report *report, const char *what, const unsigned char *start,
		     size_t bytes)
{
	draw(report, "  %-8s %p: ", what, (const void *)start);
	for (size_t i = 0; i < bytes; i++)
		draw(report, "%02x ", start[i]);
	draw(report, "%*s", (int)(3 * (ROW - bytes) + 1), "");
	for (size_t i = 0; i < bytes; i++)
		draw(report, "%c", start[i] >= ' ' && start[i] < 127 ? start[i] : '.');
	draw(report, "\n");
}

static void draw_zone(struct debug_report *report, const char *what, const unsigned char *start,
		      size_t bytes, size_t most)
{
	size_t shown = bytes < most ? bytes : most;

	for (size_t at = 0; at < shown; at += ROW)
		draw_row(report, what, start + at, shown - at < ROW ? shown - at : ROW);
}

static void draw_around(struct debug_report *report, const struct slab_store *store,
			const unsigned char *object)
{
	const struct store_debug *debug = store->debug;
	size_t before = debug->left < AROUND_SHOWN ? debug->left : AROUND_SHOWN;
	bool zones = debug->flags & SLAB_RED_ZONE;

	draw_zone(report, "Redzone", object - before, before, AROUND_SHOWN);
	draw_zone(report, "Object", object, debug->object_size, OBJECT_SHOWN);
	draw_zone(report, zones ? "Redzone" : "Padding", object + debug->object_size,
		  debug->end - debug->object_size, AROUND_SHOWN);
	draw_zone(report, "Padding", object + debug->end, store->stride - debug->left - debug->end,
		  AROUND_SHOWN);
}

void report_object(struct debug_report *report, const struct slab_store *store,
		   const struct slab *slab, uint32_t index)
{
	const struct object_note *note = &slab->notes[index];
	const unsigned char *object = (const unsigned char *)object_at(store, slab, index);
	size_t size = note->live ? note->size : store->debug->object_size;

	snprintf(report->object, sizeof(report->object),
		 "Object %p of %s, %zu bytes @offset=%zu, %s", (const void *)object,
		 store->debug->name, size, (size_t)((const char *)object - slab->span.base),
		 note->live ? "allocated" : "free");
	report->allocated = note->allocated;
	report->freed = note->freed;
	draw_around(report, store, object);
}

/* What starts threads and programs is the same in all stacks. */
static bool is_start(const char *function)
{
	return strcmp(function, "main") == 0;
}

static void add_symbol(struct text *text, const struct symbol *symbol)
{
	if (symbol->function[0])
		text_add(text, "%s (%s)", symbol->function, symbol->place);
	else
		text_add(text, "%s", symbol->place);
}

/* The calls of a stack: the first one after what was said, the others below. */
static void add_stack(struct text *text, struct symbols *symbols, const struct stack *stack,
		      const char *behind_first)
{
	struct symbol symbol;
	uint32_t i = 0;

	symbol_find(symbols, stack->frames[0], &symbol);
	while (symbol_is_own(&symbol) && i + 1 < stack->nr)
		symbol_find(symbols, stack->frames[++i], &symbol);
	text_add(text, " in ");
	add_symbol(text, &symbol);
	text_add(text, "%s\n", behind_first);
	while (!is_start(symbol.function) && ++i < stack->nr) {
		symbol_find(symbols, stack->frames[i], &symbol);
		text_add(text, "    ");
		add_symbol(text, &symbol);
		text_add(text, "\n");
	}
}

static void add_track(struct text *text, struct symbols *symbols, const char *what,
		      const struct track *track)
{
	char rest[64];

	if (!track->ms)
		return;
	snprintf(rest, sizeof(rest), " age=%llu ms thread=%u",
		 (unsigned long long)(os_now_ms() - track->ms), track->thread);
	text_add(text, "  %s", what);
	if (track->stack)
		add_stack(text, symbols, track->stack, rest);
	else
		text_add(text, "%s\n", rest);
}

static void add_findings(struct text *text, const struct debug_report *report)
{
	for (size_t i = 0; i < report->nr_findings; i++) {
		const struct finding *finding = &report->findings[i];

		text_add(text, "slab: BUG %s: %s overwritten\n", report->name, finding->zone.name);
		text_add(text, "  %p-%p: first byte 0x%02x instead of 0x%02x: %s\n",
			 (void *)finding->from, (void *)finding->last, finding->found,
			 finding->zone.byte, finding->zone.damage);
		report_count_error();
	}
}

static void add_fixes(struct text *text, const struct debug_report *report)
{
	for (size_t i = 0; i < report->nr_findings; i++) {
		const struct finding *finding = &report->findings[i];

		text_add(text, "slab: FIX %s: Restoring %s %p-%p=0x%02x\n", report->name,
			 finding->zone.name, (void *)finding->from, (void *)finding->last,
			 finding->zone.byte);
		report_count_error();
	}
	if (report->fix[0]) {
		text_add(text, "slab: FIX %s: %s\n", report->name, report->fix);
		report_count_error();
	}
}

static void print_one(const struct debug_report *report, struct symbols *symbols,
		      const struct stack *here)
{
	struct track now = track_now(here, GFP_KERNEL);
	struct text text = { 0 };
	char found[64];

	if (report->nr_findings) {
		add_findings(&text, report);
	} else {
		text_add(&text, "slab: BUG %s: %s\n", report->name, report->wrong);
		report_count_error();
	}
	if (report->object[0])
		text_add(&text, "  %s\n", report->object);
	text_add(&text, "%.*s", (int)report->used, report->picture);
	add_track(&text, symbols, "Allocated", &report->allocated);
	add_track(&text, symbols, "Freed", &report->freed);
	snprintf(found, sizeof(found), "Found at %s", report->when);
	add_track(&text, symbols, found, &now);
	if (report_goes_on())
		add_fixes(&text, report);
	text_write(&text);
}

static struct debug_report *reversed(struct debug_report *last)
{
	struct debug_report *first = NULL;

	while (last) {
		struct debug_report *next = last->next;

		last->next = first;
		first = last;
		last = next;
	}
	return first;
}

void reports_print(struct debug_report *last, const void *caller)
{
	int saved = errno;
	const struct stack *here = caller ? stack_capture(caller, GFP_KERNEL) : NULL;
	struct symbols symbols = SYMBOLS_INIT;

	for (struct debug_report *report = reversed(last); report;) {
		struct debug_report *next = report->next;

		print_one(report, &symbols, here);
		meta_free(report, sizeof(*report));
		report = next;
	}
	symbols_close(&symbols);
	errno = saved;
	report_bug_end();
}

void debug_print_track(struct symbols *symbols, const char *what, const struct track *track)
{
	if (!track->ms)
		return;
	int saved = errno;
	struct text text = { 0 };

	add_track(&text, symbols, what, track);
	text_write(&text);
	errno = saved;
}
