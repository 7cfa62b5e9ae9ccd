/* SPDX-License-Identifier: MIT */
#ifndef SLAB_SLAB_STATIC_H
#define SLAB_SLAB_STATIC_H

/*
 * For code that declares caches: with static storage, on the stack, or inside its own structs.
 *
 * `struct kmem_cache_opaque` is the shadow of the private `struct kmem_cache`; gen-opaque makes it
 * while the library is built. All zeros is a fresh cache. Two ways lead to a working one:
 *
 *	static struct kmem_cache_opaque foo_cache;
 *	err = KMEM_CACHE_SETUP(&foo_cache, foo, SLAB_HWCACHE_ALIGN);
 *
 *	static DEFINE_KMEM_CACHE(foo_cache, struct foo, SLAB_HWCACHE_ALIGN);	(no call at all)
 *
 * A cache in a shared object that dlopen() loaded must be destroyed before dlclose(), by a
 * destructor of the object at the latest; objects that other threads have at hand do not matter. If
 * it is not, a report names the cache, the file and the objects that are still allocated. These
 * stay, and may be freed by kfree().
 */

#include <slab/kmem_cache_opaque.h>
#include <slab/slab.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct kmem_cache_init - what the first allocation sets a DEFINE_KMEM_CACHE() cache up with
 * @later: NULL, or a function that says what to set it up with in place of the rest (C++)
 * @name: the cache's name
 * @size: size of its objects in bytes
 * @align: their alignment unless @args asks for another
 * @flags: SLAB_* flags
 * @shadow_size: KMEM_CACHE_SIZE as the holder was compiled with
 * @shadow_align: KMEM_CACHE_ALIGN as the holder was compiled with
 * @shadow_layout: KMEM_CACHE_LAYOUT as the holder was compiled with
 * @args: the rest
 */
struct kmem_cache_init {
	const struct kmem_cache_init *(*later)(void);
	const char *name;
	size_t size;
	size_t align;
	slab_flags_t flags;
	size_t shadow_size;
	size_t shadow_align;
	const char *shadow_layout;
	struct kmem_cache_args args;
};

/** KMEM_CACHE_LAYOUT - a fingerprint of the private struct: the name of its shadow's guard */
#define KMEM_CACHE_LAYOUT SLAB_TEXT(KMEM_CACHE_OPAQUE_GUARD)
#define SLAB_TEXT(macro)  SLAB_TEXT_(macro)
#define SLAB_TEXT_(text)  #text

/**
 * __kmem_cache_setup - the worker behind all setup functions
 *
 * Return: 0; -EBUSY for a cache that is set up already;
 * -EINVAL for a bad argument, with a message that names it, and for a holder that was compiled
 * with another shadow; -ENOMEM; -EOPNOTSUPP. After a failure the cache is fresh again. With
 * SLAB_PANIC a failure aborts.
 */
int __kmem_cache_setup(struct kmem_cache *s, const struct kmem_cache_init *init);

/* The library's caches for kmalloc(), by kmalloc_index(); the same again for __GFP_ACCOUNT. */
extern struct kmem_cache_opaque slab_kmalloc_caches[2 * KMALLOC_CACHES];

/* The shared object around an address is being unloaded; caches in it that are alive are reported.
 */
void slab_holder_unloaded(const void *address);

#ifdef __cplusplus
} /* extern "C" */
#endif

#if defined(__PIC__) && !defined(__PIE__) && !defined(SLAB_NEVER_UNLOADED)
/*
 * In a shared object, after all destructors of a usual priority, which may end its caches. Code
 * that is never unloaded may spare itself the call by SLAB_NEVER_UNLOADED.
 */
__attribute__((destructor(101))) static void slab_holder_unload(void)
{
	static const char inside;

	slab_holder_unloaded(&inside);
}
#endif

