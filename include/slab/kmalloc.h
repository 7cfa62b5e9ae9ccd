/* SPDX-License-Identifier: MIT */
#ifndef SLAB_KMALLOC_H
#define SLAB_KMALLOC_H

/*
 * Memory by size: kmalloc() and its family. <slab/slab.h> includes this. Sizes up to
 * KMALLOC_MAX_CACHE_SIZE come from caches of 8, 16, 32, 64, 96, 128, 192, 256, 512 ... 8192 bytes,
 * those up to 1 MiB from caches a quarter of a power of two apart: 10240, 12288, 14336, 16384 and
 * so on. Larger ones are mappings of their own, in multiples of 64 KiB, and are refused where
 * malloc() is refused as much; what krealloc() makes larger than 128 KiB becomes one, which goes on
 * to grow without being copied. Everything here is thread-safe; a function that returns memory
 * returns NULL with errno ENOMEM when there is none, and ZERO_SIZE_PTR for no bytes.
 *
 * In a hardened library, or with SLAB_RANDOM_KMALLOC=1 in the environment, each class has 16
 * copies: kmalloc-64, and kmalloc-rnd-01-64 to kmalloc-rnd-15-64. The address of the call chooses
 * one, by a secret of the process, so that different parts of a program seldom share memory.
 */

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <slab/slab-flags.h>

#ifdef __cplusplus
extern "C" {
#endif

/** KMALLOC_MAX_SIZE - the largest object of a cache, 4 MiB; kmalloc() itself goes on */
#define KMALLOC_MAX_SIZE ((size_t)4 << 20)

/** KMALLOC_MAX_CACHE_SIZE, KMALLOC_MIN_SIZE - the largest and the smallest of kmalloc_index() */
#define KMALLOC_MAX_CACHE_SIZE ((size_t)8 << 10)
#define KMALLOC_MIN_SIZE       8

/** KMALLOC_CACHES - how many classes kmalloc_index() knows */
#define KMALLOC_CACHES 13

/** ZERO_SIZE_PTR - what kmalloc(0) gives: not NULL, not to be read or written, fit for kfree() */
#define ZERO_SIZE_PTR ((void *)16)

/** ZERO_OR_NULL_PTR - is a pointer to no bytes at all? */
#define ZERO_OR_NULL_PTR(p) ((size_t)(p) <= (size_t)ZERO_SIZE_PTR)

/**
 * kmalloc - allocate @size bytes
 *
 * A size that is a power of two is aligned to itself (to 64 KiB at most), another to the largest
 * power of two that divides its size class; never to less than 8. The memory is freed by kfree().
 */
SLAB_CALL void *kmalloc(size_t size, gfp_t gfp);

/** kfree - free what kmalloc() or any cache gave; NULL and ZERO_SIZE_PTR do nothing */
SLAB_CALL void kfree(const void *object);

/** kfree_sensitive - kfree() of memory that is filled with zeros before, all that may be used */
void kfree_sensitive(const void *object);

/**
 * krealloc - change the size of what kmalloc() gave, in place if it fits
 *
 * NULL is kmalloc(); size 0 frees and gives ZERO_SIZE_PTR. With __GFP_ZERO new bytes are zero if
 * all calls for this memory had it. On failure the old memory stays as it was.
 */
void *krealloc(const void *object, size_t size, gfp_t gfp);

/**
 * ksize - the bytes that really stand behind an object, 0 for NULL and ZERO_SIZE_PTR
 *
 * All of them may be used then: with debug flags they count as asked for from now on.
 */
size_t ksize(const void *object);

/** kmalloc_size_roundup - what ksize() will say of kmalloc(@size) */
size_t kmalloc_size_roundup(size_t size);

/** kfree_bulk - kfree() for each of @n pointers, none NULL */
void kfree_bulk(size_t n, void **objects);

/**
 * kmalloc_nolock - allocate in a signal handler
 *
 * Takes an object that is free in a slab, waits for no lock, makes no system call and leaves errno
 * alone. So it may fail while there is memory: when the interrupted code, or another thread, is at
 * work in the same size class, when nothing of that size has been allocated before, and for more
 * than KMALLOC_MAX_CACHE_SIZE. @gfp: 0, __GFP_ZERO, __GFP_ACCOUNT; @node is ignored.
 */
void *kmalloc_nolock(size_t size, gfp_t gfp, int node);

/**
 * kfree_nolock - kfree() in a signal handler, of what kmalloc() or kmalloc_nolock() gave
 *
 * What cannot be freed at once counts as allocated until some thread next leaves a fast path.
 */
void kfree_nolock(const void *object);

/** kmem_buckets - a set of size classes apart from those of kmalloc(), and from other sets */
typedef struct kmem_buckets kmem_buckets;

/**
 * kmem_buckets_create - make a set of size classes
 *
 * @name is that of the caches, with their sizes added; the other arguments are theirs, see
 * kmem_cache_create_usercopy(). Return: NULL with errno, as kmem_cache_create().
 */
kmem_buckets *kmem_buckets_create(const char *name, slab_flags_t flags, unsigned int useroffset,
				  unsigned int usersize, void (*ctor)(void *object));

/** kmem_buckets_alloc - kmalloc() from a set; larger sizes than it has come from kmalloc() */
void *kmem_buckets_alloc(kmem_buckets *buckets, size_t size, gfp_t gfp);

/** kmem_buckets_destroy - end a set; -EBUSY, with a report, while something of it is allocated */
int kmem_buckets_destroy(kmem_buckets *buckets);

/**
 * kmem_dump_obj - say on stderr where an object comes from
 *
 * Its cache, its slab, its place there, and whether it is free; with SLAB_STORE_USER also who
 * allocated and freed it last. Return: false if it is none of
 * ours.
 */
bool kmem_dump_obj(const void *object);

/**
 * kmem_check_copy - may @n bytes at @p be copied to or from an untrusted place?
 *
 * For an object of a cache: within its usercopy window; a cache without one allows nothing. For
 * memory of kmalloc(): within what stands behind it. For all other memory the library cannot tell
 * and says true. A refusal is reported.
 */
bool kmem_check_copy(const void *p, size_t n);

#ifdef __cplusplus
} /* extern "C" */
#endif

