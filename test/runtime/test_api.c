/* SPDX-License-Identifier: MIT */

/* Every function and macro of the public headers, one by one, in a single thread. */

#include "harness.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <slab/slab-static.h>

#include "forms.h"

struct item {
	long key;
	char text[40];
	double weight;
};

struct __attribute__((aligned(256))) wide {
	char bytes[300];
};

static bool is_aligned(const void *object, size_t align)
{
	return ((uintptr_t)object & (align - 1)) == 0;
}

static void ctor_a5(void *object)
{
	memset(object, 0xa5, 24);
}

/* Allocate, look at the alignment, write, free, destroy. */
static void try_out(struct kmem_cache *s, size_t size, size_t align)
{
	assert_non_null(s);
	assert_int_equal(kmem_cache_size(s), size);
	void *object = kmem_cache_alloc(s, GFP_KERNEL);
	assert_non_null(object);
	assert_true(is_aligned(object, align));
	memset(object, 0x11, size);
	kmem_cache_free(s, object);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* First of all, while the table is still empty. */
static void test_slabinfo_exact(void **state)
{
	static const char heading[] =
		"slabinfo - version: 2.1\n"
		"# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab>"
		" : tunables <limit> <batchcount> <sharedfactor>"
		" : slabdata <active_slabs> <num_slabs> <sharedavail>\n";
	void *objects[1025];
	(void)state;

	char *table = slabinfo_text();
	assert_string_equal(table, heading);
	free(table);

	struct kmem_cache *alpha = kmem_cache_create("alpha", 64, NULL, SLAB_NO_USER_FLAGS);
	struct kmem_cache *big = kmem_cache_create("big", 5000, 0, SLAB_NO_USER_FLAGS, NULL);
	struct kmem_cache *empty =
		kmem_cache_create("a-name-beyond-seventeen", 24, NULL, SLAB_NO_USER_FLAGS);
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		objects[i] = kmem_cache_alloc(alpha, GFP_KERNEL);
	void *one = kmem_cache_alloc(big, GFP_KERNEL);
	for (size_t i = 3; i < ARRAY_SIZE(objects); i++)
		kmem_cache_free(alpha, objects[i]);
	kmem_cache_shrink(alpha);

	table = slabinfo_text();
	assert_memory_equal(table, heading, strlen(heading));
	assert_string_equal(
		table + strlen(heading),
		"alpha                  3   1024     64 1024   16 : tunables    0    0    0"
		" : slabdata      1      1      0\n"
		"big                    1     13   5000   13   16 : tunables    0    0    0"
		" : slabdata      1      1      0\n"
		"a-name-beyond-seventeen      0      0     24 2730   16 : tunables    0    0    0"
		" : slabdata      0      0      0\n");
	free(table);

	/* Freed objects at hand are not active, but keep their slab. */
	kmem_cache_free(big, one);
	struct slabinfo info = slabinfo_of("big");
	assert_int_equal(info.active, 0);
	assert_int_equal(info.active_slabs, 1);
	assert_int_equal(info.slabs, 1);
	assert_int_equal(kmem_cache_shrink(big), 0);
	assert_int_equal(slabinfo_of("big").slabs, 0);

	kmem_cache_free_bulk(alpha, 3, objects);
	assert_int_equal(kmem_cache_destroy(alpha), 0);
	assert_int_equal(kmem_cache_destroy(big), 0);
	assert_int_equal(kmem_cache_destroy(empty), 0);
	table = slabinfo_text();
	assert_string_equal(table, heading);
	free(table);
}

static void test_slabinfo_bad_stream(void **state)
{
	FILE *full = fopen("/dev/full", "w");
	(void)state;

	if (!full)
		return;
	setvbuf(full, NULL, _IONBF, 0);
	assert_int_equal(slabinfo_print(full), -ENOSPC);
	fclose(full);
}

static void test_create_forms(void **state)
{
	struct kmem_cache_args args = { .align = 128, .ctor = ctor_a5, .sheaf_capacity = 500 };
	const struct kmem_cache_args *const_args = &args;
	struct kmem_cache_args window = { .useroffset = 8, .usersize = 16 };
	struct kmem_cache_args freeptr = { .freeptr_offset = 16,
					   .use_freeptr_offset = true,
					   .ctor = ctor_a5 };
	(void)state;

	try_out(kmem_cache_create("four-null", 24, NULL, 0), 24, 8);
	try_out(kmem_cache_create("four-args", 24, &args, 0), 24, 128);
	try_out(kmem_cache_create("four-const", 24, const_args, SLAB_NO_MERGE), 24, 128);
	try_out(kmem_cache_create("four-window", 24, &window, 0), 24, 8);
	try_out(kmem_cache_create("four-freeptr", 24, &freeptr, 0), 24, 8);
	try_out(kmem_cache_create("five", 24, 32, 0, NULL), 24, 32);
	try_out(kmem_cache_create("five-ctor", 24, (size_t)0, 0, ctor_a5), 24, 8);
	try_out(kmem_cache_create_usercopy("usercopy", 24, 16, 0, 0, 24, ctor_a5), 24, 16);
	try_out(KMEM_CACHE(item, 0), sizeof(struct item), __alignof__(struct item));
	try_out(KMEM_CACHE(wide, SLAB_PANIC), sizeof(struct wide), 256);
	try_out(KMEM_CACHE_USERCOPY(item, 0, text), sizeof(struct item), 8);
	try_out(kmem_cache_create("hints", 24, NULL,
				  SLAB_RECLAIM_ACCOUNT | SLAB_NOLEAKTRACE | SLAB_NO_USER_FLAGS |
					  SLAB_CACHE_DMA | SLAB_CACHE_DMA32),
		24, 8);
	try_out(kmem_cache_create("dma", 24, NULL, SLAB_CACHE_DMA), 24, 8);
	try_out(kmem_cache_create("dma32", 24, 64, SLAB_CACHE_DMA32 | SLAB_TEMPORARY, NULL), 24,
		64);
	/* What the macros stand for. */
	try_out(__kmem_cache_create_args("args", 24, &args, 0), 24, 128);
	try_out(__kmem_cache_default_args("default", 24, NULL, SLAB_HWCACHE_ALIGN), 24, 32);
	try_out(__kmem_cache_create("five", 24, 32, 0, ctor_a5), 24, 32);
	assert_true(slab_is_available());
}

static void test_name_is_copied(void **state)
{
	char name[] = "first";
	struct kmem_cache *s = kmem_cache_create(name, 32, NULL, 0);
	struct slabinfo info;
	(void)state;

	memset(name, 'x', sizeof(name) - 1);
	assert_true(slabinfo_find("first", &info));
	assert_int_equal(kmem_cache_destroy(s), 0);
	assert_false(slabinfo_find("first", &info));
}

static void try_out_shadow(struct kmem_cache_opaque *s, size_t size, size_t align)
{
	assert_int_equal(kmem_cache_size(s), size);
	try_out(to_kmem_cache(s), size, align);
}

static void test_setup_forms(void **state)
{
	static struct kmem_cache_opaque shadow;
	struct kmem_cache *s = to_kmem_cache(&shadow);
	struct kmem_cache_args args = { .align = 512 };
	const struct kmem_cache_init init = {
		.name = "init",
		.size = 48,
		.align = 16,
		.shadow_size = KMEM_CACHE_SIZE,
		.shadow_align = KMEM_CACHE_ALIGN,
		.shadow_layout = KMEM_CACHE_LAYOUT,
	};
	(void)state;

	assert_int_equal(kmem_cache_setup(&shadow, "shadow", 40, 64, 0, NULL), 0);
	try_out_shadow(&shadow, 40, 64);
	assert_int_equal(kmem_cache_setup(s, "pointer", 40, 0, 0, ctor_a5), 0);
	try_out_shadow(&shadow, 40, 8);
	assert_int_equal(kmem_cache_setup_usercopy(s, "usercopy", 40, 16, 0, 8, 8, NULL), 0);
	try_out_shadow(&shadow, 40, 16);
	assert_int_equal(kmem_cache_setup_args(s, "args", 40, args, 0), 0);
	try_out_shadow(&shadow, 40, 512);
	assert_int_equal(KMEM_CACHE_SETUP(&shadow, item, 0), 0);
	try_out_shadow(&shadow, sizeof(struct item), 8);
	assert_int_equal(KMEM_CACHE_SETUP(s, wide, 0), 0);
	try_out_shadow(&shadow, sizeof(struct wide), 256);
	assert_int_equal(KMEM_CACHE_SETUP_USERCOPY(&shadow, item, 0, text), 0);
	try_out_shadow(&shadow, sizeof(struct item), 8);
	assert_int_equal(__KMEM_CACHE_SETUP(&shadow, "bare", 40, 0), 0);
	try_out_shadow(&shadow, 40, 8);
	assert_int_equal(__KMEM_CACHE_SETUP(s, "rich", 40, SLAB_NO_MERGE, .align = 32,
					    .sheaf_capacity = 10, .ctor = ctor_a5),
			 0);
	try_out_shadow(&shadow, 40, 32);
	assert_int_equal(__kmem_cache_setup(s, &init), 0);
	try_out_shadow(&shadow, 48, 16);
}

static void test_setup_on_stack_and_in_struct(void **state)
{
	struct kmem_cache_opaque on_stack = { 0 };
	struct {
		int before;
		struct kmem_cache_opaque cache;
		int after;
	} holder = { .before = 1, .after = 2 };
	(void)state;

	assert_int_equal(KMEM_CACHE_SETUP(&on_stack, item, 0), 0);
	assert_int_equal(KMEM_CACHE_SETUP(&holder.cache, wide, 0), 0);
	try_out_shadow(&on_stack, sizeof(struct item), 8);
	try_out_shadow(&holder.cache, sizeof(struct wide), 256);
	assert_int_equal(holder.before, 1);
	assert_int_equal(holder.after, 2);
}

/* Each macro takes the shadow and the private pointer, and both mean the same cache. */
static void test_both_pointers(void **state)
{
	static struct kmem_cache_opaque shadow;
	struct kmem_cache *s = to_kmem_cache(&shadow);
	void *a[4];
	void *b[4];
	(void)state;

	assert_int_equal(KMEM_CACHE_SETUP(&shadow, item, 0), 0);
	assert_int_equal(kmem_cache_size(&shadow), kmem_cache_size(s));
	kmem_cache_free(s, kmem_cache_alloc(&shadow, GFP_KERNEL));
	kmem_cache_free(&shadow, kmem_cache_alloc(s, GFP_KERNEL));
	kmem_cache_free(s, kmem_cache_zalloc(&shadow, GFP_KERNEL));
	kmem_cache_free(&shadow, kmem_cache_zalloc(s, GFP_KERNEL));
	kfree(kmem_cache_alloc_node(&shadow, GFP_KERNEL, 0));
	kfree(kmem_cache_alloc_node(s, GFP_KERNEL, 1));
	struct slab_sheaf *sheaf = kmem_cache_prefill_sheaf(&shadow, GFP_KERNEL, 3);
	assert_int_equal(kmem_cache_refill_sheaf(s, GFP_KERNEL, &sheaf, 3), 0);
	kfree(kmem_cache_alloc_from_sheaf(&shadow, GFP_KERNEL, sheaf));
	kmem_cache_return_sheaf(s, GFP_KERNEL, sheaf);
	assert_int_equal(kmem_cache_alloc_bulk(&shadow, GFP_KERNEL, 4, a), 4);
	assert_int_equal(kmem_cache_alloc_bulk(s, GFP_KERNEL, 4, b), 4);
	assert_int_equal(kmem_cache_shrink(&shadow), 1);
	assert_int_equal(kmem_cache_validate(&shadow), 0);
	assert_int_equal(kmem_cache_attr_store(&shadow, "validate", "1"), 0);
	char text[8];
	assert_int_equal(kmem_cache_attr_show(&shadow, "objects", text, sizeof(text)), 2);
	assert_string_equal(text, "8\n");
	kmem_cache_free_bulk(s, 4, a);
	kmem_cache_free_bulk(&shadow, 4, b);
	assert_int_equal(kmem_cache_shrink(s), 0);
	assert_int_equal(kmem_cache_destroy(&shadow), 0);
	assert_int_equal(KMEM_CACHE_SETUP(s, item, 0), 0);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* A macro must evaluate its arguments once. */
static void test_arguments_once(void **state)
{
	static struct kmem_cache_opaque shadows[2];
	struct kmem_cache_opaque *s = shadows;
	void *objects[2];
	void **object = objects;
	(void)state;

	assert_int_equal(kmem_cache_setup(s++, "once", 32, 0, 0, NULL), 0);
	assert_ptr_equal(s, &shadows[1]);
	assert_int_equal(KMEM_CACHE_SETUP(s, item, 0), 0);
	*object++ = kmem_cache_alloc(--s, GFP_KERNEL);
	*object++ = kmem_cache_alloc(s++, GFP_KERNEL);
	assert_ptr_equal(s, &shadows[1]);
	kmem_cache_free(--s, *--object);
	kmem_cache_free(s++, *--object);
	assert_ptr_equal(object, objects);
	assert_int_equal(kmem_cache_destroy(s--), 0);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void test_free_null(void **state)
{
	const struct forms *forms = *state;
	struct kmem_cache *s = kmem_cache_create("free-null", 32, NULL, 0);

	forms->free(s, NULL);
	void *object = forms->alloc(s, GFP_KERNEL);
	forms->free(s, NULL);
	forms->free(s, object);
	forms->free(s, NULL);
	assert_ptr_equal(forms->alloc(s, GFP_KERNEL), object);
	forms->free(s, object);
	assert_int_equal(kmem_cache_destroy(s), 0);
	assert_int_equal(kmem_cache_destroy((struct kmem_cache *)NULL), 0);
}

/* Many objects at once: none overlaps another, all are aligned, each keeps what is written. */
static void fill_and_check(const struct forms *forms, struct kmem_cache *s, size_t size,
			   size_t align, size_t n)
{
	void **objects = calloc(n, sizeof(*objects));

	assert_non_null(objects);
	for (size_t i = 0; i < n; i++) {
		objects[i] = forms->alloc(s, GFP_KERNEL);
		assert_non_null(objects[i]);
		assert_true(is_aligned(objects[i], align));
		assert_int_equal(ksize(objects[i]), size);
		pattern_fill(objects[i], size, (uintptr_t)objects[i] + i);
	}
	for (size_t i = 0; i < n; i++) {
		assert_true(pattern_holds(objects[i], size, (uintptr_t)objects[i] + i));
		forms->free(s, objects[i]);
	}
	free(objects);
}

static void test_sizes(void **state)
{
	const struct forms *forms = *state;

	for (size_t size = 1; size <= KMALLOC_MAX_SIZE; size += 1 + size / 16) {
		struct kmem_cache *s = kmem_cache_create("sizes", size, NULL, 0);
		size_t n = 3 + 20000 / size;

		fill_and_check(forms, s, size, 8, n > 300 ? 300 : n);
		assert_int_equal(kmem_cache_destroy(s), 0);
	}
	for (size_t size = 2; size <= KMALLOC_MAX_SIZE; size *= 2) {
		for (size_t off = size - 1; off <= size + 1 && off <= KMALLOC_MAX_SIZE; off++) {
			struct kmem_cache *s = kmem_cache_create("edges", off, NULL, 0);

			fill_and_check(forms, s, off, 8, 3);
			assert_int_equal(kmem_cache_destroy(s), 0);
		}
	}
}

static void test_alignments(void **state)
{
	static const size_t sizes[] = { 1, 7, 8, 24, 65, 1000, 70000 };
	const struct forms *forms = *state;

	for (size_t align = 1; align <= SLAB_MAX_ALIGN; align *= 2) {
		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
			struct kmem_cache *s = kmem_cache_create("align", sizes[i], align, 0, NULL);

			fill_and_check(forms, s, sizes[i], align > 8 ? align : 8, 20);
			assert_int_equal(kmem_cache_destroy(s), 0);
		}
	}
}

/* Objects start at cache lines; those of half a line or less share one evenly. */
static void test_hwcache_align(void **state)
{
	static const struct {
		size_t size, align, expected;
	} cases[] = {
		{ 1, 0, 8 },	{ 8, 0, 8 },	  { 9, 0, 16 },	  { 16, 0, 16 },    { 17, 0, 32 },
		{ 32, 0, 32 },	{ 33, 0, 64 },	  { 64, 0, 64 },  { 65, 0, 64 },    { 200, 0, 64 },
		{ 16, 64, 64 }, { 16, 128, 128 }, { 200, 8, 64 }, { 33, 256, 256 },
	};
	const struct forms *forms = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct kmem_cache *s = kmem_cache_create("hwcache", cases[i].size, cases[i].align,
							 SLAB_HWCACHE_ALIGN, NULL);

		fill_and_check(forms, s, cases[i].size, cases[i].expected, 100);
		/* No wider than promised, either: a slab is full of them, but for lines between. */
		forms->free(s, forms->alloc(s, GFP_KERNEL));
		size_t stride = (cases[i].size + cases[i].expected - 1) & -cases[i].expected;
		struct slabinfo info = slabinfo_of("hwcache");
		if (!debugging())
			assert_in_range(info.per_slab, info.pages * 4096 * 63 / 64 / stride,
					info.pages * 4096 / stride);
		assert_int_equal(kmem_cache_destroy(s), 0);
	}
}

static void test_zeroed(void **state)
{
	static const size_t sizes[] = { 1, 13, 64, 300, 5000, 100000 };
	const struct forms *forms = *state;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct kmem_cache *s = kmem_cache_create("zeroed", sizes[i], NULL, 0);
		void *objects[40];

		for (int round = 0; round < 3; round++) {
			for (size_t j = 0; j < ARRAY_SIZE(objects); j++) {
				objects[j] = j % 2 ? forms->zalloc(s, GFP_KERNEL)
						   : forms->alloc(s, GFP_KERNEL | __GFP_ZERO);
				assert_true(is_filled_with(objects[j], sizes[i], 0));
				memset(objects[j], 0xff, sizes[i]);
			}
			for (size_t j = 0; j < ARRAY_SIZE(objects); j++)
				forms->free(s, objects[j]);
		}
		/* The flag goes with bulk allocations, too. */
		assert_int_equal(kmem_cache_alloc_bulk(s, GFP_KERNEL | __GFP_ZERO, 40, objects),
				 40);
		for (size_t j = 0; j < ARRAY_SIZE(objects); j++)
			assert_true(is_filled_with(objects[j], sizes[i], 0));
		kmem_cache_free_bulk(s, 40, objects);
		assert_int_equal(kmem_cache_destroy(s), 0);
	}
}

