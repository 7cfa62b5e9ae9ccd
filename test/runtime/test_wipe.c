/* SPDX-License-Identifier: MIT */
/* Memory without a past. init_on_alloc=1 or init_on_free=1 is in the environment. */
#include "harness.h"

#include <stdlib.h>
#include <string.h>

static void expect_zeros(struct kmem_cache *s, size_t size)
{
	char *objects[100];

	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < ARRAY_SIZE(objects); i++) {
			objects[i] = kmem_cache_alloc(s, GFP_KERNEL);
			assert_true(is_filled_with(objects[i], size, 0));
			memset(objects[i], 0x55, size);
		}
		for (size_t i = 0; i < ARRAY_SIZE(objects); i++) {
			kmem_cache_free(s, objects[i]);
			if (getenv("init_on_free"))
				assert_true(is_filled_with(objects[i], size, 0));
		}
	}
}

static void test_objects(void **state)
{
	static const size_t sizes[] = { 1, 24, 100, 1000 };
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct kmem_cache *s =
			kmem_cache_create("wiped", sizes[i], NULL, SLAB_NO_USER_FLAGS);
		/* Keeps each slab from being given back. */
		void *keep[200];

		assert_int_equal(kmem_cache_alloc_bulk(s, GFP_KERNEL, ARRAY_SIZE(keep), keep),
				 ARRAY_SIZE(keep));
		for (size_t j = 0; j < ARRAY_SIZE(keep); j++)
			assert_true(is_filled_with(keep[j], sizes[i], 0));
		expect_zeros(s, sizes[i]);
		kmem_cache_free_bulk(s, ARRAY_SIZE(keep), keep);
		assert_int_equal(kmem_cache_destroy(s), 0);
	}
}

/* A wrong free wipes nothing. */
static void test_wrong_free(void **state)
{
	struct kmem_cache *s = kmem_cache_create("wiped", 64, NULL, SLAB_NO_MERGE);
	char *object = kmem_cache_alloc(s, GFP_KERNEL);
	char local[64];
	(void)state;

	memset(object, 1, 64);
	memset(local, 2, sizeof(local));
	EXPECT_REPORT(text("slab: BUG wiped: invalid free: %p\n", (void *)(object + 8)),
		      kmem_cache_free(s, object + 8));
	EXPECT_REPORT(text("slab: BUG wiped: object is not of this cache: %p\n", (void *)local),
		      kmem_cache_free(s, local));
	assert_true(is_filled_with(object, 64, 1));
	assert_true(is_filled_with(local, 64, 2));
	kmem_cache_free(s, object);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void test_kmalloc(void **state)
{
	static const size_t sizes[] = { 8, 100, 5000, 20000, 300000, 3000000 };
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		for (int round = 0; round < 3; round++) {
			char *piece = kmalloc(sizes[i], GFP_KERNEL);

			/* Debugged caches are not wiped; those of kmalloc() end at 1 MiB. */
			if (!debugging() || sizes[i] > (size_t)1 << 20)
				assert_true(is_filled_with(piece, sizes[i], 0));
			memset(piece, 0x55, ksize(piece));
			kfree(piece);
		}
}

static void construct(void *object)
{
	memset(object, 7, 48);
}

static void test_ctor(void **state)
{
	struct kmem_cache *s = kmem_cache_create("constructed", 48, 0, 0, construct);
	void *object = kmem_cache_alloc(s, GFP_KERNEL);
	(void)state;

	assert_true(is_filled_with(object, 48, 7));
	kmem_cache_free(s, object);
	object = kmem_cache_alloc(s, GFP_KERNEL);
	assert_true(is_filled_with(object, 48, 7));
	kmem_cache_free(s, object);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_objects),
		cmocka_unit_test(test_wrong_free),
		cmocka_unit_test(test_kmalloc),
		cmocka_unit_test(test_ctor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