/** kmalloc_index - the number of the cache for a size from 1 to KMALLOC_MAX_CACHE_SIZE */
static inline unsigned int kmalloc_index(size_t size)
{
	/* By eights of bytes: 8, 16, 32, 64, 96, 128, 192. */
	static const unsigned char small[] = { 0, 0, 1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4,
					       5, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 6 };

	if (size <= 192)
		return small[(size + 7) / 8];
	/* Powers of two from here on: 256 is number 7. */
	return 63u - (unsigned int)__builtin_clzll((unsigned long long)(size - 1));
}

/* Saturating, so that a size too large to be said is too large to be had. */
static inline size_t slab_size_mul(size_t n, size_t size)
{
	size_t bytes;

	return __builtin_mul_overflow(n, size, &bytes) ? SIZE_MAX : bytes;
}

static inline size_t slab_size_add(size_t a, size_t b)
{
	size_t bytes;

	return __builtin_add_overflow(a, b, &bytes) ? SIZE_MAX : bytes;
}

/** kzalloc - kmalloc() filled with zeros */
static inline void *kzalloc(size_t size, gfp_t gfp)
{
	return kmalloc(size, gfp | __GFP_ZERO);
}

/** kmalloc_array - room for @n elements of @size bytes; NULL if that overflows */
static inline void *kmalloc_array(size_t n, size_t size, gfp_t gfp)
{
	return kmalloc(slab_size_mul(n, size), gfp);
}

/** kcalloc - kmalloc_array() filled with zeros */
static inline void *kcalloc(size_t n, size_t size, gfp_t gfp)
{
	return kmalloc_array(n, size, gfp | __GFP_ZERO);
}

/** krealloc_array - krealloc() for @n elements of @size bytes */
static inline void *krealloc_array(void *object, size_t n, size_t size, gfp_t gfp)
{
	return krealloc(object, slab_size_mul(n, size), gfp);
}

/** kmalloc_node, kmalloc_node_track_caller - kmalloc(); the node is accepted and ignored */
static inline void *kmalloc_node(size_t size, gfp_t gfp, int node)
{
	(void)node;
	return kmalloc(size, gfp);
}

static inline void *kmalloc_node_track_caller(size_t size, gfp_t gfp, int node)
{
	return kmalloc_node(size, gfp, node);
}

