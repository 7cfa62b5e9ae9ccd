/* SPDX-License-Identifier: MIT */
/* Memory pools: the reserve, waiting for it, and what is left when something fails. */
#include "harness.h"

#include <errno.h>

#include <linux/mempool.h>

#include <cmocka.h>

#include "fault.h"

/* An allocator that can be told to fail, and counts. */
static struct source {
	bool empty;
	int out;
} source;

static void *from_source(gfp_t gfp, void *pool_data)
{
	struct source *from = pool_data;

	(void)gfp;
	if (__atomic_load_n(&from->empty, __ATOMIC_RELAXED))
		return NULL;
	__atomic_fetch_add(&from->out, 1, __ATOMIC_RELAXED);
	return kmalloc(32, GFP_KERNEL);
}

static void to_source(void *element, void *pool_data)
{
	__atomic_fetch_sub(&((struct source *)pool_data)->out, 1, __ATOMIC_RELAXED);
	kfree(element);
}

static int start(void **state)
{
	(void)state;
	source = (struct source){ 0 };
	return 0;
}

static void test_reserve(void **state)
{
	static mempool_t pool;
	void *elements[3];
	(void)state;

	assert_false(mempool_initialized(&pool));
	assert_int_equal(mempool_init(&pool, 2, from_source, to_source, &source), 0);
	assert_true(mempool_initialized(&pool));
	assert_true(mempool_is_saturated(&pool));
	assert_int_equal(source.out, 2);
	elements[0] = mempool_alloc(&pool, GFP_KERNEL);
	assert_int_equal(source.out, 3); /* the allocator first */
	source.empty = true;
	elements[1] = mempool_alloc(&pool, GFP_NOWAIT);
	assert_false(mempool_is_saturated(&pool));
	elements[2] = mempool_alloc_preallocated(&pool);
	assert_non_null(elements[2]);
	assert_null(mempool_alloc_preallocated(&pool));
	assert_null(mempool_alloc(&pool, GFP_NOWAIT));
	mempool_free(NULL, &pool);
	for (int i = 0; i < 3; i++)
		mempool_free(elements[i], &pool);
	assert_true(mempool_is_saturated(&pool));
	assert_int_equal(source.out, 2); /* the reserve first */
	mempool_exit(&pool);
	assert_int_equal(source.out, 0);
	assert_false(mempool_initialized(&pool));
	mempool_exit(&pool);
}

static void *free_one(void *pool)
{
	static void *element;

	if (!element)
		return element = mempool_alloc(pool, GFP_KERNEL);
	mempool_free(element, pool);
	return NULL;
}

static void *wait_for_one(void *pool)
{
	return mempool_alloc(pool, GFP_KERNEL);
}

static void test_waits(void **state)
{
	mempool_t *pool = mempool_create(1, from_source, to_source, &source);
	(void)state;

	source.empty = true;
	void *element = free_one(pool);
	thread_handle *waiter = thread_start(wait_for_one, pool);
	free_one(pool);
	assert_ptr_equal(thread_join(waiter), element);
	mempool_free(element, pool);
	mempool_destroy(pool);
	assert_int_equal(source.out, 0);
	mempool_destroy(NULL);
}

static void *hammer(void *pool)
{
	for (size_t i = 0; i < scaled(5000); i++) {
		void *element = mempool_alloc(pool, GFP_KERNEL);

		CHECK(element);
		__atomic_store_n(&source.empty, i % 64 != 0, __ATOMIC_RELAXED);
		mempool_free(element, pool);
	}
	return NULL;
}

static void test_threads(void **state)
{
	mempool_t *pool = mempool_create(3, from_source, to_source, &source);
	thread_handle *threads[8];
	(void)state;

	for (size_t i = 0; i < 8; i++)
		threads[i] = thread_start(hammer, pool);
	for (size_t i = 0; i < 8; i++)
		thread_join(threads[i]);
	assert_true(mempool_is_saturated(pool));
	mempool_destroy(pool);
	assert_int_equal(source.out, 0);
}