static void test_gfp_flags(void **state)
{
	static const gfp_t flags[] = {
		GFP_KERNEL,
		GFP_KERNEL_ACCOUNT,
		GFP_NOIO,
		GFP_NOFS,
		GFP_USER,
		GFP_HIGHUSER,
		GFP_HIGHUSER_MOVABLE,
		GFP_TRANSHUGE,
		GFP_TRANSHUGE_LIGHT,
		GFP_NOWAIT,
		GFP_ATOMIC,
		GFP_DMA,
		GFP_DMA32,
		__GFP_DMA,
		__GFP_HIGHMEM,
		__GFP_DMA32,
		__GFP_MOVABLE,
		__GFP_RECLAIMABLE,
		__GFP_HIGH,
		__GFP_IO,
		__GFP_FS,
		__GFP_DIRECT_RECLAIM,
		__GFP_KSWAPD_RECLAIM,
		__GFP_RECLAIM,
		__GFP_WRITE,
		__GFP_NOWARN,
		__GFP_RETRY_MAYFAIL,
		__GFP_NOFAIL,
		__GFP_NORETRY,
		__GFP_MEMALLOC,
		__GFP_COMP,
		__GFP_NOMEMALLOC,
		__GFP_HARDWALL,
		__GFP_THISNODE,
		__GFP_ACCOUNT,
		__GFP_ZEROTAGS,
		__GFP_SKIP_ZERO,
		__GFP_SKIP_KASAN,
		__GFP_NOLOCKDEP,
		__GFP_NO_OBJ_EXT,
	};
	const struct forms *forms = *state;
	struct kmem_cache *s = kmem_cache_create("gfp", 32, NULL, SLAB_NO_USER_FLAGS);
	void *object = forms->alloc(s, GFP_KERNEL);

	/* What is at hand is given, and left as it is; but for one flag, whatever is beside it. */
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		memset(object, 0x5e, 32);
		forms->free(s, object);
		assert_ptr_equal(forms->alloc(s, flags[i]), object);
		assert_true(is_filled_with(object, 32, 0x5e));
		forms->free(s, object);
		assert_ptr_equal(forms->alloc(s, flags[i] | __GFP_ZERO), object);
		assert_true(is_filled_with(object, 32, 0));
	}
	forms->free(s, object);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* Code from the kernel has marks of its own beside the flags, and looks at bits of them. */