/** kzalloc_node - kmalloc_node() filled with zeros */
static inline void *kzalloc_node(size_t size, gfp_t gfp, int node)
{
	return kmalloc_node(size, gfp | __GFP_ZERO, node);
}

/** kmalloc_array_node - kmalloc_array(); the node is ignored */
static inline void *kmalloc_array_node(size_t n, size_t size, gfp_t gfp, int node)
{
	return kmalloc_node(slab_size_mul(n, size), gfp, node);
}

/** kcalloc_node - kcalloc(); the node is ignored */
static inline void *kcalloc_node(size_t n, size_t size, gfp_t gfp, int node)
{
	return kmalloc_array_node(n, size, gfp | __GFP_ZERO, node);
}

/** krealloc_node - krealloc(); the node is ignored */
static inline void *krealloc_node(const void *object, size_t size, gfp_t gfp, int node)
{
	(void)node;
	return krealloc(object, size, gfp);
}

/** kvmalloc - kmalloc() of at most INT_MAX bytes; freed by kvfree() or kfree() */
static inline void *kvmalloc(size_t size, gfp_t gfp)
{
	return kmalloc(size > INT_MAX ? SIZE_MAX : size, gfp);
}

/** kvzalloc - kvmalloc() filled with zeros */
static inline void *kvzalloc(size_t size, gfp_t gfp)
{
	return kvmalloc(size, gfp | __GFP_ZERO);
}

/** kvmalloc_array - kvmalloc() for @n elements of @size bytes; NULL if that overflows */
static inline void *kvmalloc_array(size_t n, size_t size, gfp_t gfp)
{
	return kvmalloc(slab_size_mul(n, size), gfp);
}

/** kvcalloc - kvmalloc_array() filled with zeros */
static inline void *kvcalloc(size_t n, size_t size, gfp_t gfp)
{
	return kvmalloc_array(n, size, gfp | __GFP_ZERO);
}

/**
 * kvmalloc_node, kvzalloc_node, kvmalloc_array_node, kvcalloc_node - the forms of kvmalloc() with a
 * node, which is accepted and ignored
 */
static inline void *kvmalloc_node(size_t size, gfp_t gfp, int node)
{
	(void)node;
	return kvmalloc(size, gfp);
}

static inline void *kvzalloc_node(size_t size, gfp_t gfp, int node)
{
	return kvmalloc_node(size, gfp | __GFP_ZERO, node);
}

static inline void *kvmalloc_array_node(size_t n, size_t size, gfp_t gfp, int node)
{
	return kvmalloc_node(slab_size_mul(n, size), gfp, node);
}

static inline void *kvcalloc_node(size_t n, size_t size, gfp_t gfp, int node)
{
	return kvmalloc_array_node(n, size, gfp | __GFP_ZERO, node);
}

/** kvrealloc - krealloc() of at most INT_MAX bytes */
static inline void *kvrealloc(const void *object, size_t size, gfp_t gfp)
{
	return krealloc(object, size > INT_MAX ? SIZE_MAX : size, gfp);
}

/** kvfree, kvfree_atomic - kfree() */
static inline void kvfree(const void *object)
{
	kfree(object);
}

static inline void kvfree_atomic(const void *object)
{
	kfree(object);
}

/** kvfree_sensitive - kfree_sensitive(); all of ksize() is filled with zeros */
static inline void kvfree_sensitive(const void *object, size_t size)
{
	(void)size;
	kfree_sensitive(object);
}

/** kmem_buckets_valloc - kvmalloc() from a set of size classes */
static inline void *kmem_buckets_valloc(kmem_buckets *buckets, size_t size, gfp_t gfp)
{
	return kmem_buckets_alloc(buckets, size > INT_MAX ? SIZE_MAX : size, gfp);
}

/** kmalloc_track_caller - kmalloc() */
#define kmalloc_track_caller(size, gfp) kmalloc(size, gfp)

/** kmem_buckets_alloc_track_caller - kmem_buckets_alloc() */
#define kmem_buckets_alloc_track_caller(buckets, size, gfp) kmem_buckets_alloc(buckets, size, gfp)

