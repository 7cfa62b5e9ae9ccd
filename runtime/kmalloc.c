/* SPDX-License-Identifier: MIT */

/*
 * kmalloc() on static caches of our own, the first consumer of the generated shadow. Sizes above
 * BIG_MAX are mappings.
 */

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include <slab/slab-inline.h>

#include "alloc.h"
#include "cache.h"
#include "debug.h"
#include "guard.h"
#include "harden.h"
#include "kmalloc.h"
#include "large.h"
#include "pages.h"
#include "report.h"
#include "sanitizer.h"
#include "slab.h"
#include "symbol.h"

/* Pieces above KMALLOC_MAX_CACHE_SIZE of one thread between two looks at the clock. */
#define TICK_EVERY 16

#define CLASS(what, object_size, object_align, more_flags)     \
	{                                                      \
		.init = &(const struct kmem_cache_init){       \
			.name = what "-" #object_size,         \
			.size = object_size,                   \
			.align = object_align,                 \
			.flags = SLAB_NO_MERGE | (more_flags), \
			.shadow_size = KMEM_CACHE_SIZE,        \
			.shadow_align = KMEM_CACHE_ALIGN,      \
			.shadow_layout = KMEM_CACHE_LAYOUT,    \
		},                                             \
	}

/* In the order of kmalloc_index(). 96 and 192 halve the waste where objects are many. */
#define CLASSES(what, flags)                                                              \
	CLASS(what, 8, 8, flags), CLASS(what, 16, 16, flags), CLASS(what, 32, 32, flags), \
		CLASS(what, 64, 64, flags), CLASS(what, 96, 32, flags),                   \
		CLASS(what, 128, 128, flags), CLASS(what, 192, 64, flags),                \
		CLASS(what, 256, 256, flags), CLASS(what, 512, 512, flags),               \
		CLASS(what, 1024, 1024, flags), CLASS(what, 2048, 2048, flags),           \
		CLASS(what, 4096, 4096, flags), CLASS(what, 8192, 8192, flags)

struct kmem_cache_opaque slab_kmalloc_caches[2 * KMALLOC_CACHES] = {
	CLASSES("kmalloc", 0),
	CLASSES("kmalloc-cg", SLAB_ACCOUNT),
};

struct kmem_cache *kmalloc_cache(size_t size, gfp_t gfp)
{
	size_t first = gfp & __GFP_ACCOUNT ? KMALLOC_CACHES : 0;

	return to_kmem_cache(&slab_kmalloc_caches[first + kmalloc_index(size)]);
}

/*
 * Above KMALLOC_MAX_CACHE_SIZE four classes for each power of two, so that a piece wastes a fifth
 * at most, and a thread has some at hand. What is longer is a mapping of its own.
 */
#define BIG_MAX	    ((size_t)1 << 20)
#define BIG_CLASSES 28

/* An object of so many bytes that krealloc() makes twice as long becomes a mapping. */
#define GROWN ((size_t)64 << 10)

#define BIG_FOUR(what, flags, a, a_align, b, b_align, c, c_align, d, d_align) \
	CLASS(what, a, a_align, flags), CLASS(what, b, b_align, flags),       \
		CLASS(what, c, c_align, flags), CLASS(what, d, d_align, flags)

#define BIG(what, flags)                                                                           \
	BIG_FOUR(what, flags, 10240, 2048, 12288, 4096, 14336, 2048, 16384, 16384),                \
		BIG_FOUR(what, flags, 20480, 4096, 24576, 8192, 28672, 4096, 32768, 32768),        \
		BIG_FOUR(what, flags, 40960, 8192, 49152, 16384, 57344, 8192, 65536, 65536),       \
		BIG_FOUR(what, flags, 81920, 16384, 98304, 32768, 114688, 16384, 131072, 65536),   \
		BIG_FOUR(what, flags, 163840, 32768, 196608, 65536, 229376, 32768, 262144, 65536), \
		BIG_FOUR(what, flags, 327680, 65536, 393216, 65536, 458752, 65536, 524288, 65536), \
		BIG_FOUR(what, flags, 655360, 65536, 786432, 65536, 917504, 65536, 1048576, 65536)

static struct kmem_cache_opaque big_caches[2 * BIG_CLASSES] = {
	BIG("kmalloc", 0),
	BIG("kmalloc-cg", SLAB_ACCOUNT),
};