/** kmem_cache_setup_args - set a fresh or destroyed cache up; 0 or a negative errno */
static inline int kmem_cache_setup_args(struct kmem_cache *s, const char *name, size_t size,
					struct kmem_cache_args args, slab_flags_t flags)
{
	struct kmem_cache_init init;

	init.later = NULL;
	init.name = name;
	init.size = size;
	init.align = 0;
	init.flags = flags;
	init.shadow_size = KMEM_CACHE_SIZE;
	init.shadow_align = KMEM_CACHE_ALIGN;
	init.shadow_layout = KMEM_CACHE_LAYOUT;
	init.args = args;
	return __kmem_cache_setup(s, &init);
}

/** kmem_cache_setup_usercopy - kmem_cache_setup() with a window for copies to untrusted places */
static inline int kmem_cache_setup_usercopy(struct kmem_cache *s, const char *name, size_t size,
					    size_t align, slab_flags_t flags, size_t useroffset,
					    size_t usersize, void (*ctor)(void *object))
{
	struct kmem_cache_args args = { align, useroffset, usersize, 0, false, ctor, 0, NULL, 0 };

	return kmem_cache_setup_args(s, name, size, args, flags);
}

/**
 * kmem_cache_setup - set a fresh or destroyed cache up
 * @s: the cache; the caller owns its storage, which must stay until kmem_cache_destroy()
 * @name: copied
 * @size: size of the objects, 1 to KMALLOC_MAX_SIZE
 * @align: their alignment, 0 or a power of two
 * @flags: SLAB_* flags
 * @ctor: NULL, or what runs once for each object when its slab is made
 *
 * Return: 0 or a negative errno, see __kmem_cache_setup().
 */
static inline int kmem_cache_setup(struct kmem_cache *s, const char *name, size_t size,
				   size_t align, slab_flags_t flags, void (*ctor)(void *object))
{
	return kmem_cache_setup_usercopy(s, name, size, align, flags, 0, 0, ctor);
}

#ifdef __cplusplus

static inline int kmem_cache_setup(struct kmem_cache_opaque *s, const char *name, size_t size,
				   size_t align, slab_flags_t flags, void (*ctor)(void *object))
{
	return kmem_cache_setup(to_kmem_cache(s), name, size, align, flags, ctor);
}

static inline int kmem_cache_setup_usercopy(struct kmem_cache_opaque *s, const char *name,
					    size_t size, size_t align, slab_flags_t flags,
					    size_t useroffset, size_t usersize,
					    void (*ctor)(void *object))
{
	return kmem_cache_setup_usercopy(to_kmem_cache(s), name, size, align, flags, useroffset,
					 usersize, ctor);
}

#define __KMEM_CACHE_SETUP(s, name, size, ...) SLAB_SETUP(s, name, size, __VA_ARGS__, )
#define SLAB_CACHE_ARGS(...)		       (kmem_cache_args{ __VA_ARGS__ })

#else

#define kmem_cache_setup(s, name, size, align, flags, ctor) \
	(kmem_cache_setup)(slab_cache_of(s), name, size, align, flags, ctor)
#define kmem_cache_setup_usercopy(s, ...)      (kmem_cache_setup_usercopy)(slab_cache_of(s), __VA_ARGS__)

/**
 * __KMEM_CACHE_SETUP - kmem_cache_setup() by struct kmem_cache_args
 *
 * __KMEM_CACHE_SETUP(&foo_cache, "foo", size, flags) with any `.field = value` of struct
 * kmem_cache_args after the flags. Return: 0 or a negative errno.
 */
#define __KMEM_CACHE_SETUP(s, name, size, ...) SLAB_SETUP(s, name, size, __VA_ARGS__, .reserved = 0)
#define SLAB_CACHE_ARGS(...)		       ((struct kmem_cache_args){ __VA_ARGS__ })

#endif

#define SLAB_SETUP(s, name, size, flags, ...) \
	kmem_cache_setup_args(slab_cache_of(s), name, size, SLAB_CACHE_ARGS(__VA_ARGS__), flags)

