/* SPDX-License-Identifier: MIT */
#ifndef SLAB_SLAB_H
#define SLAB_SLAB_H

/*
 * A slab allocator for user space with the API of Linux's <linux/slab.h>.
 *
 * A cache hands out objects of one size. Caches whose objects lie equally far apart share slabs,
 * unless something speaks against it: SLAB_NO_MERGE or SLAB_NOLEAKTRACE, a ctor, a usercopy window,
 * other accepted hints, a debug flag, a shared object that may be unloaded, or slab_nomerge in the
 * environment. Each goes on to have its own name, size, statistics and end. Every function that
 * takes a cache takes a `struct kmem_cache *` or a `struct kmem_cache_opaque *`, the shadow that
 * gives a cache static storage (see <slab/slab-static.h>). Sizes and alignments are in bytes.
 *
 * Threads: allocating and freeing may go on in any number of threads at once, and any thread may
 * free any object. Creating, setting up and destroying are serialised inside; destroying a cache
 * while another thread still uses it is the caller's error. From a signal handler
 * only kmalloc_nolock() and kfree_nolock() may be called. After fork() the child may use every
 * cache; objects that the parent's other threads held stay allocated. A prepare handler of
 * pthread_atfork() may not allocate if it was registered before the library was started, which is
 * among the first constructors.
 *
 * Memory: of each cache that it uses a thread keeps free objects at hand, on two sheaves of up to
 * 32 KiB of objects; under load they grow up to 512 KiB. A cache keeps up to 4 MiB, and 8,192
 * objects, for all its threads. (A cache may ask for more at hand, and has at least two objects on
 * a sheaf.) What nobody has needed for half a second goes back to the system when any thread next
 * leaves the fast path; a thread that rests then keeps one sheaf. kmem_cache_shrink() gives back at
 * once.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <slab/kmalloc.h>
#include <slab/kmem_cache_fwd.h>
#include <slab/slab-flags.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A member of an aggregate that C++ programmers may leave out without a warning. */
#if defined(__cplusplus) && __cplusplus >= 201402L
#define SLAB_UNSET \
	{          \
	}
#else
#define SLAB_UNSET
#endif

/** SLAB_MAX_ALIGN - the largest alignment of a cache's objects, 64 KiB */
#define SLAB_MAX_ALIGN ((size_t)64 << 10)

/**
 * struct kmem_cache_args - the rarer wishes for a cache; zero means none
 * @align: alignment of the objects, a power of two of at most SLAB_MAX_ALIGN
 * @useroffset: start of the part of an object that may be copied to untrusted places
 * @usersize: length of that part
 * @freeptr_offset: where a free pointer might lie in the object; free objects are never written
 *	here, so it is checked and not used
 * @use_freeptr_offset: @freeptr_offset counts
 * @ctor: runs once for each object when its slab is made; a freed object keeps its state
 * @sheaf_capacity: the least number of objects that a thread keeps at hand
 * @owner: an address in the shared object that the cache belongs to; NULL: that which holds the
 *	cache, if it has static storage. See <slab/slab-static.h>
 * @reserved: zero; lets macros end a list of initialisers
 */
struct kmem_cache_args {
	size_t align SLAB_UNSET;
	size_t useroffset SLAB_UNSET;
	size_t usersize SLAB_UNSET;
	size_t freeptr_offset SLAB_UNSET;
	bool use_freeptr_offset SLAB_UNSET;
	void (*ctor)(void *object) SLAB_UNSET;
	unsigned int sheaf_capacity SLAB_UNSET;
	const void *owner SLAB_UNSET;
	int reserved SLAB_UNSET;
};

/**
 * __kmem_cache_create_args, __kmem_cache_default_args, __kmem_cache_create - the workers behind the
 * kmem_cache_create() macro
 */
struct kmem_cache *__kmem_cache_create_args(const char *name, size_t size,
					    const struct kmem_cache_args *args, slab_flags_t flags);
struct kmem_cache *__kmem_cache_default_args(const char *name, size_t size, const void *null,
					     slab_flags_t flags);
struct kmem_cache *__kmem_cache_create(const char *name, size_t size, size_t align,
				       slab_flags_t flags, void (*ctor)(void *object));

/**
 * kmem_cache_create_usercopy - create a cache with a window for copies to untrusted places
 *
 * The arguments are those of the five-argument kmem_cache_create() and of struct kmem_cache_args.
 */
