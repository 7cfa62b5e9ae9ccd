/* SPDX-License-Identifier: MIT */
#ifndef DEBUG_REPORT_H
#define DEBUG_REPORT_H

/*
 * One report on one object, in the words of Linux's SLUB where there are some. It is made under
 * the store's lock, with a picture of the object as it is then, and printed when no lock is held.
 */

#include <stdbool.h>
#include <stddef.h>

#include "debug.h"
#include "report.h"

/* A part of an object's place, and the byte that it is filled with. */
struct zone {
	const char *name; /* NULL: the object itself, which may hold anything */
	unsigned char *start;
	size_t bytes;
	unsigned char byte;
	const char *damage; /* what other bytes there mean */
};

#define ZONES_MAX 6

struct finding {
	struct zone zone;
	unsigned char *from; /* the first wrong byte */
	unsigned char *last;
	unsigned char found; /* at @from */
};

struct debug_report {
	struct debug_report *next;
	const char *when;
	char name[40];
	char wrong[128]; /* the headline if there are no findings */
	char fix[64];	 /* the repair */
	struct finding findings[ZONES_MAX];
	size_t nr_findings;
	char object[128]; /* where it is; empty: it is none */
	struct track allocated;
	struct track freed;
	size_t used; /* of picture */
	char picture[2560];
};

/* Queue a report, empty but for the time. NULL: no memory; the headline has been printed. */
struct debug_report *report_queue(struct slab_store *store, const char *when, const char *headline);

/* Describe the object with its note. */
void report_object(struct debug_report *report, const struct slab_store *store,
		   const struct slab *slab, uint32_t index);

/* Print all reports of a list made by report_queue(), and free it. */
void reports_print(struct debug_report *last, const void *caller);

#endif
