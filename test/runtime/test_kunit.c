/* SPDX-License-Identifier: MIT */

/*
 * What the unit tests of Linux's SLUB expect, by their names, in this allocator. Each bug that is
 * found counts as one error and each repair as another, there as here: slab_debug_errors().
 *
 * Where user space differs:
 * - Free objects hold no pointer to the next one, so test_next_pointer has two halves: bytes in the
 *   place where Linux keeps it are poison, and what is kept outside of the objects instead, the
 *   free map, is not mended, because nothing in user space may write there.
 * - A refused kmem_cache_destroy() says -EBUSY, and the cache goes on.
 * - A free looks at its object by itself, so each bug is looked for in that way, too.
 * Those of kmalloc_nolock() in interrupts are test_in_handler of test_nolock.c, those of
 * kmem_buckets are test_buckets.c.
 */

#include "harness.h"

#include <errno.h>
#include <string.h>

#include <slab/slab-debug.h>
#ifdef SLAB_RCU
#include <urcu/urcu-bp.h>

#include <slab/slab-rcu.h>
#endif
#include <slab/slab-static.h>

#include "cache.h"
#include "forms.h"
#include "slab.h"

static size_t before;

/* Reports are thrown away, and counted. */
static void begin_errors(void)
{
	before = slab_debug_errors();
	capture_begin();
}

static size_t end_errors(void)
{
	capture_end();
	return slab_debug_errors() - before;
}

#define ERRORS_IN(expression) (begin_errors(), (void)(expression), end_errors())

/* What SLAB_DEBUG says is no business of theirs. */
static struct kmem_cache *make(size_t size, slab_flags_t flags)
{
	struct kmem_cache *s = kmem_cache_create("kunit", size, NULL, flags | SLAB_NO_USER_FLAGS);

	CHECK(s);
	return s;
}

static void end(struct kmem_cache *s)
{
	assert_int_equal(ERRORS_IN(assert_int_equal(kmem_cache_destroy(s), 0)), 0);
}

/* The bug and its repair; then all is well. */
static void expect_two_then_none(struct kmem_cache *s)
{
	assert_int_equal(ERRORS_IN(assert_int_equal(kmem_cache_validate(s), 1)), 2);
	assert_int_equal(ERRORS_IN(assert_int_equal(kmem_cache_validate(s), 0)), 0);
}

static void test_clobber_zone(void **state)
{
	const struct forms *forms = *state;
	struct kmem_cache *s = make(64, SLAB_RED_ZONE);
	unsigned char *object = forms->alloc(s, GFP_KERNEL);

	object[64] = 0x36;
	expect_two_then_none(s);
	object[-1] = 0x36;
	expect_two_then_none(s);
	/* Found by the free, which is made all the same. */
	object[64] = 0x36;
	assert_int_equal(ERRORS_IN(forms->free(s, object)), 2);
	assert_int_equal(slabinfo_of("kunit").active, 0);
	end(s);
}

static void test_clobber_redzone_free(void **state)
{
	const struct forms *forms = *state;
	struct kmem_cache *s = make(64, SLAB_RED_ZONE);
	unsigned char *object = forms->alloc(s, GFP_KERNEL);

	forms->free(s, object);
	object[64] = 0xa9;
	expect_two_then_none(s);
	assert_int_equal(object[64], 0xbb);
	end(s);
}

/*
 * There it is three errors, two after the pointer is put right, then none. Here it is two and none:
 * the pointer's place is poison, and nothing hangs on it.
 */
static void test_next_pointer(void **state)
{
	const struct forms *forms = *state;
	struct kmem_cache *s = make(64, SLAB_POISON);
	unsigned char *object = forms->alloc(s, GFP_KERNEL);
	unsigned char *next;

	forms->free(s, object);
	/* In the middle of the object, as there. */
	next = object + 32;
	for (size_t i = 0; i < sizeof(void *); i++)
		next[i] = (unsigned char)~next[i];
	expect_two_then_none(s);
	for (size_t i = 0; i < sizeof(void *); i++)
		assert_int_equal(next[i], 0x6b);
	end(s);
}

/* The list's counterpart: one error each time, as it is not mended, and none when it is put right.
 */
static void test_free_map(void **state)
{
	const struct forms *forms = *state;
	struct kmem_cache *s = make(64, SLAB_POISON);
	void *object = forms->alloc(s, GFP_KERNEL);
	struct slab *slab = (struct slab *)span_of(object);
	uint64_t right;

	forms->free(s, object);
	right = slab->free[0];
	slab->free[0] = ~right;
	assert_int_equal(ERRORS_IN(assert_int_equal(kmem_cache_validate(s), 1)), 1);
	assert_int_equal(ERRORS_IN(assert_int_equal(kmem_cache_validate(s), 1)), 1);
	slab->free[0] = right;
	assert_int_equal(ERRORS_IN(assert_int_equal(kmem_cache_validate(s), 0)), 0);
	end(s);
}

static void clobber_freed(const struct forms *forms, size_t at, unsigned char byte)
{
	struct kmem_cache *s = make(64, SLAB_POISON);
	unsigned char *object = forms->alloc(s, GFP_KERNEL);

	forms->free(s, object);
	object[at] = byte;
	expect_two_then_none(s);
	end(s);
}

static void test_first_word(void **state)
{
	clobber_freed(*state, 0, 0x79);
}

static void test_clobber_50th_byte(void **state)
{
	clobber_freed(*state, 50, 0x9b);
}