/* The number of the class for more than KMALLOC_MAX_CACHE_SIZE, and BIG_MAX at most. */
static unsigned int big_index(size_t size)
{
	unsigned int shift = 63u - (unsigned int)__builtin_clzll(size - 1);
	unsigned int quarter = (unsigned int)((size - 1) >> (shift - 2)) & 3;
	const unsigned int first = 13; /* KMALLOC_MAX_CACHE_SIZE is 1 << 13 */

	return 4 * (shift - first) + quarter;
}

_Static_assert(KMALLOC_MAX_CACHE_SIZE == 1 << 13 && BIG_MAX == 1 << 20, "for big_index()");

static struct kmem_cache_opaque *big_class(size_t size, gfp_t gfp)
{
	return &big_caches[(gfp & __GFP_ACCOUNT ? BIG_CLASSES : 0) + big_index(size)];
}

static bool is_class(const struct kmem_cache *s)
{
	const char *first = (const char *)slab_kmalloc_caches;
	const char *first_big = (const char *)big_caches;

	return (uintptr_t)s - (uintptr_t)first < sizeof(slab_kmalloc_caches) ||
	       (uintptr_t)s - (uintptr_t)first_big < sizeof(big_caches);
}

/* Pieces that are many kilobytes, with no slow path between them, are a reason to look around. */
static void tick_for_big(gfp_t gfp)
{
	static __thread unsigned int count;

	if (++count % TICK_EVERY == 0 && gfp & __GFP_DIRECT_RECLAIM)
		caches_decay();
}

static void *alloc_big(size_t size, gfp_t gfp, const void *caller)
{
	struct kmem_cache *s = to_kmem_cache(big_class(size, gfp));

	tick_for_big(gfp);
	void *object = HARDENED ? NULL : slab_slot_pop(slab_slot_of(s));
	if (__builtin_expect(!object, 0))
		return kmalloc_miss(s, size, gfp, caller);
	return gfp & __GFP_ZERO ? memset(object, 0, s->object_size) : object;
}

static void *alloc_large(size_t size, gfp_t gfp, const void *caller)
{
	tick_for_big(gfp);
	struct large *large = large_alloc(size, gfp, caller);
	if (large)
		return large->span.base;
	errno = ENOMEM;
	if (gfp & __GFP_NOFAIL)
		report_fatal("kmalloc() of %zu bytes that must not fail failed", size);
	return NULL;
}

/* Not of a class, or of one that has no fast path. */
static __attribute__((noinline)) void *kmalloc_slow(size_t size, gfp_t gfp, const void *caller)
{
	if (!size)
		return ZERO_SIZE_PTR;
	if (size > BIG_MAX)
		return alloc_large(size, gfp, caller);
	if (size > KMALLOC_MAX_CACHE_SIZE)
		return alloc_big(size, gfp, caller);
	return kmalloc_miss(kmalloc_cache(size, gfp), size, gfp, caller);
}

/* kmalloc() for the call that returns to @caller. */
static inline __attribute__((always_inline)) void *kmalloc_for(size_t size, gfp_t gfp,
							       const void *caller)
{
	if (__builtin_expect(size - 1 >= KMALLOC_MAX_CACHE_SIZE || gfp & __GFP_ACCOUNT, 0))
		return kmalloc_slow(size, gfp, caller);
	struct kmem_cache *s = to_kmem_cache(&slab_kmalloc_caches[kmalloc_index(size)]);
	void *object = HARDENED ? NULL : slab_slot_pop(slab_slot_of(s));
	if (__builtin_expect(!object, 0))
		return kmalloc_miss(s, size, gfp, caller);
	if (__builtin_expect((gfp & __GFP_ZERO) != 0, 0))
		return memset(object, 0, s->object_size);
	return object;
}

void *(kmalloc)(size_t size, gfp_t gfp)
{
	return kmalloc_for(size, gfp, __builtin_return_address(0));
}

static void free_large(struct span *span, const void *object)
{
	const char *wrong = large_free((struct large *)span, object);

	if (wrong)
		report_bug("kfree: %s: %p", wrong, object);
}

/* No room at once, or it takes a look at the object to tell whose it is. */
static __attribute__((noinline)) void kfree_slow(const void *object, const void *caller)
{
	if (ZERO_OR_NULL_PTR(object))
		return;
	struct span *span = span_of(object);
	if (__builtin_expect(!span, 0))
		span = span_around(object);
	struct slab_barn *barn = span && span->store ? barn_of(span, object) : NULL;

	if (span && !span->store)
		free_large(span, object);
	else if (!span && guard_owns(object))
		guard_free(NULL, (void *)object, caller);
	else if (!barn)
		report_bug("kfree: " OF_NO_CACHE ": %p", object);
	else if (HARDENED || !slab_slot_push(slab_slot_at(barn->fast), (void *)object))
		slab_free_to(barn, span, (void *)object, caller);
}

