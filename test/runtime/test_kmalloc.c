/* SPDX-License-Identifier: MIT */

/*
 * kmalloc() and its family. Built twice: against the functions, and with <slab/slab-inline.h> in
 * front of all, where sizes that are constant pick their cache while compiling.
 */

#include "harness.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <string.h>

#include <slab/slab-static.h>

#include "fault.h"

struct item {
	int key;
	char text[20];
};

struct flexible {
	int n;
	long elements[];
};

static bool is_aligned(const void *object, size_t align)
{
	return ((uintptr_t)object & (align - 1)) == 0;
}

static size_t align_of_class(size_t class)
{
	size_t align = class & -class;

	return align > SLAB_MAX_ALIGN ? SLAB_MAX_ALIGN : align;
}

static void try_size(size_t size)
{
	void *pieces[3];

	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		pieces[i] = i == 1 ? kzalloc(size, GFP_KERNEL) : kmalloc(size, GFP_KERNEL);
		assert_non_null(pieces[i]);
		assert_true(ksize(pieces[i]) >= size);
		assert_int_equal(ksize(pieces[i]), kmalloc_size_roundup(size));
		assert_true(is_aligned(pieces[i], align_of_class(ksize(pieces[i]))));
		if (i == 1)
			assert_true(is_filled_with(pieces[i], size, 0));
		/* All of ksize() is the caller's. */
		pattern_fill(pieces[i], ksize(pieces[i]), size + i);
	}
	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		assert_true(pattern_holds(pieces[i], ksize(pieces[i]), size + i));
		kfree(pieces[i]);
	}
}

static void test_sizes(void **state)
{
	(void)state;
	for (size_t size = 1; size <= KMALLOC_MAX_CACHE_SIZE; size += 1 + size / 200)
		try_size(size);
	for (size_t size = 8192; size <= (size_t)16 << 20; size *= 2) {
		try_size(size - 1);
		try_size(size);
		try_size(size + 1);
	}
}

#define TRY_CONSTANT(size)                                                   \
	do {                                                                 \
		void *piece = kmalloc(size, GFP_KERNEL);                     \
		void *zeroed = kzalloc(size, GFP_KERNEL);                    \
		assert_int_equal(ksize(piece), kmalloc_size_roundup(size));  \
		assert_int_equal(ksize(zeroed), kmalloc_size_roundup(size)); \
		assert_true(is_filled_with(zeroed, size, 0));                \
		memset(piece, 0xff, size);                                   \
		memset(zeroed, 0xff, size);                                  \
		kfree(piece);                                                \
		kfree(zeroed);                                               \
	} while (0)

static void test_constant_sizes(void **state)
{
	(void)state;
	for (int round = 0; round < 3; round++) {
		TRY_CONSTANT(1);
		TRY_CONSTANT(8);
		TRY_CONSTANT(9);
		TRY_CONSTANT(16);
		TRY_CONSTANT(17);
		TRY_CONSTANT(32);
		TRY_CONSTANT(33);
		TRY_CONSTANT(64);
		TRY_CONSTANT(65);
		TRY_CONSTANT(96);
		TRY_CONSTANT(97);
		TRY_CONSTANT(128);
		TRY_CONSTANT(129);
		TRY_CONSTANT(192);
		TRY_CONSTANT(193);
		TRY_CONSTANT(256);
		TRY_CONSTANT(257);
		TRY_CONSTANT(1000);
		TRY_CONSTANT(4096);
		TRY_CONSTANT(8192);
		TRY_CONSTANT(8193);
		TRY_CONSTANT(100000);
	}
	assert_ptr_equal(kmalloc(0, GFP_KERNEL), ZERO_SIZE_PTR);
	assert_ptr_equal(kzalloc(0, GFP_KERNEL), ZERO_SIZE_PTR);
}