struct kmem_cache *kmem_cache_create_usercopy(const char *name, size_t size, size_t align,
					      slab_flags_t flags, size_t useroffset,
					      size_t usersize, void (*ctor)(void *object));

/**
 * kmem_cache_destroy - end a cache's life
 *
 * Takes back the free objects that threads hold, gives the memory back, and for a cache made by
 * kmem_cache_create() frees the cache itself. NULL is allowed and does nothing.
 *
 * Return: 0; -EBUSY if objects are still allocated: they are listed on stderr and the cache goes
 * on working; -EINVAL, with a report, for a cache that is not set up.
 */
int kmem_cache_destroy(struct kmem_cache *s);

/**
 * kmem_cache_shrink - give back the memory of a cache that no object needs
 *
 * Empties the calling thread's sheaves and the barn. What other threads hold at hand stays there.
 *
 * Return: 0 if none of its objects is left in a slab, 1 otherwise, -EINVAL for a cache that is not
 * set up.
 */
int kmem_cache_shrink(struct kmem_cache *s);

/** kmem_cache_size - the size of the cache's objects as asked for, 0 for one not set up */
size_t kmem_cache_size(struct kmem_cache *s);

/**
 * kmem_cache_alloc - allocate one object
 * @gfp: GFP_KERNEL; GFP_NOWAIT or GFP_ATOMIC to get only memory held already; with __GFP_ZERO
 *	filled with zeros
 *
 * Return: the object, with the alignment of its cache, to be freed by kmem_cache_free() or
 * kfree(); NULL with errno ENOMEM when there is no memory, with EINVAL, after a report, when the
 * cache is not set up or has been destroyed.
 */
SLAB_CALL void *kmem_cache_alloc(struct kmem_cache *s, gfp_t gfp);

/** kmem_cache_zalloc - kmem_cache_alloc() of an object filled with zeros */
SLAB_CALL void *kmem_cache_zalloc(struct kmem_cache *s, gfp_t gfp);

/** kmem_cache_free - free an object of this cache; NULL is allowed and does nothing */
SLAB_CALL void kmem_cache_free(struct kmem_cache *s, void *object);

/**
 * kmem_cache_alloc_bulk - allocate @n objects, all or none
 * @objects: room for @n pointers
 *
 * Return: @n, or 0 with errno as kmem_cache_alloc(); then @objects holds nothing of use.
 */
SLAB_CALL int kmem_cache_alloc_bulk(struct kmem_cache *s, gfp_t gfp, size_t n, void **objects);

/** kmem_cache_free_bulk - free @n objects, none NULL; without @s each one's cache is looked up */
SLAB_CALL void kmem_cache_free_bulk(struct kmem_cache *s, size_t n, void **objects);

/**
 * struct slab_sheaf - a prefilled sheaf: objects set aside, to be taken where an allocation must
 * not fail
 *
 * It belongs to the caller, one thread at a time.
 */
struct slab_sheaf;

/**
 * kmem_cache_prefill_sheaf - set @n objects or more aside, some 8,000 at most
 *
 * Return: the sheaf, to be given to kmem_cache_return_sheaf(); NULL with errno as
 * kmem_cache_alloc().
 */
struct slab_sheaf *kmem_cache_prefill_sheaf(struct kmem_cache *s, gfp_t gfp, unsigned int n);

/**
 * kmem_cache_refill_sheaf - make sure of @n objects in a sheaf, which may be replaced by another
 *
 * Return: 0, or -ENOMEM with the sheaf as it was, maybe with more objects.
 */
int kmem_cache_refill_sheaf(struct kmem_cache *s, gfp_t gfp, struct slab_sheaf **sheaf,
			    unsigned int n);

/**
 * kmem_cache_alloc_from_sheaf - take an object that was set aside; with __GFP_ZERO zeroed
 *
 * Return: the object, to be freed like any other; NULL when the sheaf is empty.
 */
void *kmem_cache_alloc_from_sheaf(struct kmem_cache *s, gfp_t gfp, struct slab_sheaf *sheaf);

/** kmem_cache_return_sheaf - give a sheaf, and what is left in it, back to its cache */
void kmem_cache_return_sheaf(struct kmem_cache *s, gfp_t gfp, struct slab_sheaf *sheaf);

