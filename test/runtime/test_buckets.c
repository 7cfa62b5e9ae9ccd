/* SPDX-License-Identifier: MIT */

/* Sets of size classes, bulk frees without a cache, and pointers that free themselves. */

#include "harness.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include <slab/cleanup.h>

#include "fault.h"
#include "pages.h"

static unsigned int constructed;

static void ctor(void *object)
{
	constructed++;
	memset(object, 0xc7, 8);
}

static void test_sizes(void **state)
{
	kmem_buckets *buckets = kmem_buckets_create("mine", 0, 0, 0, NULL);
	kmem_buckets *others = kmem_buckets_create("other", 0, 0, 0, NULL);
	(void)state;

	assert_non_null(buckets);
	for (size_t size = 1; size <= KMALLOC_MAX_CACHE_SIZE; size += 1 + size / 7) {
		char *mine = kmem_buckets_alloc(buckets, size, GFP_KERNEL | __GFP_ZERO);
		char *common = kmalloc(size, GFP_KERNEL);

		assert_int_equal(ksize(mine), kmalloc_size_roundup(size));
		assert_true(is_filled_with(mine, debugging() ? size : ksize(mine), 0));
		assert_int_equal(slabinfo_of(text("mine-%zu", ksize(mine))).active, 1);
		char *other = kmem_buckets_alloc(others, size, GFP_KERNEL);
		/* Never beside another's. */
		assert_int_not_equal((uintptr_t)mine / UNIT, (uintptr_t)other / UNIT);
		kfree(other);
		assert_int_not_equal((uintptr_t)mine / UNIT, (uintptr_t)common / UNIT);
		kfree(mine);
		kfree(common);
	}
	/* Beyond its classes. */
	void *large = kmem_buckets_alloc(buckets, 100000, GFP_KERNEL);
	assert_int_equal(ksize(large), kmalloc_size_roundup(100000));
	kfree(large);
	assert_ptr_equal(kmem_buckets_alloc(buckets, 0, GFP_KERNEL), ZERO_SIZE_PTR);
	assert_null(kmem_buckets_valloc(buckets, (size_t)1 << 31, GFP_KERNEL));
	kfree(kmem_buckets_valloc(buckets, 100, GFP_KERNEL));
	void *tracked = kmem_buckets_alloc_track_caller(buckets, 100, GFP_KERNEL);
	assert_int_equal(slabinfo_of("mine-128").active, 1);
	kfree(tracked);
	assert_int_equal(kmem_buckets_destroy(buckets), 0);
	assert_int_equal(kmem_buckets_destroy(others), 0);
	assert_int_equal(kmem_buckets_destroy(NULL), 0);
}

/* A class is set up when it is first used. */
static void test_lazy(void **state)
{
	kmem_buckets *buckets = kmem_buckets_create("lazy", 0, 0, 0, NULL);
	struct slabinfo info;
	(void)state;

	assert_false(slabinfo_find("lazy-64", &info));
	kfree(kmem_buckets_alloc(buckets, 64, GFP_KERNEL));
	assert_true(slabinfo_find("lazy-64", &info));
	assert_int_equal(kmem_buckets_destroy(buckets), 0);
	assert_false(slabinfo_find("lazy-64", &info));
}

static void test_busy(void **state)
{
	kmem_buckets *buckets = kmem_buckets_create("busy", 0, 0, 0, NULL);
	void *small = kmem_buckets_alloc(buckets, 8, GFP_KERNEL);
	void *piece = kmem_buckets_alloc(buckets, 100, GFP_KERNEL);
	(void)state;

	kfree(small);
	EXPECT_REPORT(text("slab: BUG busy-128: kmem_cache_destroy() with 1 object allocated\n"
			   "slab: busy-128: object %p is still allocated\n",
			   piece),
		      assert_int_equal(kmem_buckets_destroy(buckets), -EBUSY));
	/* All of it goes on. */
	kfree(kmem_buckets_alloc(buckets, 8, GFP_KERNEL));
	kfree(kmem_buckets_alloc(buckets, 100, GFP_KERNEL));
	kfree(piece);
	assert_int_equal(kmem_buckets_destroy(buckets), 0);
}

static void test_window_and_ctor(void **state)
{
	kmem_buckets *buckets = kmem_buckets_create("window", 0, 16, 100, ctor);
	(void)state;

	char *tiny = kmem_buckets_alloc(buckets, 8, GFP_KERNEL);
	char *piece = kmem_buckets_alloc(buckets, 200, GFP_KERNEL);
	assert_true(constructed > 0);
	assert_true(is_filled_with(tiny, 8, 0xc7));
	assert_true(kmem_check_copy(piece + 16, 100));
	EXPECT_REPORT(text("slab: BUG window-256: copy of 101 bytes at %p is not within the "
			   "usercopy window\n",
			   (void *)(piece + 16)),
		      assert_false(kmem_check_copy(piece + 16, 101)));
	capture_begin();
	assert_false(kmem_check_copy(tiny, 1));
	capture_end();
	kfree(tiny);
	kfree(piece);
	assert_int_equal(kmem_buckets_destroy(buckets), 0);
}

