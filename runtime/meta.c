/* SPDX-License-Identifier: MIT */
#include "meta.h"

#include <stdint.h>
#include <string.h>

#include "fault.h"
#include "lock.h"
#include "os.h"

#define META_LEAST   ((size_t)64)
#define META_CLASSES 20
#define CHUNK	     ((size_t)256 << 10)

/* 64, 128, then three halves of each power of two as well: 192, 256, 384, 512, ... */
#define CLASS_SIZE(class)                                          \
	((class) % 2 || !(class) ? META_LEAST << ((class) + 1) / 2 \
				 : 3 * META_LEAST / 2 << (class) / 2)

_Static_assert(CLASS_SIZE(META_CLASSES - 1) == META_MAX, "the largest class is META_MAX");
_Static_assert(CHUNK % META_MAX == 0, "a chunk holds the largest class without a rest");

/* A free piece holds the link to the next one. */
struct piece {
	struct piece *next;
};

struct lock meta_lock = LOCK_INIT;
static struct piece *free_pieces[META_CLASSES];
static char *chunk_next;
static char *chunk_end;
static size_t in_use; /* bytes of pieces that are not free */

static unsigned int class_of(size_t size)
{
	unsigned int class = 0;

	while (CLASS_SIZE(class) < size)
		class ++;
	return class;
}

size_t meta_roundup(size_t size)
{
	return CLASS_SIZE(class_of(size));
}

static void push(unsigned int class, void *piece)
{
	struct piece *head = piece;

	head->next = free_pieces[class];
	free_pieces[class] = head;
}

/* Cut what is left of the chunk into pieces, so that nothing of it is lost. */
static void retire_chunk(void)
{
	for (unsigned int class = META_CLASSES; class -- > 0;) {
		size_t size = CLASS_SIZE(class);

		while ((size_t)(chunk_end - chunk_next) >= size) {
			push(class, chunk_next);
			chunk_next += size;
		}
	}
}

/* A fresh piece from the chunk; NULL: that is too short. */
static void *cut(size_t size)
{
	if ((size_t)(chunk_end - chunk_next) < size)
		return NULL;
	void *piece = chunk_next;
	chunk_next += size;
	return piece;
}

/* Wants the lock held. */
static void *take(unsigned int class)
{
	struct piece *piece = free_pieces[class];

	if (!piece)
		return cut(CLASS_SIZE(class));
	free_pieces[class] = piece->next;
	return piece;
}

/* Take a piece of a new chunk. The lock is held, and let go of while the system is asked. */
static void *take_of_new_chunk(unsigned int class)
{
	unlock(&meta_lock);
	char *chunk = os_map(CHUNK, 4096);
	lock(&meta_lock);
	if (!chunk)
		return take(class); /* another thread may have got one */
	retire_chunk();
	chunk_next = chunk;
	chunk_end = chunk + CHUNK;
	return take(class);
}

void *meta_alloc(size_t size, gfp_t gfp)
{
	unsigned int class = class_of(size);

	if (fault_hit())
		return NULL;
	lock(&meta_lock);
	void *piece = take(class);
	if (!piece && gfp & __GFP_DIRECT_RECLAIM)
		piece = take_of_new_chunk(class);
	if (piece)
		in_use += CLASS_SIZE(class);
	unlock(&meta_lock);
	if (piece)
		memset(piece, 0, size);
	return piece;
}

void meta_free(void *piece, size_t size)
{
	if (!piece)
		return;
	lock(&meta_lock);
	push(class_of(size), piece);
	in_use -= meta_roundup(size);
	unlock(&meta_lock);
}

size_t meta_in_use(void)
{
	lock(&meta_lock);
	size_t bytes = in_use;
	unlock(&meta_lock);
	return bytes;
}