static void test_classes(void **state)
{
	static const size_t classes[] = { 8,   16,  32,	  64,	96,   128, 192,
					  256, 512, 1024, 2048, 4096, 8192 };
	unsigned int class = 0;
	(void)state;

	for (size_t size = 1; size <= KMALLOC_MAX_CACHE_SIZE; size++) {
		if (size > classes[class])
			class ++;
		assert_int_equal(kmalloc_size_roundup(size), classes[class]);
		assert_int_equal(kmalloc_index(size), class);
	}
	assert_int_equal(KMALLOC_MIN_SIZE, classes[0]);
	assert_int_equal(KMALLOC_CACHES, ARRAY_SIZE(classes));
	assert_int_equal(kmalloc_size_roundup(0), 0);
	/* Four for each power of two, and then whole units. */
	for (size_t from = 8192; from < (size_t)1 << 20; from *= 2)
		for (size_t quarter = 0; quarter < 4; quarter++) {
			size_t less = from + quarter * from / 4;

			assert_int_equal(kmalloc_size_roundup(less + 1), less + from / 4);
			assert_int_equal(kmalloc_size_roundup(less + from / 4), less + from / 4);
		}
	assert_int_equal(kmalloc_size_roundup(((size_t)1 << 20) + 1), (1 << 20) + 65536);
	assert_int_equal(kmalloc_size_roundup(3000000), 3014656);
	assert_int_equal(kmalloc_size_roundup(SIZE_MAX), SIZE_MAX);
}

static void test_nothing(void **state)
{
	(void)state;
	assert_int_equal(ksize(ZERO_SIZE_PTR), 0);
	assert_int_equal(ksize(NULL), 0);
	kfree(ZERO_SIZE_PTR);
	kfree(NULL);
	kfree_sensitive(ZERO_SIZE_PTR);
	kfree_sensitive(NULL);
	kvfree(NULL);
	kvfree_sensitive(NULL, 0);
	kvfree_atomic(NULL);
	assert_true(ZERO_OR_NULL_PTR(NULL));
	assert_true(ZERO_OR_NULL_PTR(ZERO_SIZE_PTR));
	void *piece = kmalloc(1, GFP_KERNEL);
	assert_false(ZERO_OR_NULL_PTR(piece));
	kfree(piece);
	assert_ptr_equal(kmalloc_array(0, 10, GFP_KERNEL), ZERO_SIZE_PTR);
	assert_ptr_equal(kcalloc(10, 0, GFP_KERNEL), ZERO_SIZE_PTR);
	assert_ptr_equal(kvmalloc(0, GFP_KERNEL), ZERO_SIZE_PTR);
	assert_false(kmem_dump_obj(NULL));
}

static void refused(const void *piece)
{
	assert_null(piece);
	assert_int_equal(errno, ENOMEM);
	errno = 0;
}

static void test_too_much(void **state)
{
	/* Not constants, for which the compiler has warnings. */
	volatile size_t huge = SIZE_MAX;
	/* Of 32 bits of addresses the lower half may well be free. */
	volatile size_t half = sizeof(void *) == 8 ? SIZE_MAX / 2 : SIZE_MAX / 2 + 1;
	volatile size_t over_int = (size_t)INT_MAX + 1;
	(void)state;

	errno = 0;
	refused(kmalloc(huge, GFP_KERNEL));
	refused(kzalloc(half, GFP_KERNEL));
	refused(kmalloc_node(huge, GFP_KERNEL, 0));
	/* Products that would be small if they wrapped around. */
	refused(kmalloc_array(half + 2, 2, GFP_KERNEL));
	refused(kcalloc(half + 2, 2, GFP_KERNEL));
	refused(kmalloc_array_node(2, half + 2, GFP_KERNEL, 0));
	refused(kcalloc_node(huge / 8 + 2, 8, GFP_KERNEL, 0));
	refused(krealloc_array(NULL, half + 2, 2, GFP_KERNEL));
	refused(kvmalloc_array(half + 2, 2, GFP_KERNEL));
	refused(kvcalloc(half + 2, 2, GFP_KERNEL));
	refused(kmalloc_objs(struct item, huge / sizeof(struct item) + 1));
	refused(kzalloc_objs(struct item, huge / sizeof(struct item) + 1));
	refused(kvmalloc_objs(struct item, huge / sizeof(struct item) + 1));
	refused(kvzalloc_objs(struct item, huge / sizeof(struct item) + 1));
	refused(kvmalloc_flex(struct flexible, elements, huge / sizeof(long)));
	refused(kvzalloc_flex(struct flexible, elements, huge / sizeof(long) + 1));
	refused(kzalloc_flex(struct flexible, elements, huge / sizeof(long) + 1));
	refused(kmalloc_flex(struct flexible, elements, huge / sizeof(long)));
	refused(kvmalloc(over_int, GFP_KERNEL));
	refused(kvzalloc(over_int, GFP_KERNEL));
	refused(kvmalloc_node(over_int, GFP_KERNEL, 0));
	refused(kvzalloc_node(over_int, GFP_KERNEL, 0));
	refused(kvmalloc_array_node(half + 2, 2, GFP_KERNEL, 0));
	refused(kvcalloc_node(half + 2, 2, GFP_KERNEL, 0));
	refused(kvrealloc(NULL, over_int, GFP_KERNEL));
	/* Nothing that large is held already. */
	refused(kmalloc((size_t)50 << 20, GFP_NOWAIT));
}