static void test_gfp_values(void **state)
{
	const gfp_t acting = __GFP_ZERO | __GFP_DIRECT_RECLAIM | __GFP_NOFAIL | __GFP_ACCOUNT;
	const gfp_t hints = GFP_ZONEMASK | __GFP_RECLAIMABLE | __GFP_HIGH | __GFP_IO | __GFP_FS |
			    __GFP_KSWAPD_RECLAIM | __GFP_WRITE | __GFP_NOWARN |
			    __GFP_RETRY_MAYFAIL | __GFP_NORETRY | __GFP_MEMALLOC | __GFP_COMP |
			    __GFP_NOMEMALLOC | __GFP_HARDWALL | __GFP_THISNODE;
	(void)state;

	assert_int_equal(acting & hints, 0);
	assert_int_equal((acting | hints) & ~__GFP_BITS_MASK, 0);
	assert_int_equal(__GFP_BITS_MASK, (1u << __GFP_BITS_SHIFT) - 1);
	assert_int_equal(acting & 0x3f, 0);
	/* Each has a bit of its own. */
	assert_int_equal(__builtin_popcount(acting), 4);
	assert_int_equal(__builtin_popcount(hints), 18);
	assert_int_equal(__builtin_popcount(GFP_ZONEMASK), 4);
	assert_int_equal(GFP_KERNEL & GFP_ZONEMASK, 0);
	assert_int_equal(GFP_HIGHUSER & GFP_ZONEMASK, __GFP_HIGHMEM);
	assert_true(gfpflags_allow_blocking(GFP_KERNEL) && gfpflags_allow_blocking(GFP_NOIO) &&
		    gfpflags_allow_blocking(GFP_NOFS) && gfpflags_allow_blocking(GFP_USER) &&
		    gfpflags_allow_blocking(GFP_TRANSHUGE));
	assert_false(gfpflags_allow_blocking(GFP_NOWAIT) || gfpflags_allow_blocking(GFP_ATOMIC) ||
		     gfpflags_allow_blocking(GFP_TRANSHUGE_LIGHT) ||
		     gfpflags_allow_blocking(GFP_DMA));
}