/** kmem_cache_sheaf_size - how many objects a sheaf holds */
unsigned int kmem_cache_sheaf_size(struct slab_sheaf *sheaf);

/**
 * slab_at_hand_set - bound what all threads together keep at hand, in bytes
 *
 * Each thread keeps some free objects of each cache that it uses, 4 KiB of them, or two objects if
 * these are larger. What it keeps beyond that, to take fewer locks, comes out of one budget for all
 * threads: SLAB_AT_HAND in the environment, or 64 MiB. A lower budget is met as threads go on to
 * allocate and free; kmem_cache_shrink() takes what it can at once.
 */
void slab_at_hand_set(size_t bytes);

/** slab_at_hand - how many bytes of that budget are claimed now */
size_t slab_at_hand(void);

/** slab_is_available - always true: caches work before main() and in atexit handlers */
bool slab_is_available(void);

/**
 * kmem_cache_layout - the size and alignment of the private struct kmem_cache, as the library has
 * it
 *
 * For those who want to see that their KMEM_CACHE_SIZE and KMEM_CACHE_ALIGN fit; every setup checks
 * it anyway.
 */
void kmem_cache_layout(size_t *size, size_t *align);

/**
 * slabinfo_print - print a table of all caches in the form of Linux's /proc/slabinfo 2.1
 *
 * Objects at hand in threads and in the barn count as free. Caches that share slabs each show their
 * own active objects, and all the slabs. Other threads may go on meanwhile;
 * each line is then true within the few operations that ran beside it.
 *
 * Return: 0, or a negative errno of the stream.
 */
int slabinfo_print(FILE *stream);

/**
 * kmem_cache_attr_show - one attribute of a cache as text
 * @name: of the attribute, as in Linux's /sys/kernel/slab/NAME/; kmem_cache_attr_name() lists them
 * @buf: room for the text, which ends with a newline and a NUL
 * @size: of @buf in bytes
 *
 * Sizes are in bytes, flags are 0 or 1. What is counted is true within the few operations that
 * other threads made beside it. Any thread may ask, but not while another destroys the cache.
 *
 * "alloc_calls" has a line for each call that has allocated objects which are still allocated, the
 * most first: "     12 function+0x1a/0x30 age=0/15/230 pid=4711-4713", the number of objects, the
 * place that the call returns to, the least, mean and greatest age in milliseconds, and the lowest
 * and highest number of the threads. "free_calls" says the same of who freed them in their life
 * before, "<not-available>" of those that have had none. Both want SLAB_STORE_USER, and memory of
 * their own while they are read.
 *
 * Return: the length of the text without the NUL, 0 for an attribute that is only written;
 * -ENOENT: no such attribute; -EINVAL: the cache is not set up; -ENOSPC: @size is too small;
 * -ENOSYS: the cache lacks SLAB_STORE_USER; -ENOMEM. After an error @buf is as it was.
 */
int kmem_cache_attr_show(struct kmem_cache *s, const char *name, char *buf, size_t size);

/**
 * kmem_cache_attr_store - write an attribute of a cache
 * @value: a decimal number, maybe with a newline
 *
 * "shrink" (1: kmem_cache_shrink()), "validate" (1: kmem_cache_validate()), "min_partial" (the
 * empty slabs that are kept, for all caches that share them) and "cpu_partial" (0 only) can be
 * written.
 *
 * Return: 0; -ENOENT: no such attribute; -EACCES: it is only read; -EINVAL: a bad value, or the
 * cache is not set up; -EUCLEAN: "validate" found something wrong, and reported it.
 */
int kmem_cache_attr_store(struct kmem_cache *s, const char *name, const char *value);

/** kmem_cache_attr_name - the name of attribute @index, in order of the alphabet; NULL behind the
 * last */
const char *kmem_cache_attr_name(unsigned int index);

/**
 * kmem_cache_validate - check what the library has noted down about a cache
 *
 * Lists, free maps, counts, and the free objects that threads share, of this cache and of those
 * that share slabs with it; with debug flags also what lies in and around its objects, which is
 * mended. Each thing that is wrong is reported on stderr. Takes time in
 * proportion to the objects, with allocations that need a slab waiting meanwhile.
 *
 * Return: how many things are wrong, 0 for a sound cache; -EINVAL for a cache that is not set up.
 */