static void expect_zeros(void *piece, size_t size)
{
	assert_non_null(piece);
	assert_true(ksize(piece) >= size);
	assert_true(is_filled_with(piece, size, 0));
	memset(piece, 0xff, size);
	kfree(piece);
}

static void expect_room(void *piece, size_t size)
{
	assert_non_null(piece);
	assert_int_equal(ksize(piece), kmalloc_size_roundup(size));
	memset(piece, 0xff, size);
	kvfree(piece);
}

static void test_forms(void **state)
{
	static const size_t sizes[] = { 1, 24, 500, 9000, 200000 };
	(void)state;

	/* Twice, so that zeroed memory is memory that was written to. */
	for (size_t i = 0; i < 2 * ARRAY_SIZE(sizes); i++) {
		size_t size = sizes[i / 2];

		expect_room(kmalloc_array(3, size, GFP_KERNEL), 3 * size);
		expect_room(kmalloc_node(size, GFP_KERNEL, 1), size);
		expect_room(kmalloc_array_node(3, size, GFP_KERNEL, 1), 3 * size);
		expect_room(kvmalloc(size, GFP_KERNEL), size);
		expect_room(kvmalloc_array(3, size, GFP_KERNEL), 3 * size);
		expect_room(kvmalloc_node(size, GFP_KERNEL, 1), size);
		expect_room(kvmalloc_array_node(3, size, GFP_KERNEL, 1), 3 * size);
		expect_room(kmalloc_track_caller(size, GFP_KERNEL), size);
		expect_room(kmalloc_node_track_caller(size, GFP_KERNEL, 1), size);
		expect_zeros(kzalloc(size, GFP_KERNEL), size);
		expect_zeros(kmalloc(size, GFP_KERNEL | __GFP_ZERO), size);
		expect_zeros(kcalloc(3, size, GFP_KERNEL), 3 * size);
		expect_zeros(kzalloc_node(size, GFP_KERNEL, 1), size);
		expect_zeros(kcalloc_node(3, size, GFP_KERNEL, 1), 3 * size);
		expect_zeros(kvzalloc(size, GFP_KERNEL), size);
		expect_zeros(kvcalloc(3, size, GFP_KERNEL), 3 * size);
		expect_zeros(kvzalloc_node(size, GFP_KERNEL, 1), size);
		expect_zeros(kvcalloc_node(3, size, GFP_KERNEL, 1), 3 * size);
	}
}

static void test_typed(void **state)
{
	struct item *item = kmalloc_obj(struct item);
	struct item *same = kmalloc_obj(*item, GFP_KERNEL);
	struct item *five = kmalloc_objs(struct item, 5);
	struct flexible *flexible = kmalloc_flex(struct flexible, elements, 7, GFP_KERNEL);
	(void)state;

	assert_int_equal(ksize(item), kmalloc_size_roundup(sizeof(*item)));
	assert_int_equal(ksize(same), ksize(item));
	assert_int_equal(ksize(five), kmalloc_size_roundup(5 * sizeof(*item)));
	assert_int_equal(ksize(flexible),
			 kmalloc_size_roundup(sizeof(*flexible) + 7 * sizeof(long)));
	memset(item, 0xff, sizeof(*item));
	memset(five, 0xff, 5 * sizeof(*five));
	memset(flexible, 0xff, sizeof(*flexible) + 7 * sizeof(long));
	kfree(item);
	kfree(same);
	kfree(five);
	kfree(flexible);

	expect_room(kvmalloc_obj(struct item), sizeof(struct item));
	expect_room(kvmalloc_objs(struct item, 5, GFP_KERNEL), 5 * sizeof(struct item));
	expect_room(kvmalloc_flex(struct flexible, elements, 7),
		    sizeof(struct flexible) + 7 * sizeof(long));
	expect_zeros(kzalloc_obj(struct item), sizeof(struct item));
	expect_zeros(kzalloc_objs(struct item, 5), 5 * sizeof(struct item));
	expect_zeros(kzalloc_flex(struct flexible, elements, 7),
		     sizeof(struct flexible) + 7 * sizeof(long));
	expect_zeros(kvzalloc_obj(struct item, GFP_KERNEL), sizeof(struct item));
	expect_zeros(kvzalloc_objs(struct item, 5), 5 * sizeof(struct item));
	expect_zeros(kvzalloc_flex(struct flexible, elements, 7),
		     sizeof(struct flexible) + 7 * sizeof(long));
	assert_ptr_equal(kmalloc_objs(struct item, 0), ZERO_SIZE_PTR);
}

