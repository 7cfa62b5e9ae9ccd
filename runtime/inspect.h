/* SPDX-License-Identifier: MIT */
#ifndef INSPECT_H
#define INSPECT_H

/*
 * How slabinfo and slabwatch (tools/) look at a running program: they read its memory from outside,
 * structs of this library as they stand, and find their own way from the beacon. The program does
 * nothing for that, on no path, and is not stopped; after fork() each process has its own beacon,
 * like all its memory.
 *
 *	program headers --> PT_NOTE --> note "slab": the distance from here to the beacon
 *	beacon --> all caches: struct slab_barn --> struct slab_store --> struct slab
 *	       '-> all threads: struct thread --> struct slab_slot
 *
 * The note is loaded and is kept by strip, so it is found in static, stripped and position-
 * independent programs and in shared objects alike, without any file. The first three members of
 * the beacon never change; what else a reader must know is checked against `layout`.
 */

#include <stddef.h>
#include <stdint.h>

#include "list.h"
#include "slab.h"
#include "slots.h"

#define INSPECT_NOTE_NAME "slab"
#define INSPECT_NOTE_TYPE 1
#define INSPECT_MAGIC	  "slab beacon"
/* For changes of meaning; those of place are seen in `layout`. */
#define INSPECT_VERSION 1

#define INSPECT_AT(type, member) (uint16_t) offsetof(struct type, member)
#define INSPECT_OF(type)	 (uint16_t)sizeof(struct type)

/* Every member that readers look at, and what else they must know. */
#define INSPECT_LAYOUT                                                                           \
	{                                                                                        \
		INSPECT_AT(slab_barn, cache), INSPECT_AT(slab_barn, name),                       \
			INSPECT_AT(slab_barn, store), INSPECT_AT(slab_barn, object_size),        \
			INSPECT_AT(slab_barn, align), INSPECT_AT(slab_barn, capacity),           \
			INSPECT_AT(slab_barn, flags), INSPECT_AT(slab_barn, node),               \
			INSPECT_AT(slab_barn, serial), INSPECT_AT(slab_barn, nr_inuse),          \
			INSPECT_AT(slab_barn, full), INSPECT_AT(slab_barn, nr_full),             \
			INSPECT_AT(slab_barn, nr_held), INSPECT_AT(slab_barn, nr_guarded),       \
			INSPECT_OF(slab_barn), INSPECT_AT(slab_store, stride),                   \
			INSPECT_AT(slab_store, slab_bytes), INSPECT_AT(slab_store, per_slab),    \
			INSPECT_AT(slab_store, slabs), INSPECT_AT(slab_store, nr_slabs),         \
			INSPECT_AT(slab_store, nr_empty), INSPECT_OF(slab_store),                \
			INSPECT_AT(span, base), INSPECT_AT(span, store), INSPECT_OF(span),       \
			INSPECT_AT(slab, span), INSPECT_AT(slab, node), INSPECT_AT(slab, inuse), \
			INSPECT_AT(slab, frontier), INSPECT_AT(slab, free), INSPECT_OF(slab),    \
			INSPECT_AT(slab_slot, top), INSPECT_AT(slab_slot, base),                 \
			INSPECT_AT(slab_slot, spare), INSPECT_AT(slab_slot, barn),               \
			INSPECT_OF(slab_slot), INSPECT_AT(slab_sheaf, next),                     \
			INSPECT_AT(slab_sheaf, count), INSPECT_AT(slab_sheaf, objects),          \
			INSPECT_OF(slab_sheaf), INSPECT_AT(thread, node),                        \
			INSPECT_AT(thread, table), INSPECT_AT(thread, used), INSPECT_OF(thread), \
			SLAB_LISTS, SLOTS                                                        \
	}

struct inspect_beacon {
	char magic[12];	 /* INSPECT_MAGIC */
	uint8_t word;	 /* sizeof(void *) */
	uint8_t version; /* INSPECT_VERSION */
	/* INSPECT_LAYOUT, in a reader and a program that fit each other the same */
	uint16_t layout[sizeof((const uint16_t[])INSPECT_LAYOUT) / sizeof(uint16_t)];
	struct list caches;  /* of struct slab_barn; guarded by the lock of the caches */
	struct list threads; /* of struct thread; guarded by the lock of the threads */
};

_Static_assert(sizeof(INSPECT_MAGIC) == sizeof(((struct inspect_beacon *)0)->magic),
	       "the magic ends with its NUL");
_Static_assert(offsetof(struct inspect_beacon, word) == 12 &&
		       offsetof(struct inspect_beacon, version) == 13 &&
		       offsetof(struct inspect_beacon, layout) == 14,
	       "what readers of all versions look at stays where it is");

extern struct inspect_beacon slab_beacon __attribute__((visibility("hidden")));

#endif
