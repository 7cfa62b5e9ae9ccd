/* SPDX-License-Identifier: MIT */

/*
 * Out of memory at every point where the runtime asks for some: each is made to fail in turn, until
 * the operation succeeds. What failed leaves nothing behind, and works as soon as there is memory.
 */

#include "harness.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <slab/slab-static.h>

#include "cache.h"
#include "fault.h"
#include "forms.h"

/* No operation has more points of failure than this; a loop that gets here does not end. */
#define MAX_POINTS 1000

static struct kmem_cache_opaque shadow;
static const struct kmem_cache_opaque fresh;

/* How much the address space grows while @fn runs many times; a lost piece each time shows. */
static void expect_no_growth(void (*fn)(void))
{
	for (int i = 0; i < 10; i++)
		fn();
	size_t before = address_space();
	for (int i = 0; i < 10000; i++)
		fn();
	assert_in_range(address_space(), 0, before + ((size_t)128 << 10));
}

static void test_setup(void **state)
{
	long n = 0;
	int error = 0;
	(void)state;

	do {
		assert_in_range(n, 0, MAX_POINTS);
		memset(&shadow, 0, sizeof(shadow));
		fault_after(n++);
		error = kmem_cache_setup(&shadow, "setup", 32, 0, 0, NULL);
		fault_after(-1);
		if (error) {
			assert_int_equal(error, -ENOMEM);
			assert_memory_equal(&shadow, &fresh, sizeof(shadow));
		}
	} while (error);
	assert_true(n > 2);
	assert_int_equal(kmem_cache_destroy(&shadow), 0);
}

/* A destroyed cache that cannot be set up again stays destroyed. */
static void test_setup_again(void **state)
{
	int error = 0;
	(void)state;

	memset(&shadow, 0, sizeof(shadow));
	assert_int_equal(kmem_cache_setup(&shadow, "once", 32, 0, 0, NULL), 0);
	assert_int_equal(kmem_cache_destroy(&shadow), 0);
	for (long n = 0; n == 0 || error; n++) {
		assert_in_range(n, 0, MAX_POINTS);
		fault_after(n);
		error = kmem_cache_setup(&shadow, "again", 32, 0, 0, NULL);
		fault_after(-1);
		if (error)
			EXPECT_REPORT("slab: BUG once: kmem_cache_alloc() after "
				      "kmem_cache_destroy()\n",
				      kmem_cache_alloc(&shadow, GFP_KERNEL));
	}
	assert_int_equal(kmem_cache_destroy(&shadow), 0);
}