/* From every size to every other: what was there stays. */
static void test_krealloc(void **state)
{
	static const size_t sizes[] = { 1, 8, 9, 100, 128, 129, 8192, 8193, 65536, 65537, 300000 };
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(sizes); j++) {
			size_t less = sizes[i] < sizes[j] ? sizes[i] : sizes[j];
			char *piece = krealloc(NULL, sizes[i], GFP_KERNEL);

			assert_non_null(piece);
			pattern_fill(piece, sizes[i], i);
			char *again = j % 2 ? krealloc(piece, sizes[j], GFP_KERNEL)
					    : kvrealloc(piece, sizes[j], GFP_KERNEL);
			assert_non_null(again);
			if (sizes[j] <= kmalloc_size_roundup(sizes[i]))
				assert_ptr_equal(again, piece);
			assert_true(pattern_holds(again, less, i));
			memset(again, 0xff, sizes[j]);
			kfree(again);
		}
	}
	char *piece = krealloc_array(NULL, 10, 10, GFP_KERNEL);
	assert_int_equal(ksize(piece), 128);
	piece = krealloc_array(piece, 20, 10, GFP_KERNEL);
	assert_int_equal(ksize(piece), 256);
	piece = krealloc_node(piece, 300, GFP_KERNEL, 1);
	assert_int_equal(ksize(piece), 512);
	assert_ptr_equal(krealloc(piece, 0, GFP_KERNEL), ZERO_SIZE_PTR);
	piece = krealloc(ZERO_SIZE_PTR, 10, GFP_KERNEL);
	assert_int_equal(ksize(piece), 16);
	kfree(piece);
}

/* Dirty memory of that size lies ready. */
static void dirty(size_t size)
{
	size = kmalloc_size_roundup(size);
	void *piece = kmalloc(size, GFP_KERNEL);

	memset(piece, 0xff, size);
	kfree(piece);
}

/* With __GFP_ZERO all along, whatever grows reads as zeros. */
static void test_krealloc_zeroed(void **state)
{
	static const size_t sizes[] = { 1,    7,    8,	   20,	  33,	  100,	  130,
					5000, 9000, 60000, 70000, 100000, 131072, 140000 };
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(sizes); j++) {
			for (size_t k = 0; k < ARRAY_SIZE(sizes); k++) {
				const gfp_t gfp = GFP_KERNEL | __GFP_ZERO;
				size_t least = sizes[i] < sizes[j] ? sizes[i] : sizes[j];
				size_t kept = least < sizes[k] ? least : sizes[k];

				dirty(sizes[i]);
				dirty(sizes[k]);
				unsigned char *piece = kzalloc(sizes[i], GFP_KERNEL);
				memset(piece, 0x5e, sizes[i]);
				piece = krealloc(piece, sizes[j], gfp);
				assert_true(is_filled_with(piece, least, 0x5e));
				if (sizes[j] > sizes[i])
					assert_true(is_filled_with(piece + sizes[i],
								   sizes[j] - sizes[i], 0));
				piece = krealloc(piece, sizes[k], gfp);
				assert_true(is_filled_with(piece, kept, 0x5e));
				if (sizes[k] > least)
					assert_true(
						is_filled_with(piece + least, sizes[k] - least, 0));
				kfree(piece);
			}
		}
	}
}

static void test_krealloc_no_memory(void **state)
{
	char *piece = kmalloc(100000, GFP_KERNEL);
	(void)state;

	pattern_fill(piece, 100000, 1);
	fault_after(0);
	errno = 0;
	char *again = krealloc(piece, (size_t)20 << 20, GFP_KERNEL);
	fault_after(-1);
	assert_null(again);
	assert_int_equal(errno, ENOMEM);
	assert_true(pattern_holds(piece, 100000, 1));
	kfree(piece);
}