void(kfree)(const void *object)
{
	if (__builtin_expect(HARDENED || !slab_free_by_map(object), 0))
		kfree_slow(object, __builtin_return_address(0));
}

static size_t size_of_none(const void *object, const char *function)
{
	report_bug("%s: " OF_NO_CACHE ": %p", function, object);
	return 0;
}

static size_t size_of_unmapped(const void *object, const char *function)
{
	size_t size = guard_owns(object) ? guard_size(object) : 0;

	return size ? size : size_of_none(object, function);
}

static size_t size_of_large(const void *object, const struct large *large, size_t *asked,
			    const char *function)
{
	if (!large_is_held(large))
		return size_of_none(object, function);
	*asked = large->size;
	return large->bytes;
}

/*
 * What stands behind an object; where that may be looked at, @asked is what it was asked for. 0: it
 * is none, and the report names the @function that the user called.
 */
static size_t size_of(const void *object, size_t *asked, const char *function)
{
	*asked = 0;
	if (ZERO_OR_NULL_PTR(object))
		return 0;
	struct span *span = span_of(object);

	if (!span)
		return *asked = size_of_unmapped(object, function);
	if (!span->store)
		return size_of_large(object, (struct large *)span, asked, function);
	const struct slab_barn *barn = barn_of(span, object);
	if (!barn)
		return size_of_none(object, function);
	size_t size = barn->object_size;
	/* Who asks may use it all. */
	if (span->store->sanitized)
		sanitizer_whole(object, size);
	*asked = debug_size(span->store, object, size);
	return size;
}

/* An object of a cache is of @size bytes from now on; no more is checked without debug flags. */
static void resize(const void *object, size_t size, const void *caller)
{
	struct span *span = span_of(object);

	if (!span)
		return;
	debug_resize(span->store, object, size, caller);
	if (span->store->sanitized)
		sanitizer_trim(object, size, barn_of(span, object)->object_size);
}

size_t ksize(const void *object)
{
	size_t asked;
	size_t size = size_of(object, &asked, "ksize");

	/* Who asks wants to use it all. */
	if (asked < size && !span_of(object)->store)
		return large_use_all((struct large *)span_of(object));
	if (asked < size)
		resize(object, size, __builtin_return_address(0));
	return size;
}

size_t kmalloc_size_roundup(size_t size)
{
	if (!size)
		return 0;
	if (size > BIG_MAX)
		return size <= SIZE_MAX / 2 ? span_bytes(size) : size;
	if (size > KMALLOC_MAX_CACHE_SIZE)
		return big_class(size, 0)->init->size;
	return slab_kmalloc_caches[kmalloc_index(size)].init->size;
}

void kfree_sensitive(const void *object)
{
	size_t asked;

	if (!size_of(object, &asked, "kfree_sensitive"))
		return; /* nothing, or reported */
	if (asked) {
		memset((void *)object, 0, asked);
		/* The compiler may not see that nobody reads the zeros. */
		__asm__ volatile("" : : "r"(object) : "memory");
	}
	kfree(object);
}

/* What is between @from and @to may be read as zeros when it is asked for. */
static void zero_between(const void *object, size_t from, size_t to, gfp_t gfp)
{
	if (gfp & __GFP_ZERO && from < to)
		memset((char *)object + from, 0, to - from);
}

/* An object of a cache that the new size fits in. */
static void resize_in_place(const void *object, size_t asked, size_t size, size_t whole, gfp_t gfp,
			    const void *caller)
{
	/*
	 * Without debug flags zeros go up to the end of what stands behind the object, so that
	 * growing later finds zeros; with them that end is guarded, and zeros come when it grows.
	 */
	if (asked == whole)
		zero_between(object, size, whole, gfp);
	resize(object, size, caller);
	if (asked < whole)
		zero_between(object, asked, size, gfp);
}

/* Change the size of what is no class's object, or where it fits; NULL: it must be copied. */
static void *realloc_here(const void *object, size_t asked, size_t size, size_t whole, gfp_t gfp,
			  const void *caller)
{
	struct span *span = whole ? span_of(object) : NULL;

	if (span && !span->store) {
		struct large *large = (struct large *)span;

		return large_resize(large, size, gfp, caller) ? large->span.base : NULL;
	}
	if (!whole || size > whole)
		return NULL;
	resize_in_place(object, asked, size, whole, gfp, caller);
	return (void *)object;
}

