/* SPDX-License-Identifier: MIT */
/* Frees that wait for readers: kfree_rcu() and SLAB_TYPESAFE_BY_RCU. */
#include "harness.h"

#include <errno.h>
#include <string.h>
#include <urcu/urcu-bp.h>

#include <slab/slab-rcu.h>
#include <slab/slab-static.h>

#include <cmocka.h>

#include "fault.h"
#include "pages.h"

struct item {
	unsigned long value;
	struct rcu_head rcu;
	char rest[40];
};

/* How many of a cache's objects are allocated once all that waited is free. */
static size_t active_at_last(const char *name)
{
	kvfree_rcu_barrier();
	return slabinfo_of(name).active;
}

static void test_waits_for_readers(void **state)
{
	struct kmem_cache *s = KMEM_CACHE(item, 0);
	(void)state;

	struct item *item = kmem_cache_alloc(s, GFP_KERNEL);
	item->value = 7;
	urcu_bp_read_lock();
	kfree_rcu(item, rcu);
	/* A grace period cannot end here, however long one waits. */
	assert_int_equal(slabinfo_of("item").active, 1);
	assert_int_equal(item->value, 7);
	urcu_bp_read_unlock();
	assert_int_equal(active_at_last("item"), 0);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void test_null_and_no_bytes(void **state)
{
	struct item *none = NULL;
	(void)state;

	kfree_rcu(none, rcu);
	none = kmalloc(0, GFP_KERNEL);
	kfree_rcu(none, rcu);
	kvfree_rcu_barrier();
}

static void test_large_pieces(void **state)
{
	struct big {
		char bytes[16 << 20]; /* more than is kept mapped */
		struct rcu_head rcu;
	} *big = kmalloc_obj(*big);
	(void)state;

	assert_non_null(span_of(big));
	kvfree_rcu(big, rcu);
	kvfree_rcu_barrier();
	assert_null(span_of(big));
}

static void test_barrier_on_cache(void **state)
{
	struct kmem_cache *s = KMEM_CACHE(item, 0);
	(void)state;

	for (int i = 0; i < 10000; i++) {
		struct item *item = kmem_cache_alloc(s, GFP_KERNEL);

		kfree_rcu(item, rcu);
	}
	kvfree_rcu_barrier_on_cache(s);
	assert_int_equal(slabinfo_of("item").active, 0);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void test_mightsleep(void **state)
{
	struct kmem_cache *s = KMEM_CACHE(item, 0);
	(void)state;

	kfree_rcu_mightsleep(kmem_cache_alloc(s, GFP_KERNEL));
	kvfree_rcu_mightsleep(kmem_cache_alloc(s, GFP_KERNEL));
	assert_int_equal(slabinfo_of("item").active, 0);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void test_destroy_waits(void **state)
{
	struct kmem_cache *s = KMEM_CACHE(item, 0);
	(void)state;

	for (int i = 0; i < 1000; i++) {
		struct item *item = kmem_cache_alloc(s, GFP_KERNEL);

		kfree_rcu(item, rcu);
	}
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static struct kmem_cache *shared;

static void *free_many(void *unused)
{
	for (size_t i = 0; i < scaled(20000); i++) {
		struct item *item = kmem_cache_alloc(shared, GFP_KERNEL);

		urcu_bp_read_lock();
		kfree_rcu(item, rcu);
		/* Atomic: ThreadSanitizer does not see the order that liburcu makes. */
		__atomic_store_n(&item->value, i, __ATOMIC_RELAXED);
		urcu_bp_read_unlock();
	}
	return unused;
}

static void test_threads(void **state)
{
	thread_handle *threads[8];
	(void)state;

	shared = KMEM_CACHE(item, 0);
	for (size_t i = 0; i < 8; i++)
		threads[i] = thread_start(free_many, NULL);
	for (size_t i = 0; i < 8; i++)
		thread_join(threads[i]);
	assert_int_equal(active_at_last("item"), 0);
	assert_int_equal(kmem_cache_destroy(shared), 0);
}

/* Its ctor's mark is what a late reader of a type-safe object may rely on. */
static void mark(void *object)
{
	memset(object, 0x5a, 64);
}

static void test_typesafe(void **state)
{
	enum { N = 5000 };
	static void *objects[N];
	struct kmem_cache *s = kmem_cache_create("typesafe", 64, 0, SLAB_TYPESAFE_BY_RCU, mark);
	(void)state;

	assert_int_equal(kmem_cache_alloc_bulk(s, GFP_KERNEL, N, objects), N);
	urcu_bp_read_lock();
	kmem_cache_free_bulk(s, N, objects);
	assert_int_equal(kmem_cache_shrink(s), 0);
	for (size_t i = 0; i < N; i++) {
		assert_non_null(span_of(objects[i]));
		assert_true(is_filled_with(objects[i], 64, 0x5a));
	}
	urcu_bp_read_unlock();
	kvfree_rcu_barrier();
	for (size_t i = 0; i < N; i++)
		assert_null(span_of(objects[i]));
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* Without the flag memory does not wait: what the test above sees is the flag's doing. */
static void test_not_typesafe(void **state)
{
	struct kmem_cache *s = kmem_cache_create("plain", 64, 0, SLAB_NO_MERGE, mark);
	(void)state;

	void *object = kmem_cache_alloc(s, GFP_KERNEL);
	urcu_bp_read_lock();
	kmem_cache_free(s, object);
	assert_int_equal(kmem_cache_shrink(s), 0);
	assert_null(span_of(object));
	urcu_bp_read_unlock();
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void test_typesafe_destroy(void **state)
{
	static struct kmem_cache_opaque cache;
	(void)state;

	for (int i = 0; i < 3; i++) {
		assert_int_equal(
			kmem_cache_setup(&cache, "typesafe", 96, 0, SLAB_TYPESAFE_BY_RCU, NULL), 0);
		void *object = kmem_cache_alloc(&cache, GFP_KERNEL);
		kmem_cache_free(&cache, object);
		assert_int_equal(kmem_cache_destroy(&cache), 0);
		assert_null(span_of(object));
	}
}

static void in_the_child(void *data)
{
	struct kmem_cache *s = data;
	struct item *item = kmem_cache_alloc(s, GFP_KERNEL);

	urcu_bp_after_fork_child();
	kmem_cache_free(s, item);
	if (SANITIZED) /* starts no thread in such a child */
		return;
	item = kmem_cache_alloc(s, GFP_KERNEL);
	kfree_rcu(item, rcu);
	/* The one that the parent had deferred is freed here, too. */
	CHECK(active_at_last("item") == 0);
	CHECK(kmem_cache_destroy(s) == 0);
}

static void test_fork(void **state)
{
	(void)state;
	/* QEMU's fork() does not hold all of its own locks. */
	if (on_emulator())
		return;
	struct kmem_cache *s = KMEM_CACHE(item, 0);
	for (int i = 0; i < 20; i++) {
		struct item *item = kmem_cache_alloc(s, GFP_KERNEL);

		kfree_rcu(item, rcu);
		urcu_bp_before_fork(); /* as liburcu asks of a program */
		int status = in_child(in_the_child, s);
		urcu_bp_after_fork_parent();
		assert_true(exited_with(status, 0));
	}
	assert_int_equal(active_at_last("item"), 0);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* The first of all: there is no thread yet, and it cannot be had. */
static void test_no_thread(void **state)
{
	static struct kmem_cache_opaque cache;
	(void)state;

	fault_after(0);
	int error = kmem_cache_setup(&cache, "typesafe", 64, 0, SLAB_TYPESAFE_BY_RCU, NULL);
	fault_after(-1);
	assert_int_equal(error, -EAGAIN);

	struct item *item = kmalloc_obj(*item);
	fault_after(0);
	kfree_rcu(item, rcu);
	kvfree_rcu_barrier();
	fault_after(-1);
	assert_non_null(span_of(item));
	kvfree_rcu_barrier();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_thread),	  cmocka_unit_test(test_waits_for_readers),
		cmocka_unit_test(test_null_and_no_bytes), cmocka_unit_test(test_large_pieces),
		cmocka_unit_test(test_barrier_on_cache),  cmocka_unit_test(test_mightsleep),
		cmocka_unit_test(test_destroy_waits),	  cmocka_unit_test(test_threads),
		cmocka_unit_test(test_typesafe),	  cmocka_unit_test(test_not_typesafe),
		cmocka_unit_test(test_typesafe_destroy),  cmocka_unit_test(test_fork),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