int kmem_cache_validate(struct kmem_cache *s);

#ifdef __cplusplus
} /* extern "C" */
#endif

/**
 * KMEM_CACHE - create a cache named after a struct, with its size and alignment
 *
 * KMEM_CACHE(foo, flags) is for struct foo. Return: as kmem_cache_create().
 */
#define KMEM_CACHE(__struct, __flags)                                                         \
	__kmem_cache_create(#__struct, sizeof(struct __struct), __alignof__(struct __struct), \
			    (__flags), NULL)

/** KMEM_CACHE_USERCOPY - KMEM_CACHE() with a field as usercopy window */
#define KMEM_CACHE_USERCOPY(__struct, __flags, __field)                                      \
	kmem_cache_create_usercopy(                                                          \
		#__struct, sizeof(struct __struct), __alignof__(struct __struct), (__flags), \
		offsetof(struct __struct, __field), sizeof(((struct __struct *)0)->__field), NULL)

#ifndef __cplusplus

static inline struct kmem_cache *slab_same_cache(struct kmem_cache *s)
{
	return s;
}

/* Either kind of pointer to a cache, as a pointer to the private struct. */
#define slab_cache_of(s) \
	_Generic((s), struct kmem_cache_opaque * : to_kmem_cache, default : slab_same_cache)(s)

/**
 * kmem_cache_create - create a cache
 *
 * kmem_cache_create(name, size, args, flags) with a struct kmem_cache_args * or NULL, or
 * kmem_cache_create(name, size, align, flags, ctor). The name is copied.
 *
 * Return: the cache, to be ended by kmem_cache_destroy(); NULL with errno EINVAL and a message
 * that names the argument, ENOMEM, or EOPNOTSUPP. With SLAB_PANIC it aborts instead.
 */
#define kmem_cache_create(name, size, args, ...) \
	_Generic((args),                                                                           \
		struct kmem_cache_args * : __kmem_cache_create_args,                               \
		const struct kmem_cache_args * : __kmem_cache_create_args,                         \
		void * : __kmem_cache_default_args,                                                \
		default : __kmem_cache_create)(name, size, args, __VA_ARGS__)

#define kmem_cache_destroy(s)  (kmem_cache_destroy)(slab_cache_of(s))
#define kmem_cache_shrink(s)   (kmem_cache_shrink)(slab_cache_of(s))
#define kmem_cache_size(s)     (kmem_cache_size)(slab_cache_of(s))
#define kmem_cache_validate(s) (kmem_cache_validate)(slab_cache_of(s))
#define kmem_cache_attr_show(s, name, buf, size) \
	(kmem_cache_attr_show)(slab_cache_of(s), name, buf, size)
#define kmem_cache_attr_store(s, name, value) (kmem_cache_attr_store)(slab_cache_of(s), name, value)
#define kmem_cache_alloc(s, gfp)	      (kmem_cache_alloc)(slab_cache_of(s), gfp)
#define kmem_cache_zalloc(s, gfp)	      (kmem_cache_zalloc)(slab_cache_of(s), gfp)
#define kmem_cache_free(s, object)	      (kmem_cache_free)(slab_cache_of(s), object)

/** kmem_cache_alloc_node - kmem_cache_alloc(); the node is accepted and ignored */
#define kmem_cache_alloc_node(s, gfp, node) ((void)(node), kmem_cache_alloc(s, gfp))

#define kmem_cache_prefill_sheaf(s, gfp, n) (kmem_cache_prefill_sheaf)(slab_cache_of(s), gfp, n)
#define kmem_cache_refill_sheaf(s, gfp, sheaf, n) \
	(kmem_cache_refill_sheaf)(slab_cache_of(s), gfp, sheaf, n)
#define kmem_cache_alloc_from_sheaf(s, gfp, sheaf) \
	(kmem_cache_alloc_from_sheaf)(slab_cache_of(s), gfp, sheaf)
#define kmem_cache_return_sheaf(s, gfp, sheaf) \
	(kmem_cache_return_sheaf)(slab_cache_of(s), gfp, sheaf)
#define kmem_cache_alloc_bulk(s, gfp, n, objects) \
	(kmem_cache_alloc_bulk)(slab_cache_of(s), gfp, n, objects)
