/* SPDX-License-Identifier: MIT */
#ifndef SLAB_SLAB_SLOT_H
#define SLAB_SLAB_SLOT_H

/*
 * A thread's slot for one cache: the state of the fast path, one cache line, touched by its thread
 * alone.
 *
 *	base      top             limit
 *	 |  o o o o | . . . . . .   |        main sheaf: pointers to free objects
 *	spare --> a second sheaf; bulks may leave it partly full
 *
 * Invariant: base <= top <= limit; the objects at hand are base[0] to top[-1]. A slot of zeros is
 * empty and full at once, so that every operation on it leaves the fast path: that is how first
 * use, thread exit, destruction and caches without a fast path are told, without a flag.
 *
 * A thread's slots stand in one table. Each cache keeps the byte offset of its slot; offset 0 is
 * a slot that stays zero. A thread without a table of its own looks at one shared by all, which
 * nobody writes.
 *
 * Thread safety: the owner writes `top` without a lock, as a relaxed atomic so that statistics of
 * other threads may read it, and reads it as it likes; everything else changes under the lock of
 * the store behind the cache. Private to the library; published for slab-inline.h alone.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <slab/slab-flags.h>

struct kmem_cache;
struct slab_sheaf;
struct slab_barn;

struct slab_slot {
	void **top;		  /* one past the last object at hand */
	void **base;		  /* top == base: empty */
	void **limit;		  /* top == limit: full */
	struct slab_sheaf *spare; /* NULL in a slot of zeros only */
	struct slab_barn *barn;	  /* of the cache whose objects these are */
	uint32_t changes;	  /* of sheaves, so that a slot that rests is seen */
	uint32_t changes_seen;
} __attribute__((aligned(64)));

#ifdef __cplusplus
extern "C" {
#endif

/* This thread's table of slots. Initial-exec: one load, also from shared objects. */
extern __thread char *slab_slots __attribute__((tls_model("initial-exec")));

/* What the fast paths fall to. */
SLAB_CALL void *slab_alloc_slow(struct kmem_cache *s, gfp_t gfp);
SLAB_CALL void *slab_kmalloc_slow(struct kmem_cache *s, size_t size,
				  gfp_t gfp); /* of @size bytes in it */
SLAB_CALL void slab_free_slow(struct kmem_cache *s, void *object);

#ifdef __cplusplus
}
#endif

/* The slot at a byte offset of this thread's table. */
static inline struct slab_slot *slab_slot_at(size_t offset)
{
	return (struct slab_slot *)(void *)(slab_slots + offset);
}

/* ThreadSanitizer does not know the order that an address which depends on a load brings. */
#if defined(__SANITIZE_THREAD__)
#define SLAB_DEPENDENT_LOAD __ATOMIC_ACQUIRE
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SLAB_DEPENDENT_LOAD __ATOMIC_ACQUIRE
#endif
#endif
#ifndef SLAB_DEPENDENT_LOAD
#define SLAB_DEPENDENT_LOAD __ATOMIC_RELAXED
#endif

/*
 * This thread's slot for the cache that keeps its offset at @offset. Relaxed: the slot's address
 * depends on the value loaded, so what was written before the offset was published is seen.
 */
static inline struct slab_slot *slab_slot_of_offset(const unsigned int *offset)
{
	return slab_slot_at(__atomic_load_n(offset, SLAB_DEPENDENT_LOAD));
}

static inline void **slab_slot_top(const struct slab_slot *slot)
{
	return __atomic_load_n(&slot->top, __ATOMIC_RELAXED);
}

static inline void slab_slot_set_top(struct slab_slot *slot, void **top)
{
	__atomic_store_n(&slot->top, top, __ATOMIC_RELAXED);
}

/* Take an object off the sheaf; NULL if it is empty. */
static inline void *slab_slot_pop(struct slab_slot *slot)
{
	void **top = slot->top;

	if (__builtin_expect(top == slot->base, 0))
		return NULL;
	slab_slot_set_top(slot, top - 1);
	if (!top[-1]) /* never: spares the caller of inlined code a second test */
		__builtin_unreachable();
	return top[-1];
}

/* Put an object on the sheaf; false if it is full. */
static inline bool slab_slot_push(struct slab_slot *slot, void *object)
{
	void **top = slot->top;

	if (__builtin_expect(top == slot->limit, 0))
		return false;
	*top = object;
	slab_slot_set_top(slot, top + 1);
	return true;
}

#endif