static void test_create(void **state)
{
	struct kmem_cache *s = NULL;
	long n = 0;
	(void)state;

	while (!s) {
		assert_in_range(n, 0, MAX_POINTS);
		fault_after(n++);
		errno = 0;
		s = kmem_cache_create("create", 32, NULL, 0);
		fault_after(-1);
		if (!s)
			assert_int_equal(errno, ENOMEM);
	}
	assert_true(n > 3);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static long fault_point;

static void fail_create(void)
{
	fault_after(fault_point);
	struct kmem_cache *s = kmem_cache_create("leaky", 32, NULL, 0);
	fault_after(-1);
	if (s)
		kmem_cache_destroy(s);
}

static void test_create_leaks_nothing(void **state)
{
	(void)state;
	for (fault_point = 0; fault_point < 5; fault_point++)
		expect_no_growth(fail_create);
	/* Nor has one of the threads' slots got lost: a cache still gets one. */
	memset(&shadow, 0, sizeof(shadow));
	assert_int_equal(kmem_cache_setup(&shadow, "slotted", 32, 0, 0, NULL), 0);
	assert_true(debugging() || to_kmem_cache(&shadow)->barn->slot != 0);
	assert_int_equal(kmem_cache_destroy(&shadow), 0);
}

static void panic_without_memory(void *data)
{
	(void)data;
	fault_after(0);
	(void)kmem_cache_create("panic", 32, NULL, SLAB_PANIC);
}

static void test_panic(void **state)
{
	(void)state;
	assert_true(killed_by(in_child(panic_without_memory, NULL), SIGABRT));
	assert_true(child_said("slab: cache panic: cannot be set up: Cannot allocate memory\n"));
}

struct first {
	const struct forms *forms;
	struct kmem_cache *cache;
	long point;
	bool failed;
	void *objects[400];
};

static void *alloc_first(void *data)
{
	struct first *first = data;

	fault_after(first->point);
	errno = 0;
	void *object = first->forms->alloc(first->cache, GFP_KERNEL);
	int error = errno;
	fault_after(-1);
	first->failed = !object;
	if (object) {
		memset(object, 0x5e, 64);
		first->forms->free(first->cache, object);
	} else {
		CHECK(error == ENOMEM);
		CHECK(slabinfo_of("first").active == 0);
	}
	/* Now there is memory. */
	object = first->forms->alloc(first->cache, GFP_KERNEL);
	CHECK(object);
	CHECK(slabinfo_of("first").active == 1);
	first->forms->free(first->cache, object);
	return NULL;
}

/* A fresh thread, a fresh cache, a process that has no memory for objects yet. */
static void alloc_first_in_child(void *data)
{
	struct first *first = data;

	first->cache = kmem_cache_create("first", 64, NULL, 0);
	in_thread(alloc_first, first);
	CHECK(kmem_cache_destroy(first->cache) == 0);
	_Exit(first->failed);
}

static void test_first_alloc(void **state)
{
	struct first first = { .forms = *state };
	int points = 0;

	/* One more than needed: a success that fell back may be followed by a full one. */
	for (first.point = 0; first.point < 20; first.point++) {
		int status = in_child(alloc_first_in_child, &first);

		if (status != 0) {
			points++;
			assert_true(exited_with(status, 1));
		}
	}
	assert_in_range(points, 3, 19);
}

static void test_first_alloc_same_process(void **state)
{
	struct first first = { .forms = *state };

	for (first.point = 0; first.point < 20; first.point++) {
		first.cache = kmem_cache_create("first", 64, NULL, 0);
		in_thread(alloc_first, &first);
		assert_int_equal(kmem_cache_destroy(first.cache), 0);
	}
}

/* Threads come and go without memory for their tables. */
static void alloc_in_poor_thread(void)
{
	struct first first = { .forms = &called, .point = fault_point };

	first.cache = kmem_cache_create("first", 64, NULL, 0);
	in_thread(alloc_first, &first);
	CHECK(kmem_cache_destroy(first.cache) == 0);
}

static void test_first_alloc_leaks_nothing(void **state)
{
	(void)state;
	for (fault_point = 0; fault_point < 8; fault_point++) {
		for (int i = 0; i < 10; i++)
			alloc_in_poor_thread();
		size_t before = address_space();
		for (int i = 0; i < 300; i++)
			alloc_in_poor_thread();
		/* A table is 256 KiB, a sheaf 1 KiB. */
		assert_in_range(address_space(), 0, before + ((size_t)128 << 10));
	}
}

/* All or nothing, wherever in the middle memory ends. */
static void test_bulk(void **state)
{
	enum { N = 500 };
	static void *objects[N];
	struct kmem_cache *s = kmem_cache_create("bulk", 4000, NULL, 0);
	long n = 0;
	int got = 0;
	(void)state;

	while (!got) {
		assert_in_range(n, 0, MAX_POINTS);
		fault_after(n++);
		errno = 0;
		got = kmem_cache_alloc_bulk(s, GFP_KERNEL, N, objects);
		fault_after(-1);
		if (!got) {
			assert_int_equal(errno, ENOMEM);
			assert_int_equal(slabinfo_of("bulk").active, 0);
		}
		/* What the failure left at hand would be enough the next time. */
		if (!got)
			assert_int_equal(kmem_cache_shrink(s), 0);
	}
	assert_int_equal(got, N);
	assert_true(n > 20);
	assert_int_equal(slabinfo_of("bulk").active, N);
	kmem_cache_free_bulk(s, N, objects);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void test_kmalloc(void **state)
{
	static const size_t sizes[] = { 100, 5000, 100000, (size_t)3 << 20 };
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		long n = 0;
		void *piece = NULL;

		while (!piece) {
			assert_in_range(n, 0, MAX_POINTS);
			fault_after(n++);
			errno = 0;
			piece = kmalloc(sizes[i], GFP_KERNEL);
			fault_after(-1);
			if (!piece)
				assert_int_equal(errno, ENOMEM);
		}
		memset(piece, 0x5e, sizes[i]);
		kfree(piece);
		assert_true(n > 2);
	}
}

static void fail_kmalloc(void)
{
	fault_after(fault_point);
	void *small = kmalloc(100000, GFP_KERNEL);
	void *large = kmalloc((size_t)3 << 20, GFP_KERNEL);
	fault_after(-1);
	kfree(small);
	kfree(large);
}

static void test_kmalloc_leaks_nothing(void **state)
{
	(void)state;
	for (fault_point = 0; fault_point < 6; fault_point++)
		expect_no_growth(fail_kmalloc);
}

static void *free_only(void *data)
{
	struct first *first = data;

	fault_after(first->point);
	for (size_t i = 0; i < ARRAY_SIZE(first->objects); i++)
		first->forms->free(first->cache, first->objects[i]);
	fault_after(-1);
	return NULL;
}

static void alloc_all(struct first *first)
{
	size_t n = ARRAY_SIZE(first->objects);

	assert_int_equal(kmem_cache_alloc_bulk(first->cache, GFP_KERNEL, n, first->objects), n);
}

/* Freeing needs no memory, though it takes some if there is any. */
static void test_frees(void **state)
{
	struct first first = { .forms = *state };

	first.cache = kmem_cache_create("freed", 64, NULL, 0);
	for (first.point = 0; first.point < 20; first.point++) {
		/* By a fresh thread, and by this one. */
		alloc_all(&first);
		EXPECT_REPORT("", in_thread(free_only, &first));
		assert_int_equal(slabinfo_of("freed").active, 0);
		alloc_all(&first);
		EXPECT_REPORT("", free_only(&first));
		assert_int_equal(slabinfo_of("freed").active, 0);
		assert_int_equal(kmem_cache_shrink(first.cache), 0);
	}
	assert_int_equal(kmem_cache_destroy(first.cache), 0);
}

/* Allocation goes on from what is held already when there is no more. */
static void test_from_what_is_held(void **state)
{
	const struct forms *forms = *state;
	struct kmem_cache *s = kmem_cache_create("held", 512, NULL, 0);
	static void *objects[5000];
	size_t held = 0;
	size_t again = 0;

	forms->free(s, forms->alloc(s, GFP_KERNEL));
	fault_after(0);
	while (held < ARRAY_SIZE(objects) && (objects[held] = forms->alloc(s, GFP_KERNEL)) != NULL)
		held++;
	assert_int_equal(held, slabinfo_of("held").objects);
	for (size_t i = 0; i < held; i++)
		forms->free(s, objects[i]);
	while (again < held && (objects[again] = forms->alloc(s, GFP_NOWAIT)) != NULL)
		again++;
	fault_after(-1);
	assert_int_equal(again, held);
	kmem_cache_free_bulk(s, held, objects);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void nofail_alloc(void *data)
{
	const struct forms *forms = data;
	struct kmem_cache *s = kmem_cache_create("nofail", 64, NULL, 0);

	fault_after(0);
	forms->alloc(s, GFP_KERNEL | __GFP_NOFAIL);
}

static void nofail_bulk(void *data)
{
	struct kmem_cache *s = kmem_cache_create("nofail", 64, NULL, 0);
	static void *objects[10];

	(void)data;
	fault_after(0);
	kmem_cache_alloc_bulk(s, GFP_KERNEL | __GFP_NOFAIL, 10, objects);
}

static void nofail_kmalloc(void *data)
{
	(void)data;
	fault_after(0);
	kmalloc(3000000, GFP_KERNEL | __GFP_NOFAIL);
}

static void test_nofail(void **state)
{
	static const char message[] =
		"slab: nofail: an allocation that must not fail failed: Cannot allocate memory\n";

	assert_true(killed_by(in_child(nofail_alloc, *state), SIGABRT));
	assert_non_null(strstr(child_stderr(), message));
	assert_true(killed_by(in_child(nofail_bulk, NULL), SIGABRT));
	assert_non_null(strstr(child_stderr(), message));
	assert_true(killed_by(in_child(nofail_kmalloc, NULL), SIGABRT));
	assert_non_null(strstr(child_stderr(),
			       "slab: kmalloc() of 3000000 bytes that must not fail failed\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		/* While the process has no memory for objects yet. */
		BOTH_FORMS(test_first_alloc),
		BOTH_FORMS(test_first_alloc_same_process),
		cmocka_unit_test(test_first_alloc_leaks_nothing),
		cmocka_unit_test(test_setup),
		cmocka_unit_test(test_setup_again),
		cmocka_unit_test(test_create),
		cmocka_unit_test(test_create_leaks_nothing),
		cmocka_unit_test(test_panic),
		cmocka_unit_test(test_bulk),
		cmocka_unit_test(test_kmalloc),
		cmocka_unit_test(test_kmalloc_leaks_nothing),
		BOTH_FORMS(test_frees),
		BOTH_FORMS(test_from_what_is_held),
		BOTH_FORMS(test_nofail),
	};

	return cmocka_run_group_tests_name("faults", tests, NULL, NULL);
}