static void test_resize(void **state)
{
	mempool_t *pool = mempool_create(2, from_source, to_source, &source);
	(void)state;

	assert_int_equal(mempool_resize(pool, 10), 0);
	assert_int_equal(source.out, 10);
	assert_int_equal(mempool_resize(pool, 3), 0);
	assert_int_equal(source.out, 3);
	assert_true(mempool_is_saturated(pool));
	assert_int_equal(mempool_resize(pool, 0), -EINVAL);
	source.empty = true;
	assert_int_equal(mempool_resize(pool, 5), -ENOMEM);
	source.empty = false;
	assert_int_equal(source.out, 3);
	mempool_destroy(pool);
	assert_int_equal(source.out, 0);
}

static void test_allocators(void **state)
{
	struct kmem_cache *s = kmem_cache_create("elements", 48, NULL, SLAB_NO_MERGE);
	mempool_t of_cache = { 0 }, of_bytes = { 0 };
	(void)state;

	assert_int_equal(mempool_init_slab_pool(&of_cache, 4, s), 0);
	assert_int_equal(slabinfo_of("elements").active, 4);
	mempool_exit(&of_cache);
	assert_int_equal(slabinfo_of("elements").active, 0);
	mempool_t *pool = mempool_create_slab_pool(0, s);
	assert_int_equal(slabinfo_of("elements").active, 1);
	mempool_destroy(pool);
	pool = mempool_create(3, mempool_alloc_slab, mempool_free_slab, (void *)s);
	assert_int_equal(slabinfo_of("elements").active, 3);
	mempool_destroy(pool);
	assert_int_equal(slabinfo_of("elements").active, 0);
	assert_int_equal(kmem_cache_destroy(s), 0);

	assert_int_equal(mempool_init_kmalloc_pool(&of_bytes, 1, 1000), 0);
	void *element = mempool_alloc(&of_bytes, GFP_KERNEL);
	assert_int_equal(ksize(element), 1024);
	mempool_free(element, &of_bytes);
	mempool_exit(&of_bytes);
	pool = mempool_create_kmalloc_pool(1, 20);
	mempool_destroy(pool);
	pool = mempool_create_kvmalloc_pool(1, 20);
	mempool_destroy(pool);
	assert_int_equal(mempool_init_kvmalloc_pool(&of_bytes, 1, 100000), 0);
	element = mempool_alloc_preallocated(&of_bytes);
	assert_int_equal(ksize(element), kmalloc_size_roundup(100000));
	mempool_kvfree(element, NULL);
	mempool_exit(&of_bytes);
	element = mempool_kvmalloc(GFP_KERNEL, (void *)(uintptr_t)10);
	assert_int_equal(ksize(element), 16);
	mempool_kvfree(element, NULL);
	mempool_alloc_t *alloc = mempool_kmalloc;
	mempool_free_t *release = mempool_kfree;
	element = alloc(GFP_KERNEL, (void *)(uintptr_t)2000);
	size_t active = kmalloc_active(2048);
	release(element, NULL);
	assert_int_equal(kmalloc_active(2048), active - 1);
}

static void test_failures(void **state)
{
	mempool_t pool = { 0 };
	(void)state;

	assert_int_equal(mempool_init(&pool, -1, from_source, to_source, &source), -EINVAL);
	source.empty = true;
	assert_int_equal(mempool_init(&pool, 2, from_source, to_source, &source), -ENOMEM);
	assert_false(mempool_initialized(&pool));
	errno = 0;
	assert_null(mempool_create(2, from_source, to_source, &source));
	assert_int_equal(errno, ENOMEM);
	assert_null(mempool_create(-1, from_source, to_source, &source));
	assert_int_equal(errno, EINVAL);
	assert_int_equal(source.out, 0);
	/* Too many elements for memory. */
	assert_int_equal(mempool_init(&pool, INT_MAX, from_source, to_source, &source), -ENOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_reserve, start),
		cmocka_unit_test_setup(test_waits, start),
		cmocka_unit_test_setup(test_threads, start),
		cmocka_unit_test_setup(test_resize, start),
		cmocka_unit_test_setup(test_allocators, start),
		cmocka_unit_test_setup(test_failures, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