static void nofail_overflow(void *data)
{
	volatile size_t half = SIZE_MAX / 2;

	(void)data;
	(void)kmalloc_array(half, 3, GFP_KERNEL | __GFP_NOFAIL);
}

static void test_nofail_overflow(void **state)
{
	(void)state;
	assert_true(killed_by(in_child(nofail_overflow, NULL), SIGABRT));
	assert_true(child_said(
		text("slab: kmalloc() of %zu bytes that must not fail failed\n", SIZE_MAX)));
}

/* Each form gives the memory back. */
static void test_frees(void **state)
{
	size_t active = kmalloc_active(1024);
	void *pieces[6];
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++)
		pieces[i] = kmalloc(1000, GFP_KERNEL);
	assert_int_equal(kmalloc_active(1024), active + 6);
	kfree(pieces[0]);
	kvfree(pieces[1]);
	kvfree_atomic(pieces[2]);
	kfree_sensitive(pieces[3]);
	kvfree_sensitive(pieces[4], 1000);
	kfree_bulk(1, &pieces[5]);
	assert_int_equal(kmalloc_active(1024), active);
}

static void test_free_sensitive(void **state)
{
	struct kmem_cache *s = kmem_cache_create("secret", 100, NULL, 0);
	unsigned char *object = kmem_cache_alloc(s, GFP_KERNEL);
	(void)state;

	memset(object, 0xff, 100);
	kfree_sensitive(object);
	/* Freed and not yet given to anyone: what was in it is gone. */
	assert_true(debugging() || is_filled_with(object, 100, 0));
	assert_int_equal(kmem_cache_destroy(s), 0);
	object = kmalloc(128, GFP_KERNEL);
	memset(object, 0xff, 128);
	kvfree_sensitive(object, 100);
	assert_true(debugging() || is_filled_with(object, 128, 0));
}

static void test_reports(void **state)
{
	int local = 0;
	(void)state;

	EXPECT_REPORT(text("slab: BUG kfree: object is of no cache: %p\n", (void *)&local),
		      kfree(&local));
	EXPECT_REPORT(text("slab: BUG ksize: object is of no cache: %p\n", (void *)&local),
		      ksize(&local));
	char *large = kmalloc(3000000, GFP_KERNEL);
	EXPECT_REPORT(text("slab: BUG kfree: invalid free: %p\n", (void *)(large + 64)),
		      kfree(large + 64));
	kfree(large);
	EXPECT_REPORT(text("slab: BUG kfree: double free: %p\n", (void *)large), kfree(large));
	EXPECT_REPORT(text("slab: BUG ksize: object is of no cache: %p\n", (void *)large),
		      ksize(large));
	/* Each once, by the name of the function that was called. */
	EXPECT_REPORT(
		text("slab: BUG kfree_sensitive: object is of no cache: %p\n", (void *)&local),
		kfree_sensitive(&local));
	EXPECT_REPORT(text("slab: BUG krealloc: object is of no cache: %p\n", (void *)&local),
		      kfree(krealloc(&local, 100, GFP_KERNEL)));
	EXPECT_REPORT(text("slab: BUG krealloc: object is of no cache: %p\n", (void *)&local),
		      assert_ptr_equal(krealloc(&local, 0, GFP_KERNEL), ZERO_SIZE_PTR));
}

