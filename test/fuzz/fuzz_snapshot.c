/* SPDX-License-Identifier: MIT */
/*
 * What slabinfo and slabwatch read of a process that may be hostile: the input is its memory from
 * BASE on, with the beacon at its start.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "snapshot.h"
#include "write.h"

#define BASE ((remote)0x10000)

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t *memory;
static size_t memory_size;

/* In place of those of target.c. */
bool target_read(struct target *target, remote from, void *to, size_t bytes)
{
	(void)target;
	if (from < BASE || from - BASE > memory_size || bytes > memory_size - (from - BASE))
		return false;
	memcpy(to, memory + (from - BASE), bytes);
	return true;
}

bool target_fail(struct target *target, const char *format, ...)
{
	(void)format;
	target->error[0] = '?';
	return false;
}

void target_printable(char *name)
{
	for (; *name; name++)
		if (*name < ' ' || *name > '~')
			*name = '?';
}

/* A process that holds together: two caches of one store, two slabs, a thread, a full sheaf. */
static struct image {
	struct inspect_beacon beacon;
	char name[64];
	struct slab_barn barns[2];
	struct slab_store store;
	/* With room for what the flexible arrays at their ends hold. */
	_Alignas(struct slab) char slabs[2][sizeof(struct slab) + 2 * sizeof(uint64_t)];
	struct thread thread;
	struct slab_slot slots[2];
	_Alignas(struct slab_sheaf) char sheaf[sizeof(struct slab_sheaf) + 4 * sizeof(void *)];
} image = { .name = "fuzzed" };

static struct slab *slab_number(size_t i)
{
	return (struct slab *)(void *)image.slabs[i];
}

/* Where a part of the image is in the process. */
static void *there(const void *part)
{
	return (void *)(BASE + (size_t)((const char *)part - (const char *)&image));
}

static void link_nodes(struct list *head, struct list *nodes[], size_t n)
{
	struct list *before = head;

	for (size_t i = 0; i < n; i++) {
		before->next = there(nodes[i]);
		nodes[i]->prev = there(before);
		before = nodes[i];
	}
	before->next = there(head);
	head->prev = there(before);
}

static void make_caches(void)
{
	for (size_t i = 0; i < 2; i++) {
		struct slab_barn *barn = &image.barns[i];

		barn->name = there(image.name);
		barn->store = there(&image.store);
		barn->object_size = 64;
		barn->serial = i + 1;
		barn->cache = there(barn);
		barn->nr_inuse = 20;
	}
	image.barns[0].full = there(image.sheaf);
	image.barns[0].nr_full = 1;
	image.barns[0].nr_held = 4;
	link_nodes(&image.beacon.caches,
		   (struct list *[]){ &image.barns[0].node, &image.barns[1].node }, 2);
}

static void make_slabs(void)
{
	struct slab_store *store = &image.store;

	store->stride = store->row_bytes = 64;
	store->per_slab = 100;
	store->slab_bytes = 8192;
	store->nr_slabs = 2;
	for (size_t i = 0; i < SLAB_LISTS; i++)
		link_nodes(&store->slabs[i], NULL, 0);
	for (size_t i = 0; i < 2; i++) {
		struct slab *slab = slab_number(i);

		slab->span.store = there(store);
		slab->span.base = (char *)((i + 1) << 20);
		slab->inuse = 20;
		slab->frontier = 60;
	}
	link_nodes(&store->slabs[2],
		   (struct list *[]){ &slab_number(0)->node, &slab_number(1)->node }, 2);
}

static void make_thread(void)
{
	struct slab_sheaf *sheaf = (struct slab_sheaf *)(void *)image.sheaf;

	sheaf->count = 4;
	for (size_t i = 0; i < 4; i++)
		sheaf->objects[i] = (void *)(((size_t)1 << 20) + 64 * i);
	image.slots[1].barn = there(&image.barns[1]);
	image.slots[1].base = there(sheaf->objects);
	image.slots[1].top = there(sheaf->objects + 2);
	image.thread.table = there(image.slots);
	image.thread.used[0] = 2;
	link_nodes(&image.beacon.threads, (struct list *[]){ &image.thread.node }, 1);
}

/* An input to start from, made here since its bytes are those of the library's private structs. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct target target = { .beacons = { BASE }, .nr_beacons = 1 };
	struct snapshot snapshot;

	(void)argc;
	(void)argv;
	make_caches();
	make_slabs();
	make_thread();
	memory = (const uint8_t *)&image;
	memory_size = sizeof(image);
	if (!snapshot_take(&snapshot, &target, DETAIL_OBJECTS) || !snapshot.settled ||
	    snapshot.nr_caches != 2 || snapshot.stores[0].nr_read != 2 ||
	    snapshot.nr_threads != 1 || snapshot.caches[1].at_hand != 2)
		abort(); /* harness and library do not fit */
	snapshot_free(&snapshot);
	FILE *file = fopen("corpus/good", "w");
	if (!file || fwrite(&image, sizeof(image), 1, file) != 1 || fclose(file) != 0)
		abort();
	return 0;
}

static void show(struct target *target, struct snapshot *s)
{
	FILE *out = fopen("/dev/null", "w");

	if (!out)
		abort();
	columns_sort(s, columns, false);
	write_summary(out, s, "\n");
	write_json(out, target, s);
	write_html(out, target, s);
	fclose(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct target target = { .beacons = { BASE }, .nr_beacons = 1, .program = "fuzzed" };
	struct snapshot snapshot;

	memory = data;
	memory_size = size;
	for (enum detail detail = DETAIL_COUNTS; detail <= DETAIL_OBJECTS; detail++) {
		if (!snapshot_take(&snapshot, &target, detail))
			continue;
		if (detail == DETAIL_OBJECTS)
			show(&target, &snapshot);
		snapshot_free(&snapshot);
	}
	return 0;
}
