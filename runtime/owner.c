/* SPDX-License-Identifier: MIT */
#include "owner.h"

#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lock.h"

struct lock owner_lock = LOCK_INIT;

/* How many objects were there at the start, and how many had been unloaded before. */
static size_t first_objects;
static unsigned long long first_unloads;

/* The program, and the object that this library is in: they stay, and need no lock to look up. */
static struct {
	uintptr_t start;
	size_t size;
} fixed[2];

static bool holds(const struct dl_phdr_info *info, uintptr_t address)
{
	for (size_t i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];

		if (segment->p_type == PT_LOAD &&
		    address - info->dlpi_addr - segment->p_vaddr < segment->p_memsz)
			return true;
	}
	return false;
}

static void note_fixed(const struct dl_phdr_info *info, size_t which)
{
	uintptr_t end = 0;

	fixed[which].start = UINTPTR_MAX;
	for (size_t i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
		uintptr_t start = info->dlpi_addr + segment->p_vaddr;

		if (segment->p_type != PT_LOAD)
			continue;
		if (start < fixed[which].start)
			fixed[which].start = start;
		if (start + segment->p_memsz > end)
			end = start + segment->p_memsz;
	}
	fixed[which].size = end - fixed[which].start;
}

static int note_object(struct dl_phdr_info *info, size_t size, void *data)
{
	(void)size;
	(void)data;
	/* The program itself is always first. */
	if (first_objects == 0)
		note_fixed(info, 0);
	if (holds(info, (uintptr_t)fixed))
		note_fixed(info, 1);
	first_objects++;
	first_unloads = info->dlpi_subs;
	return 0;
}

/* Early: before constructors that load more. */
__attribute__((constructor(101))) static void note_first_objects(void)
{
	dl_iterate_phdr(note_object, NULL);
}

static bool is_fixed(uintptr_t address)
{
	return address - fixed[0].start < fixed[0].size || address - fixed[1].start < fixed[1].size;
}

struct search {
	uintptr_t address;
	size_t index;
	const void *found;
	const char *file;
};

/*
 * Objects come in the order of loading. Where some have been unloaded since the start, their places
 * may have been before those of others, so as many places less are certain. The program is first.
 */
static bool stays(const struct dl_phdr_info *info, size_t index)
{
	return index == 0 || index + (size_t)(info->dlpi_subs - first_unloads) < first_objects;
}

static int look(struct dl_phdr_info *info, size_t size, void *data)
{
	struct search *search = data;
	size_t index = search->index++;

	(void)size;
	if (!holds(info, search->address))
		return 0;
	if (!stays(info, index)) {
		search->found = info->dlpi_phdr;
		search->file = info->dlpi_name;
	}
	return 1;
}

const void *owner_of(const void *address, const char **file)
{
	struct search search = { .address = (uintptr_t)address };

	if (is_fixed(search.address))
		return NULL;
	lock(&owner_lock);
	dl_iterate_phdr(look, &search);
	unlock(&owner_lock);
	*file = search.file;
	return search.found;
}
