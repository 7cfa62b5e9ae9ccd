/* SPDX-License-Identifier: MIT */

/* Threads that are cancelled inside the library: others go on, and so does fork(). */

#include "harness.h"

#include <pthread.h>
#include <string.h>

#include <linux/mempool.h>

#include <cmocka.h>

static struct kmem_cache *cache;

static void *while_it_lasts(gfp_t gfp, void *pool_data)
{
	return *(bool *)pool_data ? kmalloc(32, gfp) : NULL;
}

static void give_back(void *element, void *pool_data)
{
	(void)pool_data;
	kfree(element);
}

static void use_all(void *unused)
{
	mempool_t *pool = mempool_create_kmalloc_pool(2, 64);
	struct kmem_cache *other = kmem_cache_create("other", 64, NULL, 0);

	(void)unused;
	CHECK(pool && other);
	mempool_free(mempool_alloc(pool, GFP_KERNEL), pool);
	mempool_destroy(pool);
	kmem_cache_free(other, kmem_cache_alloc(other, GFP_KERNEL));
	CHECK(kmem_cache_shrink(other) == 0);
	CHECK(kmem_cache_destroy(other) == 0);
}

/* In this process, and in a child of fork(), which wants all locks. */
static void all_goes_on(void)
{
	use_all(NULL);
	assert_true(exited_with(in_child(use_all, NULL), 0));
}

static void *wait_for_element(void *pool)
{
	mempool_alloc(pool, GFP_KERNEL);
	return NULL;
}

/* Where it waits is where it is cancelled: the request may come at any time before. */
static void test_waiting_for_an_element(void **state)
{
	bool there_is_some = true;
	mempool_t *pool = mempool_create(1, while_it_lasts, give_back, &there_is_some);
	pthread_t thread;
	void *result;
	(void)state;

	assert_non_null(pool);
	there_is_some = false;
	void *only = mempool_alloc(pool, GFP_KERNEL);
	assert_non_null(only);
	assert_int_equal(pthread_create(&thread, NULL, wait_for_element, pool), 0);
	assert_int_equal(pthread_cancel(thread), 0);
	assert_int_equal(pthread_join(thread, &result), 0);
	assert_ptr_equal(result, PTHREAD_CANCELED);
	all_goes_on();
	mempool_free(only, pool);
	mempool_destroy(pool);
}

static bool *past;

/* What a double free says of comes to light with the lock of the cache's slabs held. */
static void *report(void *unused)
{
	void *object = kmem_cache_alloc(cache, GFP_KERNEL);

	kmem_cache_free(cache, object);
	kmem_cache_free(cache, object);
	pthread_cancel(pthread_self());
	kmem_cache_shrink(cache);
	*past = true;
	pthread_testcancel();
	return unused;
}

static void report_in_thread(void *unused)
{
	pthread_t thread;
	void *result;

	cache = kmem_cache_create("reported", 64, NULL, 0);
	past = unused;
	CHECK(pthread_create(&thread, NULL, report, NULL) == 0);
	CHECK(pthread_join(thread, &result) == 0 && result == PTHREAD_CANCELED);
	CHECK(*past);
	use_all(NULL);
	kmem_cache_free(cache, kmem_cache_alloc(cache, GFP_KERNEL));
}

static void test_reporting(void **state)
{
	bool went_on = false;
	(void)state;

	assert_true(exited_with(in_child(report_in_thread, &went_on), 0));
	assert_non_null(strstr(child_stderr(), "slab: BUG reported: "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_waiting_for_an_element),
		cmocka_unit_test(test_reporting),
	};

	return cmocka_run_group_tests_name("cancel", tests, NULL, NULL);
}