static void test_bulk(void **state)
{
	static const size_t counts[] = { 0, 1, 2, 125, 126, 127, 252, 253, 1000, 5000 };
	static void *objects[5000];
	struct kmem_cache *s = kmem_cache_create("bulk", 64, NULL, 0);
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		size_t n = counts[i];

		assert_int_equal(kmem_cache_alloc_bulk(s, GFP_KERNEL, n, objects), n);
		assert_int_equal(slabinfo_of("bulk").active, n);
		for (size_t j = 0; j < n; j++)
			pattern_fill(objects[j], 64, (uintptr_t)objects[j]);
		for (size_t j = 0; j < n; j++)
			assert_true(pattern_holds(objects[j], 64, (uintptr_t)objects[j]));
		kmem_cache_free_bulk(s, n, objects);
		assert_int_equal(slabinfo_of("bulk").active, 0);
	}
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* kmem_cache_free_bulk(NULL, ...) finds the cache of each object. */
static void test_bulk_free_any(void **state)
{
	struct kmem_cache *a = kmem_cache_create("any-a", 64, NULL, 0);
	struct kmem_cache *b = kmem_cache_create("any-b", 3000, NULL, 0);
	void *objects[600];
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(objects); i++) {
		struct kmem_cache *s = i % 3 ? a : b;

		objects[i] = i % 10 == 9 ? kmalloc(i * 100, GFP_KERNEL)
					 : kmem_cache_alloc(s, GFP_KERNEL);
	}
	kmem_cache_free_bulk((struct kmem_cache *)NULL, ARRAY_SIZE(objects), objects);
	assert_int_equal(slabinfo_of("any-a").active, 0);
	assert_int_equal(slabinfo_of("any-b").active, 0);
	assert_int_equal(kmem_cache_destroy(a), 0);
	assert_int_equal(kmem_cache_destroy(b), 0);
}