void *krealloc(const void *object, size_t size, gfp_t gfp)
{
	const void *caller = __builtin_return_address(0);

	size_t asked;
	size_t whole = size_of(object, &asked, "krealloc");
	if (!size) {
		if (whole)
			kfree(object);
		return ZERO_SIZE_PTR;
	}
	void *here = realloc_here(object, asked, size, whole, gfp, caller);
	if (here)
		return here;
	/* What grows beyond that goes on to grow: from then on without being copied. */
	void *new_object = whole < GROWN || size < 2 * GROWN || gfp & __GFP_ACCOUNT
				   ? kmalloc_for(size, gfp, caller)
				   : alloc_large(size, gfp, caller);
	if (new_object && whole) {
		memcpy(new_object, object, asked < size ? asked : size);
		kfree(object);
	}
	return new_object;
}

static const char *free_or_not(const struct slab *slab, uint32_t index)
{
	if (index >= slab->frontier || slab->free[index / 64] >> index % 64 & 1)
		return "free";
	return "allocated, or at hand in a thread";
}

bool kmem_dump_obj(const void *object)
{
	struct span *span = ZERO_OR_NULL_PTR(object) ? NULL : span_around(object);

	if (!span && !guard_owns(object))
		return false;
	if (!span) {
		guard_dump(object);
		return true;
	}
	size_t offset = (size_t)((const char *)object - span->base);
	struct slab_store *store = span->store;
	if (!store && !large_is_held((struct large *)span))
		return false;
	if (!store) {
		report("%p: kmalloc of %zu bytes at %p, offset %zu", object,
		       ((struct large *)span)->bytes, (void *)span->base, offset);
		return true;
	}
	lock(&store->lock);
	const struct slab_barn *barn = barn_of(span, object);
	const struct slab *slab = (struct slab *)span;
	uint32_t index = store_index(store, slab, object);
	report("%p: cache %s, slab %p, object %u of %u, offset %td of %zu bytes, %s", object,
	       barn ? barn->name : "destroyed", (void *)span->base, index, store->per_slab,
	       (const char *)object - object_at(store, slab, index),
	       barn ? barn->object_size : store->stride, free_or_not(slab, index));
	struct history history = debug_history(store, slab, index);
	unlock(&store->lock);
	struct symbols symbols = SYMBOLS_INIT;
	debug_print_track(&symbols, "Allocated", &history.allocated);
	debug_print_track(&symbols, "Freed", &history.freed);
	symbols_close(&symbols);
	return true;
}

static bool within(size_t offset, size_t n, size_t from, size_t size)
{
	return offset >= from && offset - from <= size && n <= size - (offset - from);
}

/* Of an address from the start of its object; before it, in a red zone, that is a huge number. */
static size_t offset_inside(const struct slab_store *store, const struct span *span, const void *p)
{
	const struct slab *slab = (const struct slab *)span;

	return (size_t)((const char *)p - object_at(store, slab, store_index(store, slab, p)));
}

static bool may_copy(const struct slab_barn *barn, size_t inside, size_t n)
{
	if (!barn)
		return false;
	if (is_class(barn->cache))
		return within(inside, n, 0, barn->object_size);
	return within(inside, n, barn->useroffset, barn->usersize);
}

bool kmem_check_copy(const void *p, size_t n)
{
	struct span *span = ZERO_OR_NULL_PTR(p) ? NULL : span_around(p);
	bool guarded = !span && guard_owns(p);
	const struct slab_barn *barn = NULL;
	bool allowed;

	if ((!span && !guarded) || !n)
		return true;
	if (guarded) {
		const char *object;

		barn = guard_barn_of(p, &object);
		allowed = may_copy(barn, (size_t)((const char *)p - object), n);
	} else if (!span->store) {
		allowed = large_is_held((struct large *)span) &&
			  within((size_t)((const char *)p - span->base), n, 0,
				 ((struct large *)span)->bytes);
	} else {
		barn = barn_of(span, p);
		allowed = may_copy(barn, offset_inside(span->store, span, p), n);
	}
	if (!allowed)
		report_bug("%s: copy of %zu bytes at %p is not within the usercopy window",
			   barn ? barn->name : "kmalloc", n, p);
	return allowed;
}
