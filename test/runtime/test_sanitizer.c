/* SPDX-License-Identifier: MIT */
/*
 * What AddressSanitizer and Memcheck know of objects. Without such a tool there is nothing to see,
 * and only the objects themselves are tried.
 */
#include "harness.h"

#include <stdlib.h>
#include <string.h>

#include <slab/slab-static.h>

#include "sanitizer.h"

#ifdef SLAB_VALGRIND
#include <valgrind/memcheck.h>
#endif

#define MAYBE __attribute__((weak))
MAYBE int __asan_address_is_poisoned(const volatile void *address);
MAYBE int __lsan_do_recoverable_leak_check(void);

/* May the program touch this byte, as far as the tool knows? */
static bool usable(const void *address)
{
	if (__asan_address_is_poisoned)
		return !__asan_address_is_poisoned(address);
#ifdef SLAB_VALGRIND
	unsigned char bits;

	return VALGRIND_GET_VBITS(address, &bits, 1) != 3;
#else
	return true;
#endif
}

static void expect(const char *start, size_t bytes, bool wanted)
{
	for (size_t i = 0; sanitizer_on() && i < bytes; i++)
		if (usable(start + i) != wanted)
			fail_msg("byte %zu of %zu is %susable", i, bytes, wanted ? "not " : "");
}

static void test_bounds(void **state)
{
	static const size_t sizes[] = { 1, 8, 13, 24, 60, 64, 100, 1000, 4096, 5000 };
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct kmem_cache *s = kmem_cache_create("bounds", sizes[i], 0, 0, NULL);
		char *a = kmem_cache_alloc(s, GFP_KERNEL);
		char *b = kmem_cache_zalloc(s, GFP_KERNEL);

		expect(a, sizes[i], true);
		expect(a + sizes[i], 16, false);
		expect(b, sizes[i], true);
		assert_true(is_filled_with(b, sizes[i], 0));
		memset(a, 1, sizes[i]);
		kmem_cache_free(s, a);
		expect(a, sizes[i], false);
		expect(b, sizes[i], true);
		kfree(b);
		expect(b, sizes[i], false);
		assert_int_equal(kmem_cache_destroy(s), 0);
	}
}

/* An object that was freed is not the next one to be handed out. */
static void test_late_reuse(void **state)
{
	struct kmem_cache *s = kmem_cache_create("late", 64, 0, 0, NULL);
	void *first = kmem_cache_alloc(s, GFP_KERNEL);
	(void)state;

	kmem_cache_free(s, first);
	for (int i = 0; sanitizer_on() && i < 100; i++) {
		void *object = kmem_cache_alloc(s, GFP_KERNEL);
		assert_ptr_not_equal(object, first);
		kmem_cache_free(s, object);
	}
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void test_bulk(void **state)
{
	struct kmem_cache *s = kmem_cache_create("bulk", 40, 0, 0, NULL);
	void *objects[300];
	(void)state;

	assert_int_equal(kmem_cache_alloc_bulk(s, GFP_KERNEL, ARRAY_SIZE(objects), objects),
			 ARRAY_SIZE(objects));
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++) {
		expect(objects[i], 40, true);
		memset(objects[i], 1, 40);
	}
	kmem_cache_free_bulk(s, ARRAY_SIZE(objects), objects);
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		expect(objects[i], 40, false);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* Of a class only what was asked for, until somebody asks how much there is. */
static void expect_piece(size_t size)
{
	char *piece = kzalloc(size, GFP_KERNEL);

	assert_true(is_filled_with(piece, size, 0));
	expect(piece, size, true);
	expect(piece + size, 1, false);
	size_t whole = ksize(piece);
	expect(piece, whole, true);
	memset(piece, 1, whole);
	char *smaller = krealloc(piece, size - 2, GFP_KERNEL);
	assert_ptr_equal(smaller, piece);
	expect(smaller, size - 2, true);
	expect(smaller + size - 2, 2, false);
	char *larger = krealloc(smaller, whole + 1, GFP_KERNEL);
	assert_true(is_filled_with(larger, size - 2, 1));
	expect(larger, whole + 1, true);
	kfree(larger);
	/* What has a mapping of its own is unmapped: no tool need watch it. */
	if (whole < (size_t)1 << 20)
		expect(larger, whole + 1, false);
}

static void test_kmalloc(void **state)
{
	static const size_t sizes[] = { 5, 13, 30, 100, 3000, 10000, 100000, 1000000 };
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		expect_piece(sizes[i]);
}

static void construct(void *object)
{
	memset(object, 7, 48);
}

/* What was constructed stays, and means something. */
static void test_ctor(void **state)
{
	struct kmem_cache *s = kmem_cache_create("constructed", 48, 0, 0, construct);
	(void)state;

	for (int i = 0; i < 10; i++) {
		void *object = kmem_cache_alloc(s, GFP_KERNEL);
		assert_true(is_filled_with(object, 48, 7));
		kmem_cache_free(s, object);
		expect(object, 48, false);
	}
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* Readers may look at such objects when they are free. */
static void test_by_rcu(void **state)
{
	struct kmem_cache *s = kmem_cache_create("readers", 48, 0, SLAB_TYPESAFE_BY_RCU, NULL);
	(void)state;

	if (!s) /* a library without liburcu */
		return;
	char *object = kmem_cache_zalloc(s, GFP_KERNEL);
	kmem_cache_free(s, object);
	expect(object, 48, true);
	assert_true(is_filled_with(object, 48, 0));
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* Pages come and go between slabs and large pieces, and nothing of the past stays. */
static void test_churn(void **state)
{
	struct rng rng = rng_make(test_seed(), 0);
	struct {
		char *start;
		size_t size;
	} pieces[64] = { 0 };
	(void)state;

	for (size_t round = 0; round < scaled(3000); round++) {
		size_t i = rng_below(&rng, ARRAY_SIZE(pieces));

		if (pieces[i].start)
			assert_true(pattern_holds(pieces[i].start, pieces[i].size, i));
		kfree(pieces[i].start);
		pieces[i].size = 1 + rng_below(&rng, rng_chance(&rng, 10) ? 200000 : 3000);
		pieces[i].start = kmalloc(pieces[i].size, GFP_KERNEL);
		pattern_fill(pieces[i].start, pieces[i].size, i);
	}
	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++)
		kfree(pieces[i].start);
}

/* A piece of malloc() that only an object knows of is no leak. */
static void test_leaks(void **state)
{
	void **object = kmalloc(sizeof(*object), GFP_KERNEL);
	(void)state;

	*object = malloc(100);
	assert_non_null(*object);
	if (__lsan_do_recoverable_leak_check && sanitizer_on())
		assert_int_equal(__lsan_do_recoverable_leak_check(), 0);
	free(*object);
	kfree(object);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bounds), cmocka_unit_test(test_late_reuse),
		cmocka_unit_test(test_bulk),   cmocka_unit_test(test_kmalloc),
		cmocka_unit_test(test_ctor),   cmocka_unit_test(test_by_rcu),
		cmocka_unit_test(test_churn),  cmocka_unit_test(test_leaks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