static size_t constructed;

static void ctor_count(void *object)
{
	constructed++;
	memset(object, 0xc7, 200);
}

/* The ctor runs once for each object; what the user leaves in a freed object stays there. */
static void test_ctor(void **state)
{
	const struct forms *forms = *state;
	struct kmem_cache *s = kmem_cache_create("ctor", 200, 0, 0, ctor_count);
	void *objects[1000];

	constructed = 0;
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < ARRAY_SIZE(objects); i++) {
			unsigned char *object = objects[i] = forms->alloc(s, GFP_KERNEL);

			/* Fresh, or as the last round left it. */
			if (object[0] == 0xc7)
				assert_true(is_filled_with(object, 200, 0xc7));
			else
				assert_true(is_filled_with(object, 200, 0x5e));
			memset(object, 0x5e, 200);
		}
		for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
			forms->free(s, objects[i]);
		/* With debug flags freed slabs go at once. */
		struct slabinfo info = slabinfo_of("ctor");
		assert_true(constructed == info.objects || debugging());
	}
	assert_int_equal(kmem_cache_shrink(s), 0);
	/* A new slab is constructed anew. */
	unsigned char *object = forms->alloc(s, GFP_KERNEL);
	assert_true(is_filled_with(object, 200, 0xc7));
	forms->free(s, object);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static struct kmem_cache *inner;