/**
 * KMEM_CACHE_SETUP - set a cache up for a struct: its name, size and alignment
 * @s: the cache
 * @__struct: the struct's tag, without `struct`
 * @flags: SLAB_* flags
 *
 * Return: 0 or a negative errno.
 */
#define KMEM_CACHE_SETUP(s, __struct, flags)                                                  \
	kmem_cache_setup(s, #__struct, sizeof(struct __struct), __alignof__(struct __struct), \
			 flags, NULL)

/** KMEM_CACHE_SETUP_USERCOPY - KMEM_CACHE_SETUP() with a field as usercopy window */
#define KMEM_CACHE_SETUP_USERCOPY(s, __struct, flags, __field)                              \
	kmem_cache_setup_usercopy(                                                          \
		s, #__struct, sizeof(struct __struct), __alignof__(struct __struct), flags, \
		offsetof(struct __struct, __field), sizeof(((struct __struct *)0)->__field), NULL)

/**
 * DEFINE_KMEM_CACHE - define a cache that needs no setup call
 *
 * DEFINE_KMEM_CACHE(foo_cache, struct foo, flags) or with `.field = value` of struct
 * kmem_cache_args after the flags; `static` may stand in front. The first allocation sets the
 * cache up, from any number of threads at once, also before main(). Use it as &foo_cache.
 */
#define SLAB_INIT(name, type, flags, ...)                                            \
	{                                                                            \
		NULL, name, sizeof(type), __alignof__(type), flags, KMEM_CACHE_SIZE, \
			KMEM_CACHE_ALIGN, KMEM_CACHE_LAYOUT,                         \
		{                                                                    \
			__VA_ARGS__                                                  \
		}                                                                    \
	}

#ifdef __cplusplus

/*
 * C++ has no compound literal that lasts. What the first use needs comes from a class that is
 * defined behind the cache, so that a `static` in front reaches the cache; a function template
 * finds it, since that is made when the whole source has been read. Of internal linkage: caches of
 * one name in two sources are two.
 */
namespace
{
template <class Holder> const kmem_cache_init *slab_init_later()
{
	static constexpr kmem_cache_init init = Holder::init();

	return &init;
}

template <class Holder> struct slab_init_of {
	static const kmem_cache_init first;
};

template <class Holder>
const kmem_cache_init slab_init_of<Holder>::first = {
	slab_init_later<Holder>, nullptr, 0, 0, 0, 0, 0, nullptr, kmem_cache_args()
};
} // namespace

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
constexpr kmem_cache_opaque slab_fresh_cache(const kmem_cache_init *init)
{
	return { init };
}
#pragma GCC diagnostic pop

/* A number keeps the class apart from that of a cache of the same name in an outer namespace. */
#define DEFINE_KMEM_CACHE(cache, ...) \
	SLAB_DEFINE(cache, SLAB_JOIN(cache##_holder, __COUNTER__), __VA_ARGS__, )
#define SLAB_JOIN(a, b)	 SLAB_JOIN_(a, b)
#define SLAB_JOIN_(a, b) a##b
#define SLAB_DEFINE(cache, holder, type, flags, ...)                                            \
	struct kmem_cache_opaque cache = slab_fresh_cache(&slab_init_of<struct holder>::first); \
	struct holder {                                                                         \
		static constexpr kmem_cache_init init()                                         \
		{                                                                               \
			return SLAB_INIT(#cache, type, flags, __VA_ARGS__);                     \
		}                                                                               \
	}

#else

#define DEFINE_KMEM_CACHE(cache, ...) SLAB_DEFINE(cache, __VA_ARGS__, .reserved = 0)
#define SLAB_DEFINE(cache, ...)                                                        \
	struct kmem_cache_opaque cache = {                                             \
		.init = &(const struct kmem_cache_init)SLAB_INIT(#cache, __VA_ARGS__), \
	}

#endif

#endif
