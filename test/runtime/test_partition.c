/* SPDX-License-Identifier: MIT */

/*
 * SLAB_RANDOM_KMALLOC: kmalloc() by call site. Run with it on, off, and not set at all, which is
 * off but in a hardened library; with calls and inlined. What chance might do once in 10^12 runs or
 * less is taken to be wrong.
 */

#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <slab/slab-static.h>

#include "cache.h"
#include "harden.h"
#include "slab.h"

/* Sites that differ in nothing but where they are. */
#define SITES	   64
#define EIGHT(n)   X(n##0) X(n##1) X(n##2) X(n##3) X(n##4) X(n##5) X(n##6) X(n##7)
#define ALL_SITES  EIGHT(0) EIGHT(1) EIGHT(2) EIGHT(3) EIGHT(4) EIGHT(5) EIGHT(6) EIGHT(7)
#define NOINLINE   __attribute__((noinline))
#define BEHIND(n)  (behind = 1##n) /* keeps the compiler from making one of two */
#define A_CONSTANT 64

static __thread volatile int behind;
static const char *self;

#define X(n)                                                       \
	static NOINLINE void *site_##n(size_t size, gfp_t gfp)     \
	{                                                          \
		void *object = kmalloc(size, gfp);                 \
		BEHIND(n);                                         \
		return object;                                     \
	}                                                          \
	static NOINLINE void *constant_##n(void)                   \
	{                                                          \
		void *object = kmalloc(A_CONSTANT, GFP_KERNEL);    \
		BEHIND(n);                                         \
		return object;                                     \
	}                                                          \
	static NOINLINE void *again_##n(void *object, size_t size) \
	{                                                          \
		object = krealloc(object, size, GFP_KERNEL);       \
		BEHIND(n);                                         \
		return object;                                     \
	}
ALL_SITES
#undef X

static const struct {
	void *(*any)(size_t size, gfp_t gfp);
	void *(*constant)(void);
	void *(*again)(void *object, size_t size);
} sites[SITES] = {
#define X(n) { site_##n, constant_##n, again_##n },
	ALL_SITES
#undef X
};

static bool wanted(void)
{
	const char *wish = getenv("SLAB_RANDOM_KMALLOC");

	return wish ? strcmp(wish, "0") != 0 : HARDENED;
}

static const char *cache_of(const void *object)
{
	struct span *span = span_of(object);

	CHECK(span && span->store);
	return barn_of(span, object)->name;
}

/* The number of the copy that an object of this size comes from; 0 is the class itself. */
static unsigned int copy_of(const void *object, size_t size)
{
	size_t class = kmalloc_size_roundup(size);
	const char *name = cache_of(object);

	if (strcmp(name, text("kmalloc-%zu", class)) == 0)
		return 0;
	for (unsigned int n = 1; n < 16; n++)
		if (strcmp(name, text("kmalloc-rnd-%02u-%zu", n, class)) == 0)
			return n;
	fail_msg("%s is no copy of kmalloc-%zu", name, class);
	return 0;
}

/* Eight copies at least of 16, at 64 sites by chance; without partitions one. */
static void expect_copies(uint32_t seen)
{
	if (wanted())
		assert_in_range(__builtin_popcount(seen), 8, 16);
	else
		assert_int_equal(seen, 1);
}

/* A site has one copy of a class, the same each time and for all classes; sites have many. */
static void test_sites(void **state)
{
	uint32_t seen = 0;
	(void)state;

	for (size_t i = 0; i < SITES; i++) {
		void *first = sites[i].any(64, GFP_KERNEL);
		unsigned int copy = copy_of(first, 64);

		seen |= UINT32_C(1) << copy;
		for (size_t size = 1; size <= KMALLOC_MAX_CACHE_SIZE; size = size * 3 / 2 + 1) {
			char *object = sites[i].any(size, GFP_KERNEL | __GFP_ZERO);

			assert_int_equal(copy_of(object, size), copy);
			assert_true(is_filled_with(object, size, 0));
			assert_int_equal(ksize(object), kmalloc_size_roundup(size));
			assert_true(kmem_check_copy(object, ksize(object)));
			memset(object, 0x5a, size);
			kfree(object);
		}
		kfree(first);
	}
	expect_copies(seen);
}

static void test_constant(void **state)
{
	uint32_t seen = 0;
	(void)state;

	for (size_t i = 0; i < SITES; i++) {
		void *objects[300];

		for (size_t n = 0; n < ARRAY_SIZE(objects); n++) {
			objects[n] = sites[i].constant();
			assert_string_equal(cache_of(objects[n]), cache_of(objects[0]));
			memset(objects[n], 0x5a, A_CONSTANT);
		}
		seen |= UINT32_C(1) << copy_of(objects[0], A_CONSTANT);
		kfree_bulk(ARRAY_SIZE(objects), objects);
	}
	expect_copies(seen);
}

/* The site is that of krealloc(), not one inside of it. */
static void test_krealloc(void **state)
{
	uint32_t seen = 0;
	uint32_t grown = 0;
	(void)state;

	for (size_t i = 0; i < SITES; i++) {
		char *object = sites[i].again(NULL, 100);

		seen |= UINT32_C(1) << copy_of(object, 100);
		pattern_fill(object, 100, i);
		object = sites[i].again(object, 1000);
		grown |= UINT32_C(1) << copy_of(object, 1000);
		assert_true(pattern_holds(object, 100, i));
		kfree(object);
	}
	expect_copies(seen);
	assert_int_equal(grown, seen);
}