/* Typed memory: a pointer to what is named, GFP_KERNEL where no flags are. */
#define SLAB_OBJ(alloc, type, gfp) ((__typeof__(type) *)alloc(sizeof(__typeof__(type)), gfp))
#define SLAB_OBJS(alloc, type, n, gfp) \
	((__typeof__(type) *)alloc(slab_size_mul(n, sizeof(__typeof__(type))), gfp))
#define SLAB_FLEX(alloc, type, member, n, gfp)                                             \
	((__typeof__(type) *)alloc(                                                        \
		slab_size_add(sizeof(__typeof__(type)),                                    \
			      slab_size_mul(n, sizeof(*((__typeof__(type) *)0)->member))), \
		gfp))

#define SLAB_THIRD(a, b, c, ...)       c
#define SLAB_FOURTH(a, b, c, d, ...)   d
#define SLAB_FIFTH(a, b, c, d, e, ...) e
#define SLAB_OBJ_1(alloc, type)	       SLAB_OBJ(alloc, type, GFP_KERNEL)
#define SLAB_OBJS_2(alloc, type, n)    SLAB_OBJS(alloc, type, n, GFP_KERNEL)
#define SLAB_FLEX_3(alloc, type, m, n) SLAB_FLEX(alloc, type, m, n, GFP_KERNEL)
#define SLAB_ANY_OBJ(alloc, ...) \
	SLAB_THIRD(__VA_ARGS__, SLAB_OBJ, SLAB_OBJ_1, 0)(alloc, __VA_ARGS__)
#define SLAB_ANY_OBJS(alloc, ...) \
	SLAB_FOURTH(__VA_ARGS__, SLAB_OBJS, SLAB_OBJS_2, 0)(alloc, __VA_ARGS__)
#define SLAB_ANY_FLEX(alloc, ...) \
	SLAB_FIFTH(__VA_ARGS__, SLAB_FLEX, SLAB_FLEX_3, 0)(alloc, __VA_ARGS__)

/**
 * kmalloc_obj, kzalloc_obj, kvmalloc_obj, kvzalloc_obj - allocate one object of a type
 *
 * kmalloc_obj(struct foo) or kmalloc_obj(*foo), with flags as a second argument, or GFP_KERNEL. The
 * z forms fill with zeros. Return: a struct foo *, or NULL.
 */
#define kmalloc_obj(...)  SLAB_ANY_OBJ(kmalloc, __VA_ARGS__)
#define kzalloc_obj(...)  SLAB_ANY_OBJ(kzalloc, __VA_ARGS__)
#define kvmalloc_obj(...) SLAB_ANY_OBJ(kvmalloc, __VA_ARGS__)
#define kvzalloc_obj(...) SLAB_ANY_OBJ(kvzalloc, __VA_ARGS__)

/**
 * kmalloc_objs, kzalloc_objs, kvmalloc_objs, kvzalloc_objs - allocate an array of a type
 *
 * kmalloc_objs(struct foo, n), with flags as a third argument, or GFP_KERNEL. Return: a struct
 * foo *, or NULL, also if the size overflows.
 */
#define kmalloc_objs(...)  SLAB_ANY_OBJS(kmalloc, __VA_ARGS__)
#define kzalloc_objs(...)  SLAB_ANY_OBJS(kzalloc, __VA_ARGS__)
#define kvmalloc_objs(...) SLAB_ANY_OBJS(kvmalloc, __VA_ARGS__)
#define kvzalloc_objs(...) SLAB_ANY_OBJS(kvzalloc, __VA_ARGS__)

/**
 * kmalloc_flex, kzalloc_flex, kvmalloc_flex, kvzalloc_flex - allocate a struct with a flexible
 * array member
 *
 * kmalloc_flex(struct foo, member, n) has n elements of the member, with flags as a fourth
 * argument, or GFP_KERNEL. Return: a struct foo *, or NULL, also if the size overflows.
 */
#define kmalloc_flex(...)  SLAB_ANY_FLEX(kmalloc, __VA_ARGS__)
#define kzalloc_flex(...)  SLAB_ANY_FLEX(kzalloc, __VA_ARGS__)
#define kvmalloc_flex(...) SLAB_ANY_FLEX(kvmalloc, __VA_ARGS__)
#define kvzalloc_flex(...) SLAB_ANY_FLEX(kvzalloc, __VA_ARGS__)

#endif
