/* SPDX-License-Identifier: MIT */

/*
 * Caches with debug flags: what SLUB's own unit tests do not look at; those are test_kunit.c. The
 * exact reports are in test/misuse.
 */

#include "harness.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include <slab/slab-debug.h>
#include <slab/slab-static.h>

#include "forms.h"

#define ALL (SLAB_CONSISTENCY_CHECKS | SLAB_RED_ZONE | SLAB_POISON | SLAB_STORE_USER)

/* How many errors are reported while an expression runs; the reports themselves are thrown away. */
#define EXPECT_ERRORS(expected, expression)                                         \
	do {                                                                        \
		size_t before_ = slab_debug_errors();                               \
		capture_begin();                                                    \
		(void)(expression);                                                 \
		capture_end();                                                      \
		assert_int_equal((int)(slab_debug_errors() - before_), (expected)); \
	} while (0)

static struct kmem_cache *make(size_t size, slab_flags_t flags)
{
	/* Whatever SLAB_DEBUG says. */
	struct kmem_cache *s =
		kmem_cache_create("debugged", size, NULL, flags | SLAB_NO_USER_FLAGS);

	CHECK(s);
	return s;
}

static void end(struct kmem_cache *s)
{
	EXPECT_ERRORS(0, assert_int_equal(kmem_cache_destroy(s), 0));
}

/* One error and one repair; then all is well. */
static void expect_one(struct kmem_cache *s)
{
	EXPECT_ERRORS(2, assert_int_equal(kmem_cache_validate(s), 1));
	EXPECT_ERRORS(0, assert_int_equal(kmem_cache_validate(s), 0));
}

/* Each is reported once and changes nothing. */
static void test_wrong_frees(void **state)
{
	const struct forms *forms = *state;
	struct kmem_cache *s = kmem_cache_create("checked", 64, NULL, SLAB_CONSISTENCY_CHECKS);
	struct kmem_cache *other = make(64, ALL);
	struct kmem_cache *plain = make(64, SLAB_NO_MERGE);
	char *object = forms->alloc(s, GFP_KERNEL);
	char *foreign = forms->alloc(other, GFP_KERNEL);
	void *undebugged = forms->alloc(plain, GFP_KERNEL);
	int local = 0;

	EXPECT_ERRORS(2, forms->free(s, object + 8));
	EXPECT_ERRORS(2, forms->free(s, object - 8));
	EXPECT_ERRORS(2, forms->free(s, foreign));
	EXPECT_ERRORS(2, forms->free(s, undebugged));
	EXPECT_ERRORS(2, forms->free(s, &local));
	/* Never handed out. */
	EXPECT_ERRORS(2, forms->free(s, object + 64));
	assert_int_equal(slabinfo_of("checked").active, 1);
	EXPECT_ERRORS(0, forms->free(s, object));
	EXPECT_ERRORS(2, forms->free(s, object));
	EXPECT_ERRORS(2, kfree(object));
	EXPECT_ERRORS(0, forms->free(other, foreign));
	forms->free(plain, undebugged);
	end(plain);
	end(other);
	end(s);
}

/* A ctor's state outlasts a free, with red zones around it. */
static void ctor(void *object)
{
	memset(object, 0x42, 64);
}

static void test_ctor(void **state)
{
	const struct forms *forms = *state;
	struct kmem_cache *s =
		kmem_cache_create("constructed", 64, 0, ALL | SLAB_NO_USER_FLAGS, ctor);
	unsigned char *object = forms->alloc(s, GFP_KERNEL);

	assert_true(is_filled_with(object, 64, 0x42));
	forms->free(s, object);
	assert_true(is_filled_with(object, 64, 0x42));
	object[0] = 1;
	EXPECT_ERRORS(0, assert_int_equal(kmem_cache_validate(s), 0));
	object[64] = 1;
	expect_one(s);
	end(s);
}

#ifdef SLAB_RCU
/* A reader may still look at a freed object: it is left alone. */
static void test_typesafe(void **state)
{
	const struct forms *forms = *state;
	struct kmem_cache *s = make(64, ALL | SLAB_TYPESAFE_BY_RCU);
	unsigned char *object = forms->alloc(s, GFP_KERNEL);

	memset(object, 0x42, 64);
	forms->free(s, object);
	assert_true(is_filled_with(object, 64, 0x42));
	object[-1] = 1;
	expect_one(s);
	end(s);
}
#endif

/* What is handed out is filled, so that who reads what he has not written finds no zeros. */
static void test_poison(void **state)
{
	const struct forms *forms = *state;
	struct kmem_cache *s = make(60, ALL);
	unsigned char *object = forms->alloc(s, GFP_KERNEL);

	assert_true(is_filled_with(object, 59, 0x6b));
	assert_int_equal(object[59], 0xa5);
	forms->free(s, object);
	object = forms->zalloc(s, GFP_KERNEL);
	assert_true(is_filled_with(object, 60, 0));
	assert_true(is_filled_with(object + 60, 4, 0xcc));
	forms->free(s, object);
	/* Found by the next one who gets it, too. */
	object[7] = 0;
	EXPECT_ERRORS(2, assert_ptr_equal(forms->alloc(s, GFP_KERNEL), object));
	forms->free(s, object);
	/* And when the slab goes. */
	object[7] = 0;
	EXPECT_ERRORS(2, assert_int_equal(kmem_cache_shrink(s), 0));
	object = forms->alloc(s, GFP_KERNEL);
	forms->free(s, object);
	object[7] = 0;
	EXPECT_ERRORS(2, assert_int_equal(kmem_cache_destroy(s), 0));
}