/* Accounted ones, sets of their own, large pieces. */
static void test_not_split(void **state)
{
	kmem_buckets *buckets = kmem_buckets_create("mine", 0, 0, 0, NULL);
	(void)state;

	for (size_t i = 0; i < SITES; i++) {
		void *charged = sites[i].any(64, GFP_KERNEL | __GFP_ACCOUNT);
		void *mine = kmem_buckets_alloc(buckets, 64, GFP_KERNEL);
		void *big = sites[i].any(100000, GFP_KERNEL);
		void *large = sites[i].any((size_t)3 << 20, GFP_KERNEL);

		assert_string_equal(cache_of(charged), "kmalloc-cg-64");
		assert_string_equal(cache_of(mine), "mine-64");
		assert_string_equal(cache_of(big), "kmalloc-114688");
		assert_null(span_of(large)->store);
		assert_ptr_equal(sites[i].any(0, GFP_KERNEL), ZERO_SIZE_PTR);
		kfree(charged);
		kfree(mine);
		kfree(big);
		kfree(large);
	}
	assert_int_equal(kmem_buckets_destroy(buckets), 0);
}

/* The table has a line for each copy that is in use, with what is allocated there. */
static void test_slabinfo(void **state)
{
	enum { SIZE = 500, CLASS = 512 };
	size_t counts[16] = { 0 };
	size_t before[16] = { 0 };
	void *objects[SITES];
	struct slabinfo info;
	(void)state;

	for (unsigned int n = 0; n < 16; n++) {
		const char *name = n ? text("kmalloc-rnd-%02u-%d", n, CLASS) : "kmalloc-512";

		before[n] = slabinfo_find(name, &info) ? info.active : 0;
	}
	for (size_t i = 0; i < SITES; i++) {
		objects[i] = sites[i].any(SIZE, GFP_KERNEL);
		counts[copy_of(objects[i], SIZE)]++;
	}
	for (unsigned int n = 0; n < 16; n++) {
		const char *name = n ? text("kmalloc-rnd-%02u-%d", n, CLASS) : "kmalloc-512";

		assert_true(slabinfo_find(name, &info) || !counts[n]);
		if (counts[n])
			assert_int_equal(info.active, before[n] + counts[n]);
	}
	kfree_bulk(SITES, objects);
}

/* A handler's site may have a copy that nobody else has ever used. */
static void test_nolock(void **state)
{
	static const size_t sizes[] = { 8, 96, 1000, 8192 };
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		/* One site fills one copy. */
		void *mine = sites[i].any(sizes[i], GFP_KERNEL);
		void *other = sites[i].any(sizes[i], GFP_KERNEL);
		kfree(other);
		for (size_t n = 0; n < 4; n++) {
			char *object = kmalloc_nolock(sizes[i], __GFP_ZERO, 0);

			assert_non_null(object);
			assert_true(is_filled_with(object, sizes[i], 0));
			memset(object, 0x5a, sizes[i]);
			kfree_nolock(object);
		}
		kfree(mine);
	}
}

static void *use(void *data)
{
	struct rng *rng = data;
	enum { MANY = 200 };
	char *objects[MANY] = { NULL };
	size_t sizes_of[MANY] = { 0 };

	for (size_t round = 0; round < scaled(20000); round++) {
		size_t i = rng_below(rng, MANY);

		CHECK(!objects[i] || pattern_holds(objects[i], sizes_of[i], i));
		kfree(objects[i]);
		sizes_of[i] = rng_below(rng, 300) + 1;
		objects[i] = sites[rng_below(rng, SITES)].any(sizes_of[i], GFP_KERNEL);
		pattern_fill(objects[i], sizes_of[i], i);
	}
	for (size_t i = 0; i < MANY; i++)
		kfree(objects[i]);
	return NULL;
}

static void test_threads(void **state)
{
	thread_handle *threads[4];
	struct rng rngs[ARRAY_SIZE(threads)];
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
		rngs[i] = rng_make(test_seed(), i);
		threads[i] = thread_start(use, &rngs[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++)
		thread_join(threads[i]);
}

/* The copy of each site, as a process sees it. */
static void print_copies(void)
{
	for (size_t i = 0; i < SITES; i++)
		printf("%c", 'a' + (int)copy_of(sites[i].any(64, GFP_KERNEL), 64));
	printf("\n");
}

static void run_once_more(char *copies, size_t size)
{
	FILE *output = popen(text("'%s' copies", self), "r");

	CHECK(output);
	CHECK(fgets(copies, (int)size, output));
	CHECK(strlen(copies) == SITES + 1);
	CHECK(pclose(output) == 0);
}

/* The sites are where they were, so the seed alone tells them apart. */
static void test_processes(void **state)
{
	char first[SITES + 2];
	char second[SITES + 2];
	(void)state;

	if (on_emulator()) /* the system cannot run it */
		return;
	run_once_more(first, sizeof(first));
	run_once_more(second, sizeof(second));
	assert_int_equal(strcmp(first, second) != 0, wanted());
}

static void test_wrong_value(void **state)
{
	(void)state;
	if (on_emulator()) /* the system cannot run it */
		return;
	check_wrong_switch(self, "copies", "SLAB_RANDOM_KMALLOC");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sites),	  cmocka_unit_test(test_constant),
		cmocka_unit_test(test_krealloc),  cmocka_unit_test(test_not_split),
		cmocka_unit_test(test_slabinfo),  cmocka_unit_test(test_nolock),
		cmocka_unit_test(test_processes), cmocka_unit_test(test_wrong_value),
		cmocka_unit_test(test_threads),
	};

	self = argv[0];
	if (argc == 2 && strcmp(argv[1], "copies") == 0) {
		print_copies();
		return 0;
	}
	return cmocka_run_group_tests_name("partition", tests, NULL, NULL);
}