/* It is filled with another byte. */
static void test_clobber_last_byte(void **state)
{
	clobber_freed(*state, 63, 0x9b);
}

static kmem_buckets *make_buckets(slab_flags_t flags)
{
	kmem_buckets *buckets =
		kmem_buckets_create("kunit", flags | SLAB_NO_USER_FLAGS, 0, 0, NULL);

	CHECK(buckets);
	return buckets;
}

static void end_buckets(kmem_buckets *buckets)
{
	assert_int_equal(ERRORS_IN(assert_int_equal(kmem_buckets_destroy(buckets), 0)), 0);
}

static struct kmem_cache *cache_behind(const void *object)
{
	return barn_of(span_of(object), object)->cache;
}

static void test_kmalloc_redzone_access(void **state)
{
	kmem_buckets *buckets = make_buckets(SLAB_STORE_USER | SLAB_RED_ZONE);
	unsigned char *object = kmem_buckets_alloc(buckets, 18, GFP_KERNEL);
	(void)state;

	object[18] = 0xa9;
	object[19] = 0xa9;
	expect_two_then_none(cache_behind(object));
	object[18] = 0xa9;
	assert_int_equal(ERRORS_IN(kfree(object)), 2);
	/* No room for a zone behind it: all of the object was asked for. */
	object = kmem_buckets_alloc(buckets, 32, GFP_KERNEL);
	memset(object, 0, 32);
	assert_int_equal(ERRORS_IN(kfree(object)), 0);
	end_buckets(buckets);
}

static void test_krealloc_redzone_zeroing(void **state)
{
	kmem_buckets *buckets = make_buckets(SLAB_STORE_USER | SLAB_RED_ZONE);
	unsigned char *object = kmem_buckets_alloc(buckets, 48, GFP_KERNEL);
	(void)state;

	memset(object, 0xfe, 48);
	assert_ptr_equal(krealloc(object, 40, GFP_KERNEL | __GFP_ZERO), object);
	assert_true(is_filled_with(object, 40, 0xfe));
	assert_true(is_filled_with(object + 40, 24, 0xcc));
	assert_ptr_equal(krealloc(object, 56, GFP_KERNEL | __GFP_ZERO), object);
	assert_true(is_filled_with(object + 40, 16, 0));
	assert_true(is_filled_with(object + 56, 8, 0xcc));
	assert_int_equal(ERRORS_IN(assert_int_equal(kmem_cache_validate(cache_behind(object)), 0)),
			 0);
	object[56] = 1;
	assert_int_equal(ERRORS_IN(object = krealloc(object, 60, GFP_KERNEL | __GFP_ZERO)), 2);
	/* Who asks for the size may use it all. */
	assert_int_equal(ksize(object), 64);
	memset(object, 0xfe, 64);
	unsigned char *larger = krealloc(object, 112, GFP_KERNEL | __GFP_ZERO);
	assert_ptr_not_equal(larger, object);
	assert_true(is_filled_with(larger, 64, 0xfe));
	assert_true(is_filled_with(larger + 64, 48, 0));
	kfree(larger);
	end_buckets(buckets);
}

#ifdef SLAB_RCU
struct deferred_item {
	struct rcu_head rcu;
};

/* The end of the cache waits for what is on its way to it. */
static void test_kfree_rcu(void **state)
{
	const struct forms *forms = *state;
	struct kmem_cache *s = make(sizeof(struct deferred_item), SLAB_NO_MERGE);
	struct deferred_item *item = forms->alloc(s, GFP_KERNEL);

	kfree_rcu(item, rcu);
	end(s);
}

static void *destroy(void *data)
{
	CHECK(kmem_cache_destroy((struct kmem_cache *)data) == 0);
	return NULL;
}

/* In another thread, for a work queue. */
static void test_kfree_rcu_wq_destroy(void **state)
{
	const struct forms *forms = *state;

	for (size_t i = 0; i < 10; i++) {
		struct kmem_cache *s = make(sizeof(struct deferred_item), SLAB_NO_MERGE);
		struct deferred_item *item = forms->alloc(s, GFP_KERNEL);

		kfree_rcu(item, rcu);
		assert_int_equal(ERRORS_IN(thread_join(thread_start(destroy, s))), 0);
	}
}
#endif

/* The refusal and the object; with debug flags the same. */
static void test_leak_destroy(void **state)
{
	static const slab_flags_t flags[] = { SLAB_NO_MERGE, SLAB_POISON | SLAB_STORE_USER };
	const struct forms *forms = *state;

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		struct kmem_cache *s = make(64, flags[i]);
		void *object = forms->alloc(s, GFP_KERNEL);

		assert_int_equal(ERRORS_IN(assert_int_equal(kmem_cache_destroy(s), -EBUSY)), 2);
		forms->free(s, object);
		end(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH_FORMS(test_clobber_zone),
		BOTH_FORMS(test_clobber_redzone_free),
		BOTH_FORMS(test_next_pointer),
		BOTH_FORMS(test_free_map),
		BOTH_FORMS(test_first_word),
		BOTH_FORMS(test_clobber_50th_byte),
		BOTH_FORMS(test_clobber_last_byte),
		cmocka_unit_test(test_kmalloc_redzone_access),
		cmocka_unit_test(test_krealloc_redzone_zeroing),
#ifdef SLAB_RCU
		BOTH_FORMS(test_kfree_rcu),
		BOTH_FORMS(test_kfree_rcu_wq_destroy),
#endif
		BOTH_FORMS(test_leak_destroy),
	};

	return cmocka_run_group_tests_name("kunit", tests, NULL, NULL);
}