#define kmem_cache_free_bulk(s, n, objects) (kmem_cache_free_bulk)(slab_cache_of(s), n, objects)

#else /* C++: overloads where C has _Generic */

static inline struct kmem_cache *slab_cache_of(struct kmem_cache *s)
{
	return s;
}

static inline struct kmem_cache *slab_cache_of(struct kmem_cache_opaque *s)
{
	return to_kmem_cache(s);
}

static inline struct kmem_cache *kmem_cache_create(const char *name, size_t size,
						   const struct kmem_cache_args *args,
						   slab_flags_t flags)
{
	return __kmem_cache_create_args(name, size, args, flags);
}

static inline struct kmem_cache *kmem_cache_create(const char *name, size_t size, size_t align,
						   slab_flags_t flags, void (*ctor)(void *))
{
	return __kmem_cache_create(name, size, align, flags, ctor);
}

static inline int kmem_cache_destroy(struct kmem_cache_opaque *s)
{
	return kmem_cache_destroy(to_kmem_cache(s));
}

static inline int kmem_cache_shrink(struct kmem_cache_opaque *s)
{
	return kmem_cache_shrink(to_kmem_cache(s));
}

static inline size_t kmem_cache_size(struct kmem_cache_opaque *s)
{
	return kmem_cache_size(to_kmem_cache(s));
}

static inline int kmem_cache_validate(struct kmem_cache_opaque *s)
{
	return kmem_cache_validate(to_kmem_cache(s));
}

static inline int kmem_cache_attr_show(struct kmem_cache_opaque *s, const char *name, char *buf,
				       size_t size)
{
	return kmem_cache_attr_show(to_kmem_cache(s), name, buf, size);
}

static inline int kmem_cache_attr_store(struct kmem_cache_opaque *s, const char *name,
					const char *value)
{
	return kmem_cache_attr_store(to_kmem_cache(s), name, value);
}

static inline void *kmem_cache_alloc(struct kmem_cache_opaque *s, gfp_t gfp)
{
	return kmem_cache_alloc(to_kmem_cache(s), gfp);
}

static inline void *kmem_cache_zalloc(struct kmem_cache_opaque *s, gfp_t gfp)
{
	return kmem_cache_zalloc(to_kmem_cache(s), gfp);
}

static inline void kmem_cache_free(struct kmem_cache_opaque *s, void *object)
{
	kmem_cache_free(to_kmem_cache(s), object);
}

static inline int kmem_cache_alloc_bulk(struct kmem_cache_opaque *s, gfp_t gfp, size_t n,
					void **objects)
{
	return kmem_cache_alloc_bulk(to_kmem_cache(s), gfp, n, objects);
}

static inline void kmem_cache_free_bulk(struct kmem_cache_opaque *s, size_t n, void **objects)
{
	kmem_cache_free_bulk(to_kmem_cache(s), n, objects);
}

static inline struct slab_sheaf *kmem_cache_prefill_sheaf(struct kmem_cache_opaque *s, gfp_t gfp,
							  unsigned int n)
{
	return kmem_cache_prefill_sheaf(to_kmem_cache(s), gfp, n);
}

static inline int kmem_cache_refill_sheaf(struct kmem_cache_opaque *s, gfp_t gfp,
					  struct slab_sheaf **sheaf, unsigned int n)
{
	return kmem_cache_refill_sheaf(to_kmem_cache(s), gfp, sheaf, n);
}

static inline void *kmem_cache_alloc_from_sheaf(struct kmem_cache_opaque *s, gfp_t gfp,
						struct slab_sheaf *sheaf)
{
	return kmem_cache_alloc_from_sheaf(to_kmem_cache(s), gfp, sheaf);
}

static inline void kmem_cache_return_sheaf(struct kmem_cache_opaque *s, gfp_t gfp,
					   struct slab_sheaf *sheaf)
{
	kmem_cache_return_sheaf(to_kmem_cache(s), gfp, sheaf);
}

static inline void *kmem_cache_alloc_node(struct kmem_cache *s, gfp_t gfp, int node)
{
	(void)node;
	return kmem_cache_alloc(s, gfp);
}

static inline void *kmem_cache_alloc_node(struct kmem_cache_opaque *s, gfp_t gfp, int node)
{
	return kmem_cache_alloc_node(to_kmem_cache(s), gfp, node);
}

#endif /* __cplusplus */

#endif