static void *inner_objects[100];
static size_t nr_inner;

static void ctor_allocates(void *object)
{
	CHECK(nr_inner < ARRAY_SIZE(inner_objects));
	inner_objects[nr_inner] = kmem_cache_alloc(inner, GFP_KERNEL);
	*(void **)object = inner_objects[nr_inner++];
}

/* A ctor may use other caches. */
static void test_ctor_allocates(void **state)
{
	const struct forms *forms = *state;

	nr_inner = 0;
	inner = kmem_cache_create("inner", 24, NULL, 0);
	struct kmem_cache *outer = kmem_cache_create("outer", 1000, 0, 0, ctor_allocates);
	void **object = forms->alloc(outer, GFP_KERNEL);
	assert_non_null(*object);
	assert_int_equal(slabinfo_of("inner").active, slabinfo_of("outer").objects);
	forms->free(outer, object);
	assert_int_equal(kmem_cache_destroy(outer), 0);
	kmem_cache_free_bulk(inner, nr_inner, inner_objects);
	assert_int_equal(kmem_cache_destroy(inner), 0);
}

static void test_shrink(void **state)
{
	const struct forms *forms = *state;
	struct kmem_cache *s = kmem_cache_create("shrink", 1000, NULL, 0);
	void *objects[2000];

	assert_int_equal(kmem_cache_shrink(s), 0);
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		objects[i] = forms->alloc(s, GFP_KERNEL);
	size_t most = slabinfo_of("shrink").slabs;
	assert_int_equal(kmem_cache_shrink(s), 1);
	assert_int_equal(slabinfo_of("shrink").active, ARRAY_SIZE(objects));
	for (size_t i = 1; i < ARRAY_SIZE(objects); i++)
		forms->free(s, objects[i]);
	assert_int_equal(kmem_cache_shrink(s), 1);
	assert_true(most > 20);
	assert_int_equal(slabinfo_of("shrink").slabs, 1);
	forms->free(s, objects[0]);
	assert_int_equal(kmem_cache_shrink(s), 0);
	assert_int_equal(kmem_cache_shrink(s), 0);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void *shrink_elsewhere(void *s)
{
	kmem_cache_shrink(s);
	return NULL;
}

/* What a thread keeps at hand is what another cannot give back. Debugged caches keep nothing. */
static size_t slabs_at_hand(unsigned int capacity)
{
	struct kmem_cache_args args = { .sheaf_capacity = capacity };
	struct kmem_cache *s =
		kmem_cache_create("capacity", 5000, &args, SLAB_NO_MERGE | SLAB_NO_USER_FLAGS);
	void *objects[100];

	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		objects[i] = kmem_cache_alloc(s, GFP_KERNEL);
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		kmem_cache_free(s, objects[i]);
	in_thread(shrink_elsewhere, s);
	size_t slabs = slabinfo_of("capacity").slabs;
	assert_int_equal(kmem_cache_destroy(s), 0);
	return slabs;
}

static void test_sheaf_capacity(void **state)
{
	(void)state;
	/* 13 in a slab. */
	assert_true(slabs_at_hand(100) >= 8);
	assert_true(slabs_at_hand(0) < 4);
}

/* Objects that are set aside come from the cache, and what is left goes back. */
static void test_prefilled(void **state)
{
	static const unsigned int counts[] = { 0, 1, 5, 126, 127, 500, 3000 };
	struct kmem_cache *s = kmem_cache_create("prefilled", 64, NULL, 0);
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		unsigned int n = counts[i];
		struct slab_sheaf *sheaf = kmem_cache_prefill_sheaf(s, GFP_KERNEL, n);
		void *objects[100];
		unsigned int taken = n < 100 ? n : 100;

		assert_non_null(sheaf);
		assert_true(kmem_cache_sheaf_size(sheaf) >= n);
		for (unsigned int j = 0; j < taken; j++) {
			objects[j] = kmem_cache_alloc_from_sheaf(
				s, j % 2 ? GFP_NOWAIT | __GFP_ZERO : GFP_NOWAIT, sheaf);
			assert_non_null(objects[j]);
			if (j % 2)
				assert_true(is_filled_with(objects[j], 64, 0));
			pattern_fill(objects[j], 64, j);
		}
		unsigned int left = kmem_cache_sheaf_size(sheaf);
		assert_int_equal(slabinfo_of("prefilled").active, left + taken);
		/* Less than there is: nothing to do. More: what is there stays. */
		assert_int_equal(kmem_cache_refill_sheaf(s, GFP_KERNEL, &sheaf, left), 0);
		assert_int_equal(kmem_cache_sheaf_size(sheaf), left);
		assert_int_equal(kmem_cache_refill_sheaf(s, GFP_KERNEL, &sheaf, n + 300), 0);
		assert_true(kmem_cache_sheaf_size(sheaf) >= n + 300);
		for (unsigned int j = 0; j < taken; j++) {
			assert_true(pattern_holds(objects[j], 64, j));
			kmem_cache_free(s, objects[j]);
		}
		if (i % 2)
			while (kmem_cache_sheaf_size(sheaf))
				kmem_cache_free(s,
						kmem_cache_alloc_from_sheaf(s, GFP_KERNEL, sheaf));
		if (i % 2)
			assert_null(kmem_cache_alloc_from_sheaf(s, GFP_KERNEL, sheaf));
		kmem_cache_return_sheaf(s, GFP_KERNEL, sheaf);
		assert_int_equal(slabinfo_of("prefilled").active, 0);
	}
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* More than a sheaf can ever hold. */
static void test_prefilled_too_many(void **state)
{
	struct kmem_cache *s = kmem_cache_create("prefilled", 8, NULL, 0);
	struct slab_sheaf *sheaf = kmem_cache_prefill_sheaf(s, GFP_KERNEL, 10);
	(void)state;

	errno = 0;
	assert_null(kmem_cache_prefill_sheaf(s, GFP_KERNEL, 100000));
	assert_int_equal(errno, ENOMEM);
	assert_null(kmem_cache_prefill_sheaf(s, GFP_KERNEL, UINT_MAX));
	unsigned int before = kmem_cache_sheaf_size(sheaf);
	assert_int_equal(kmem_cache_refill_sheaf(s, GFP_KERNEL, &sheaf, 100000), -ENOMEM);
	assert_int_equal(kmem_cache_sheaf_size(sheaf), before);
	kmem_cache_return_sheaf(s, GFP_KERNEL, sheaf);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* A cache on the stack leaves nothing behind when its function has destroyed it. */
static void test_setup_again_and_again(void **state)
{
	size_t before = 0;
	(void)state;

	for (int i = 0; i < 10000; i++) {
		struct kmem_cache_opaque on_stack = { 0 };

		if (i == 100)
			before = address_space();
		assert_int_equal(KMEM_CACHE_SETUP(&on_stack, item, 0), 0);
		assert_int_equal(kmem_cache_destroy(&on_stack), 0);
	}
	assert_in_range(address_space(), 0, before + ((size_t)256 << 10) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slabinfo_exact),
		cmocka_unit_test(test_slabinfo_bad_stream),
		cmocka_unit_test(test_create_forms),
		cmocka_unit_test(test_name_is_copied),
		cmocka_unit_test(test_setup_forms),
		cmocka_unit_test(test_setup_on_stack_and_in_struct),
		cmocka_unit_test(test_setup_again_and_again),
		cmocka_unit_test(test_both_pointers),
		cmocka_unit_test(test_arguments_once),
		BOTH_FORMS(test_free_null),
		BOTH_FORMS(test_sizes),
		BOTH_FORMS(test_alignments),
		BOTH_FORMS(test_hwcache_align),
		BOTH_FORMS(test_zeroed),
		BOTH_FORMS(test_gfp_flags),
		cmocka_unit_test(test_gfp_values),
		cmocka_unit_test(test_sheaf_capacity),
		cmocka_unit_test(test_bulk),
		cmocka_unit_test(test_bulk_free_any),
		BOTH_FORMS(test_ctor),
		BOTH_FORMS(test_ctor_allocates),
		BOTH_FORMS(test_shrink),
		cmocka_unit_test(test_prefilled),
		cmocka_unit_test(test_prefilled_too_many),
	};

	return cmocka_run_group_tests_name("api", tests, NULL, NULL);
}
