/* SPDX-License-Identifier: MIT */
/* The way from the start of a mapped program or shared object to the beacon in it. */
#include <elf.h>
#include <link.h>
#include <string.h>

#include "target.h"

#define MOST_SEGMENTS 64
#define MOST_NOTES    ((size_t)4096) /* bytes */

#if UINTPTR_MAX > UINT32_MAX
#define OUR_CLASS ELFCLASS64
#else
#define OUR_CLASS ELFCLASS32
#endif

struct image {
	struct target *target;
	remote bias; /* from addresses in the file to those in memory */
	ElfW(Phdr) segments[MOST_SEGMENTS];
	size_t nr_segments;
};

static size_t pad(size_t size)
{
	return (size + 3) & ~(size_t)3;
}

static void add_beacon(struct target *target, remote at)
{
	for (size_t i = 0; i < target->nr_beacons; i++)
		if (target->beacons[i] == at)
			return;
	if (target->nr_beacons < TARGET_BEACONS)
		target->beacons[target->nr_beacons++] = at;
}

/* Is a beacon there, and of our kind? */
static void check_beacon(struct target *target, remote at)
{
	static const uint16_t layout[] = INSPECT_LAYOUT;
	struct inspect_beacon beacon;

	/* What comes first is the same in all versions; another one may be shorter. */
	if (!target_read(target, at, &beacon, offsetof(struct inspect_beacon, layout)) ||
	    memcmp(beacon.magic, INSPECT_MAGIC, sizeof(beacon.magic)) != 0)
		return;
	if (beacon.word != sizeof(void *)) {
		target_fail(target, "it is a %d-bit program, and this tool is for %d bits",
			    8 * beacon.word, 8 * (int)sizeof(void *));
		return;
	}
	if (beacon.version != INSPECT_VERSION ||
	    !target_read(target, at, &beacon, sizeof(beacon)) ||
	    memcmp(beacon.layout, layout, sizeof(layout)) != 0) {
		target_fail(target, "its slab library is of another version than this tool");
		return;
	}
	add_beacon(target, at);
}

/* The distance to the beacon stands in the note; @at is where it starts. */
static void look_at_note(struct target *target, const Elf32_Nhdr *note, const char *contents,
			 remote at)
{
	int32_t distance;

	if (note->n_type != INSPECT_NOTE_TYPE || note->n_namesz != sizeof(INSPECT_NOTE_NAME) ||
	    note->n_descsz != sizeof(distance) ||
	    memcmp(contents, INSPECT_NOTE_NAME, sizeof(INSPECT_NOTE_NAME)) != 0)
		return;
	size_t before = pad(sizeof(INSPECT_NOTE_NAME));
	memcpy(&distance, contents + before, sizeof(distance));
	check_beacon(target, at + sizeof(*note) + before + (remote)(intptr_t)distance);
}

static void look_at_notes(struct target *target, remote start, size_t size)
{
	char bytes[MOST_NOTES];

	size = size < MOST_NOTES ? size : MOST_NOTES;
	if (!target_read(target, start, bytes, size))
		return;
	for (size_t at = 0; at + sizeof(Elf32_Nhdr) <= size;) {
		Elf32_Nhdr note;

		memcpy(&note, bytes + at, sizeof(note));
		size_t left = size - at - sizeof(note);
		if (note.n_namesz > left || note.n_descsz > left ||
		    pad(note.n_namesz) + pad(note.n_descsz) > left)
			return;
		look_at_note(target, &note, bytes + at + sizeof(note), start + at);
		at += sizeof(note) + pad(note.n_namesz) + pad(note.n_descsz);
	}
}

/* Where the file's first byte is mapped is known: it gives the bias. */
static void find_bias(struct image *image, remote start)
{
	image->bias = start;
	for (size_t i = 0; i < image->nr_segments; i++) {
		const ElfW(Phdr) *segment = &image->segments[i];

		if (segment->p_type == PT_LOAD) {
			image->bias = start - (segment->p_vaddr - segment->p_offset);
			return;
		}
	}
}

/* What another word size means for the message is in the file's first bytes. */
static bool read_headers(struct image *image, remote start)
{
	struct target *target = image->target;
	ElfW(Ehdr) header;

	if (!target_read(target, start, &header, sizeof(header)) ||
	    memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
		return false;
	if (header.e_ident[EI_CLASS] != OUR_CLASS)
		return target_fail(target, "it is a %d-bit program, and this tool is for %d bits",
				   OUR_CLASS == ELFCLASS64 ? 32 : 64, 8 * (int)sizeof(void *));
	if (header.e_phentsize != sizeof(image->segments[0]))
		return false;
	image->nr_segments = header.e_phnum < MOST_SEGMENTS ? header.e_phnum : MOST_SEGMENTS;
	return target_read(target, start + header.e_phoff, image->segments,
			   image->nr_segments * sizeof(image->segments[0]));
}

void image_look(struct target *target, remote start)
{
	struct image image = { .target = target };

	if (!read_headers(&image, start))
		return;
	find_bias(&image, start);
	for (size_t i = 0; i < image.nr_segments; i++)
		if (image.segments[i].p_type == PT_NOTE)
			look_at_notes(target, image.bias + image.segments[i].p_vaddr,
				      image.segments[i].p_memsz);
}