static void test_dump(void **state)
{
	struct kmem_cache *s = kmem_cache_create("dumped", 100, NULL, 0);
	char *objects[3];
	char *large = kmalloc(3000000, GFP_KERNEL);
	int local = 0;
	(void)state;

	for (size_t i = 0; i < 3; i++)
		objects[i] = kmem_cache_alloc(s, GFP_KERNEL);
	uint32_t per_slab = (uint32_t)slabinfo_of("dumped").per_slab;
	void *slab = (void *)((uintptr_t)objects[0] & ~(uintptr_t)65535);
	size_t index = (uintptr_t)objects[1] % 65536 / (65536 / per_slab);
	EXPECT_REPORT(
		text("slab: %p: cache dumped, slab %p, object %zu of %u, offset 5 of 100 bytes, "
		     "allocated, or at hand in a thread\n",
		     (void *)(objects[1] + 5), slab, index, per_slab),
		assert_true(kmem_dump_obj(objects[1] + 5)));
	kmem_cache_free(s, objects[1]);
	kmem_cache_shrink(s);
	EXPECT_REPORT(
		text("slab: %p: cache dumped, slab %p, object %zu of %u, offset 0 of 100 bytes, "
		     "free\n",
		     (void *)objects[1], slab, index, per_slab),
		assert_true(kmem_dump_obj(objects[1])));
	EXPECT_REPORT(text("slab: %p: kmalloc of 3014656 bytes at %p, offset 9\n",
			   (void *)(large + 9), (void *)large),
		      assert_true(kmem_dump_obj(large + 9)));
	EXPECT_REPORT("", assert_false(kmem_dump_obj(&local)));
	EXPECT_REPORT("", assert_false(kmem_dump_obj(NULL)));
	kfree(large);
	kfree(objects[0]);
	kfree(objects[2]);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void test_check_copy(void **state)
{
	struct kmem_cache *window = kmem_cache_create_usercopy("window", 100, 0, 0, 20, 30, NULL);
	struct kmem_cache *closed = kmem_cache_create("closed", 100, NULL, 0);
	char *none = kmem_cache_alloc(window, GFP_KERNEL);
	char *open = kmem_cache_alloc(window, GFP_KERNEL);
	char *shut = kmem_cache_alloc(closed, GFP_KERNEL);
	char *small = kmalloc(100, GFP_KERNEL);
	char *large = kmalloc(3000000, GFP_KERNEL);
	const char *small_cache = cache_of_object(small);
	char local[10];
	(void)state;

	for (size_t offset = 0; offset <= 100; offset++) {
		for (size_t n = 0; n <= 100; n++) {
			bool fits = !n || (offset >= 20 && offset + n <= 50);

			EXPECT_REPORT(
				fits ? ""
				     : text("slab: BUG window: copy of %zu bytes at %p is not "
					    "within the usercopy window\n",
					    n, (void *)(open + offset)),
				assert_int_equal(kmem_check_copy(open + offset, n), fits));
		}
	}
	EXPECT_REPORT(text("slab: BUG closed: copy of 1 bytes at %p is not within the usercopy "
			   "window\n",
			   (void *)shut),
		      assert_false(kmem_check_copy(shut, 1)));
	EXPECT_REPORT("", assert_true(kmem_check_copy(small, 128)));
	EXPECT_REPORT("", assert_true(kmem_check_copy(small + 100, 28)));
	EXPECT_REPORT(text("slab: BUG %s: copy of 29 bytes at %p is not within the "
			   "usercopy window\n",
			   small_cache, (void *)(small + 100)),
		      assert_false(kmem_check_copy(small + 100, 29)));
	EXPECT_REPORT("", assert_true(kmem_check_copy(large, 3014656)));
	EXPECT_REPORT(text("slab: BUG kmalloc: copy of 3014656 bytes at %p is not within the "
			   "usercopy window\n",
			   (void *)(large + 1)),
		      assert_false(kmem_check_copy(large + 1, 3014656)));
	EXPECT_REPORT(text("slab: BUG kmalloc: copy of %zu bytes at %p is not within the usercopy "
			   "window\n",
			   SIZE_MAX, (void *)(large + 1)),
		      assert_false(kmem_check_copy(large + 1, SIZE_MAX)));
	EXPECT_REPORT("", assert_true(kmem_check_copy(local, sizeof(local))));
	EXPECT_REPORT("", assert_true(kmem_check_copy(NULL, 1)));
	kfree(large);
	kfree(small);
	kfree(shut);
	kfree(open);
	kfree(none);
	assert_int_equal(kmem_cache_destroy(window), 0);
	assert_int_equal(kmem_cache_destroy(closed), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_constant_sizes),
		cmocka_unit_test(test_classes),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_too_much),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_typed),
		cmocka_unit_test(test_krealloc),
		cmocka_unit_test(test_krealloc_zeroed),
		cmocka_unit_test(test_krealloc_no_memory),
		cmocka_unit_test(test_nofail_overflow),
		cmocka_unit_test(test_frees),
		cmocka_unit_test(test_free_sensitive),
		cmocka_unit_test(test_reports),
		cmocka_unit_test(test_dump),
		cmocka_unit_test(test_check_copy),
	};

	return cmocka_run_group_tests_name("kmalloc", tests, NULL, NULL);
}