static void test_bad(void **state)
{
	(void)state;
	errno = 0;
	EXPECT_REPORT("slab: cache bad-8192: flags holds unknown bits\n",
		      assert_null(kmem_buckets_create("bad", 0x80000000u, 0, 0, NULL)));
	assert_int_equal(errno, EINVAL);
	for (long n = 0; n < 3; n++) {
		fault_after(n);
		errno = 0;
		assert_null(kmem_buckets_create("poor", 0, 0, 0, NULL));
		fault_after(-1);
		assert_int_equal(errno, ENOMEM);
	}
}

static void panic_bad(void *data)
{
	(void)data;
	(void)kmem_buckets_create("bad", SLAB_PANIC | 0x80000000u, 0, 0, NULL);
}

static void panic_poor(void *data)
{
	fault_after((long)(intptr_t)data);
	(void)kmem_buckets_create("poor", SLAB_PANIC, 0, 0, NULL);
}

static void test_panic(void **state)
{
	(void)state;
	assert_true(killed_by(in_child(panic_bad, NULL), SIGABRT));
	assert_true(child_said("slab: cache bad-8192: flags holds unknown bits\n"
			       "slab: cache bad-8192: cannot be set up: Invalid argument\n"));
	assert_true(killed_by(in_child(panic_poor, NULL), SIGABRT));
	assert_true(child_said("slab: cache poor: cannot be set up: Cannot allocate memory\n"));
	assert_true(killed_by(in_child(panic_poor, (void *)1), SIGABRT));
	assert_true(
		child_said("slab: cache poor-8192: cannot be set up: Cannot allocate memory\n"));
}

static void test_kfree_bulk(void **state)
{
	struct kmem_cache *s = kmem_cache_create("bulk", 40, NULL, 0);
	size_t active = 0;
	void *objects[4];
	(void)state;

	objects[0] = kmalloc(8, GFP_KERNEL);
	objects[1] = kmem_cache_alloc(s, GFP_KERNEL);
	objects[2] = kmalloc((size_t)3 << 20, GFP_KERNEL);
	objects[3] = kmalloc(8, GFP_KERNEL);
	active = kmalloc_active(8);
	kfree_bulk(4, objects);
	assert_int_equal(kmalloc_active(8), active - 2);
	assert_false(kmem_dump_obj(objects[2]));
	kfree_bulk(0, NULL);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

struct node {
	long key;
	char text[24];
};

static unsigned int put;

static void node_put(struct node *node)
{
	put++;
	kfree(node);
}

DEFINE_FREE(node_put, struct node *, if (_T) node_put(_T))

static struct node *make(bool fails)
{
	struct node *node __free(node_put) = kzalloc_obj(*node);

	if (!node || fails)
		return NULL;
	return_ptr(node);
}

static void test_cleanup(void **state)
{
	size_t before = kmalloc_active(32);
	(void)state;

	assert_null(make(true));
	assert_int_equal(put, 1);
	struct node *node = make(false);
	assert_int_equal(put, 1);
	assert_int_equal(kmalloc_active(32), before + 1);
	capture_begin();
	{
		struct node *one __free(kfree) = node;
		char *two __free(kvfree) = kvmalloc(32, GFP_KERNEL);
		char *three __free(kfree_sensitive) = kmalloc(32, GFP_KERNEL);
		char *none __free(kfree) = NULL;

		assert_true(one && two && three && !none);
		assert_int_equal(kmalloc_active(32), before + 3);
		char *error __free(kfree) = (char *)(intptr_t)-ENOMEM;
		char *last __free(kvfree) = (char *)(intptr_t)-1;
		char *first __free(kfree_sensitive) = (char *)(intptr_t)-4095;

		assert_true(error && last && first);
		struct node *mine = no_free_ptr(one);
		assert_null(one);
		kfree(mine);
		struct node *taken __free(kfree) = kzalloc_obj(*taken);
		mine = taken;
		retain_and_null_ptr(taken);
		assert_null(taken);
		kfree(mine);
	}
	assert_string_equal(capture_end(), "");
	assert_int_equal(kmalloc_active(32), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),	   cmocka_unit_test(test_lazy),
		cmocka_unit_test(test_busy),	   cmocka_unit_test(test_window_and_ctor),
		cmocka_unit_test(test_bad),	   cmocka_unit_test(test_panic),
		cmocka_unit_test(test_kfree_bulk), cmocka_unit_test(test_cleanup),
	};

	return cmocka_run_group_tests_name("buckets", tests, NULL, NULL);
}
