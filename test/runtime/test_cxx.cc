/* SPDX-License-Identifier: MIT */

/* The headers in C++: overloads where C has _Generic. The exit status is the number of a failure.
 */

#include <cerrno>
#include <cstddef>
#include <initializer_list>

#include <slab/slab-static.h>
#include <slab/slab.h>

#ifdef INLINED
#include <slab/slab-inline.h>
#endif

struct item {
	int key;
	char text[20];
};

extern kmem_cache_opaque plain_cache; /* as a header would say */
DEFINE_KMEM_CACHE(plain_cache, item, SLAB_HWCACHE_ALIGN);
#if __cplusplus >= 202002L
static DEFINE_KMEM_CACHE(rich_cache, item, 0, .align = 64, .sheaf_capacity = 20);
#elif __cplusplus >= 201402L
static DEFINE_KMEM_CACHE(rich_cache, item, 0, 64);
#else
static DEFINE_KMEM_CACHE(rich_cache, item, 0, 64, 0, 0, 0, false, nullptr, 20, nullptr, 0);
#endif
/* test_cxx_other.cc has one of the same name. */
static DEFINE_KMEM_CACHE(static_cache, char[300], 0);
std::size_t other_size();

namespace inner
{
DEFINE_KMEM_CACHE(inner_cache, item, 0);
static DEFINE_KMEM_CACHE(static_cache, char[100], 0);
} // namespace inner

namespace
{
kmem_cache_opaque shadow;
DEFINE_KMEM_CACHE(hidden_cache, long, 0);

/* Allocates while the objects of the program are constructed; the caches must not need that. */
struct early {
	void *object;
	early() : object(kmem_cache_alloc(&hidden_cache, GFP_KERNEL))
	{
	}
} made_early;

int defined()
{
	void *object = kmem_cache_alloc(&plain_cache, GFP_KERNEL);

	kmem_cache_free(&plain_cache, object);
	item *zeroed = static_cast<item *>(kmem_cache_zalloc(&rich_cache, GFP_KERNEL));
	if (!zeroed || zeroed->key || reinterpret_cast<std::size_t>(zeroed) % 64)
		return 1;
	kfree(zeroed);
	kfree(kmem_cache_alloc_node(&rich_cache, GFP_KERNEL, 0));
	if (kmem_cache_size(&rich_cache) != sizeof(item) || kmem_cache_shrink(&rich_cache))
		return 2;
	char text[8];
	if (kmem_cache_validate(&rich_cache) || kmem_cache_attr_store(&rich_cache, "shrink", "1") ||
	    kmem_cache_attr_show(&rich_cache, "align", text, sizeof(text)) != 3)
		return 4;
	return kmem_cache_destroy(&plain_cache) || kmem_cache_destroy(&rich_cache) ? 3 : 0;
}

int told_apart()
{
	if (kmem_cache_size(&static_cache) != 300 || kmem_cache_size(&inner::static_cache) != 100 ||
	    other_size() != 500)
		return 41;
	if (kmem_cache_size(&inner::inner_cache) != sizeof(item))
		return 42;
	if (!made_early.object || ksize(made_early.object) != sizeof(long))
		return 43;
	kmem_cache_free(&hidden_cache, made_early.object);
	return kmem_cache_destroy(&hidden_cache) ? 44 : 0;
}

int set_up()
{
	kmem_cache *s = to_kmem_cache(&shadow);
	void *objects[3];

	if (KMEM_CACHE_SETUP(&shadow, item, 0))
		return 11;
	if (kmem_cache_setup(s, "again", 8, 0, 0, nullptr) != -EBUSY)
		return 12;
	if (kmem_cache_alloc_bulk(&shadow, GFP_KERNEL, 3, objects) != 3)
		return 13;
	kmem_cache_free_bulk(s, 3, objects);
	slab_sheaf *sheaf = kmem_cache_prefill_sheaf(s, GFP_KERNEL, 4);
	kmem_cache_free(s, kmem_cache_alloc_from_sheaf(s, GFP_KERNEL, sheaf));
	kmem_cache_return_sheaf(s, GFP_KERNEL, sheaf);
	sheaf = kmem_cache_prefill_sheaf(&shadow, GFP_KERNEL, 1);
	if (kmem_cache_refill_sheaf(&shadow, GFP_KERNEL, &sheaf, 4))
		return 15;
	kmem_cache_free(&shadow, kmem_cache_alloc_from_sheaf(&shadow, GFP_KERNEL, sheaf));
	kmem_cache_return_sheaf(&shadow, GFP_KERNEL, sheaf);
	if (kmem_cache_destroy(s))
		return 14;
	if (KMEM_CACHE_SETUP_USERCOPY(&shadow, item, 0, text) || kmem_cache_destroy(&shadow))
		return 16;
	if (kmem_cache_setup(&shadow, "plain", 8, 0, 0, nullptr) || kmem_cache_destroy(&shadow))
		return 17;
	return __KMEM_CACHE_SETUP(&shadow, "none", 8, 0) || kmem_cache_destroy(&shadow) ? 18 : 0;
}

int created()
{
	kmem_cache_args args = {};
	const kmem_cache_args *none = nullptr;
	args.align = 128;
	kmem_cache *caches[] = {
		kmem_cache_create("four", 24, &args, 0),
		kmem_cache_create("none", 24, none, 0),
		kmem_cache_create("five", 24, 8, 0, nullptr),
		KMEM_CACHE(item, 0),
		KMEM_CACHE_USERCOPY(item, 0, text),
	};

	for (kmem_cache *s : caches) {
		void *object = s ? kmem_cache_alloc(s, GFP_KERNEL) : nullptr;
		if (!object)
			return 21;
		kmem_cache_free(s, object);
		if (kmem_cache_destroy(s))
			return 22;
	}
	return 0;
}

int by_size()
{
	item *one = kmalloc_obj(item);
	item *five = kzalloc_objs(item, 5);

	if (!one || !five || five[4].key)
		return 31;
	kfree(one);
	kfree(five);
	kfree(kmalloc(100, GFP_KERNEL));
	return kmalloc(0, GFP_KERNEL) == ZERO_SIZE_PTR ? 0 : 32;
}
} // namespace

int main()
{
	for (int (*part)() : { defined, told_apart, set_up, created, by_size })
		if (int failure = part())
			return failure;
	return 0;
}