/* Far behind the end, and behind the last object of the slab. */
static void test_padding(void **state)
{
	struct kmem_cache *s = make(61, SLAB_POISON);
	unsigned char *object = kmem_cache_alloc(s, GFP_KERNEL);
	(void)state;

	object[61] = 1;
	expect_one(s);
	kmem_cache_free(s, object);
	end(s);
	s = make(3000, ALL);
	object = kmem_cache_alloc(s, GFP_KERNEL);
	unsigned char *slab_end = (unsigned char *)((uintptr_t)object | 65535);
	*slab_end = 1;
	expect_one(s);
	kmem_cache_free(s, object);
	end(s);
}

/* Many at once, and set aside, are each checked. */
static void test_bulk_and_sheaf(void **state)
{
	struct kmem_cache *s = make(100, ALL);
	unsigned char *objects[50];
	(void)state;

	assert_int_equal(kmem_cache_alloc_bulk(s, GFP_KERNEL | __GFP_ZERO, 50, (void **)objects),
			 50);
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		assert_true(is_filled_with(objects[i], 100, 0));
	objects[3][100] = 1;
	objects[30][100] = 1;
	EXPECT_ERRORS(4, kmem_cache_free_bulk(s, 50, (void **)objects));
	struct slab_sheaf *sheaf = kmem_cache_prefill_sheaf(s, GFP_KERNEL, 10);
	unsigned char *object = kmem_cache_alloc_from_sheaf(s, GFP_NOWAIT | __GFP_ZERO, sheaf);
	assert_true(is_filled_with(object, 100, 0));
	object[-1] = 1;
	EXPECT_ERRORS(2, kmem_cache_free(s, object));
	EXPECT_ERRORS(0, kmem_cache_return_sheaf(s, GFP_KERNEL, sheaf));
	end(s);
}

/* Which of @n allocations fail, the first one in the lowest bit. */
static unsigned int failures(struct kmem_cache *s, unsigned int n, gfp_t gfp)
{
	unsigned int failed = 0;

	for (unsigned int i = 0; i < n; i++) {
		errno = 0;
		void *object = kmem_cache_alloc(s, gfp);
		if (!object) {
			CHECK(errno == ENOMEM);
			failed |= 1u << i;
		}
		kmem_cache_free(s, object);
	}
	return failed;
}

static void test_failslab(void **state)
{
	struct kmem_cache *s = make(100, SLAB_FAILSLAB);
	struct kmem_cache *other = make(100, SLAB_CONSISTENCY_CHECKS);
	struct slab_failslab none = { 0 };
	struct slab_failslab failslab = {
		.interval = 3, .probability = 100, .space = 250, .times = 2
	};
	(void)state;

	slab_failslab_set(&failslab);
	assert_int_equal(failures(other, 32, GFP_KERNEL), 0);
	assert_int_equal(failures(s, 32, GFP_KERNEL | __GFP_NOFAIL), 0);
	/* 100 bytes, and 100 more, are within the space; then every third fails, twice. */
	assert_int_equal(failures(s, 32, GFP_KERNEL), 1u << 4 | 1u << 7);
	struct slab_failslab half = { .probability = 50, .times = -1, .seed = 4711 };
	slab_failslab_set(&half);
	unsigned int first = failures(s, 32, GFP_KERNEL);
	slab_failslab_set(&half);
	assert_int_equal(failures(s, 32, GFP_NOWAIT), first);
	assert_in_range(__builtin_popcount(first), 8, 24);
	slab_failslab_set(&none);
	assert_int_equal(failures(s, 32, GFP_KERNEL), 0);
	end(other);
	end(s);
}

static void free_twice(void *data)
{
	struct kmem_cache *s = data;
	void *object = kmem_cache_alloc(s, GFP_KERNEL);

	slab_debug_policy_set(SLAB_DEBUG_ABORT);
	kmem_cache_free(s, object);
	kmem_cache_free(s, object);
	(void)kmem_cache_shrink(s);
}

static void go_on(void *data)
{
	struct kmem_cache *s = data;
	void *object = kmem_cache_alloc(s, GFP_KERNEL);

	slab_debug_policy_set(SLAB_DEBUG_ABORT);
	slab_debug_policy_set(SLAB_DEBUG_FIX);
	kmem_cache_free(s, object);
	kmem_cache_free(s, object);
	CHECK(kmem_cache_shrink(s) == 0);
}

/* With debug flags and without. */
static void test_policy(void **state)
{
	(void)state;
	struct kmem_cache *caches[] = { make(100, ALL), make(100, 0) };

	for (size_t i = 0; i < ARRAY_SIZE(caches); i++) {
		assert_true(killed_by(in_child(free_twice, caches[i]), SIGABRT));
		assert_true(child_said("slab: BUG debugged: double free: 0x"));
		assert_null(strstr(child_stderr(), "FIX"));
		assert_true(exited_with(in_child(go_on, caches[i]), 0));
		assert_true(child_said("slab: BUG debugged: double free: 0x"));
		end(caches[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH_FORMS(test_wrong_frees),
		BOTH_FORMS(test_ctor),
#ifdef SLAB_RCU
		BOTH_FORMS(test_typesafe),
#endif
		BOTH_FORMS(test_poison),
		cmocka_unit_test(test_padding),
		cmocka_unit_test(test_bulk_and_sheaf),
		cmocka_unit_test(test_failslab),
		cmocka_unit_test(test_policy),
	};

	return cmocka_run_group_tests_name("debug", tests, NULL, NULL);
}
