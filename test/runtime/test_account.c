/* SPDX-License-Identifier: MIT */

/* Accounting groups: what is charged to them, when it goes, and what the limit does. */

#include "harness.h"

#include <errno.h>
#include <string.h>

#include <slab/slab-account.h>
#include <slab/slab-static.h>

#include "fault.h"
#include "forms.h"
#include "harden.h"

static struct slab_group *enter(size_t limit)
{
	struct slab_group *group = slab_group_create(limit);

	assert_non_null(group);
	assert_null(slab_group_set_current(group));
	return group;
}

static void leave(struct slab_group *group)
{
	assert_ptr_equal(slab_group_set_current(NULL), group);
	assert_int_equal(slab_group_charged(group), 0);
	assert_int_equal(slab_group_destroy(group), 0);
}

static void test_objects(void **state)
{
	const struct forms *forms = *state;
	struct kmem_cache *s = kmem_cache_create("account", 40, NULL, SLAB_ACCOUNT);
	struct slab_group *group = enter(SIZE_MAX);
	void *objects[300];

	void *first = forms->alloc(s, GFP_KERNEL);
	assert_int_equal(slab_group_charged(group), 40);
	void *second = forms->zalloc(s, GFP_KERNEL);
	assert_true(is_filled_with(second, 40, 0));
	assert_int_equal(slab_group_charged(group), 80);
	forms->free(s, first);
	assert_int_equal(slab_group_charged(group), 40);
	kfree(second);
	assert_int_equal(slab_group_charged(group), 0);
	assert_int_equal(kmem_cache_alloc_bulk(s, GFP_KERNEL, 300, objects), 300);
	assert_int_equal(slab_group_charged(group), 300 * 40);
	kmem_cache_free_bulk(s, 200, objects);
	kmem_cache_free_bulk(NULL, 100, objects + 200);
	assert_int_equal(slab_group_charged(group), 0);
	/* Twice is once. */
	first = forms->alloc(s, GFP_KERNEL);
	second = forms->alloc(s, GFP_KERNEL);
	forms->free(s, first);
	EXPECT_WRONG_FREE(text("slab: BUG account: double free: %p\n", first),
			  forms->free(s, first), kmem_cache_shrink(s));
	assert_int_equal(slab_group_charged(group), 40);
	forms->free(s, second);
	leave(group);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* Only where the cache, or the flag of kmalloc(), asks for it, and a group is current. */
static void test_what_is_charged(void **state)
{
	const struct forms *forms = *state;
	struct kmem_cache *plain = kmem_cache_create("plain", 40, NULL, 0);
	struct kmem_cache *s = kmem_cache_create("account", 40, NULL, SLAB_ACCOUNT);
	void *before = forms->alloc(s, GFP_KERNEL);
	struct slab_group *group = enter(SIZE_MAX);

	void *object = forms->alloc(plain, GFP_KERNEL);
	void *piece = kmalloc(100, GFP_KERNEL);
	assert_int_equal(slab_group_charged(group), 0);
	forms->free(plain, object);
	kfree(piece);
	forms->free(s, before);
	assert_int_equal(slab_group_charged(group), 0);
	leave(group);
	assert_int_equal(kmem_cache_destroy(plain), 0);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void test_kmalloc(void **state)
{
	static const size_t sizes[] = { 1, 8, 100, 8192, 8193, 100000, (size_t)3 << 20 };
	struct slab_group *group = enter(SIZE_MAX);
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		char *piece = kmalloc(sizes[i], GFP_KERNEL_ACCOUNT);

		assert_non_null(piece);
		assert_int_equal(slab_group_charged(group), ksize(piece));
		assert_int_equal(ksize(piece), kmalloc_size_roundup(sizes[i]));
		assert_true(kmem_check_copy(piece, sizes[i]));
		piece = krealloc(piece, sizes[i] * 2, GFP_KERNEL_ACCOUNT);
		assert_int_equal(slab_group_charged(group), ksize(piece));
		/* Moved without the flag it is not charged. */
		piece = krealloc(piece, ksize(piece) + 1, GFP_KERNEL);
		assert_int_equal(slab_group_charged(group), 0);
		kfree(piece);
		/* Aligned like the others. */
		piece = kmalloc(1024, GFP_KERNEL_ACCOUNT);
		assert_int_equal((uintptr_t)piece % 1024, 0);
		kfree(piece);
	}
	leave(group);
}

static void *free_in_thread(void *object)
{
	CHECK(!slab_group_set_current(NULL));
	kfree(object);
	return NULL;
}

/* A charge belongs to whom allocated, whoever frees, and whatever is current then. */
static void test_moves(void **state)
{
	const struct forms *forms = *state;
	struct kmem_cache *s = kmem_cache_create("account", 64, NULL, SLAB_ACCOUNT);
	struct slab_group *first = enter(SIZE_MAX);
	void *of_first = forms->alloc(s, GFP_KERNEL);
	void *also = forms->alloc(s, GFP_KERNEL);
	struct slab_group *second = slab_group_create(SIZE_MAX);

	assert_ptr_equal(slab_group_set_current(second), first);
	void *of_second = forms->alloc(s, GFP_KERNEL);
	assert_int_equal(slab_group_charged(first), 128);
	assert_int_equal(slab_group_charged(second), 64);
	forms->free(s, of_first);
	assert_int_equal(slab_group_charged(first), 64);
	in_thread(free_in_thread, also);
	assert_int_equal(slab_group_charged(first), 0);
	assert_int_equal(slab_group_charged(second), 64);
	assert_int_equal(slab_group_destroy(first), 0);
	forms->free(s, of_second);
	leave(second);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void test_limit(void **state)
{
	const struct forms *forms = *state;
	struct kmem_cache *s = kmem_cache_create("account", 64, NULL, SLAB_ACCOUNT);
	struct slab_group *group = enter(3 * 64 + 48);
	void *objects[4];

	for (size_t i = 0; i < 3; i++)
		assert_non_null(objects[i] = forms->alloc(s, GFP_KERNEL));
	errno = 0;
	assert_null(forms->alloc(s, GFP_KERNEL));
	assert_int_equal(errno, ENOMEM);
	assert_int_equal(slab_group_charged(group), 3 * 64);
	assert_int_equal(slabinfo_of("account").active, 3);
	/* Up to the last byte. */
	void *piece = kmalloc(32, GFP_KERNEL_ACCOUNT);
	assert_non_null(piece);
	assert_null(kmalloc(32, GFP_KERNEL_ACCOUNT));
	assert_null(kmalloc(100000, GFP_KERNEL_ACCOUNT));
	assert_non_null(objects[3] = kmalloc(16, GFP_KERNEL_ACCOUNT));
	kfree(objects[3]);
	kfree(piece);
	forms->free(s, objects[2]);
	/* All or nothing. */
	assert_int_equal(kmem_cache_alloc_bulk(s, GFP_KERNEL, 2, objects + 2), 0);
	assert_int_equal(slab_group_charged(group), 2 * 64);
	assert_int_equal(kmem_cache_alloc_bulk(s, GFP_KERNEL, 1, objects + 2), 1);
	kmem_cache_free_bulk(s, 3, objects);
	leave(group);
	/* Nothing is charged by an allocation that fails for want of memory. */
	group = enter(SIZE_MAX);
	fault_after(0);
	assert_null(kmalloc((size_t)9 << 20, GFP_KERNEL_ACCOUNT));
	fault_after(1);
	assert_null(kmalloc((size_t)9 << 20, GFP_KERNEL_ACCOUNT));
	fault_after(-1);
	leave(group);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void test_busy(void **state)
{
	struct slab_group *group = enter(1000);
	void *piece = kmalloc(10, GFP_KERNEL_ACCOUNT);
	(void)state;

	assert_int_equal(slab_group_destroy(group), -EBUSY);
	kfree(piece);
	assert_int_equal(slab_group_destroy(group), -EBUSY);
	leave(group);
	assert_int_equal(slab_group_destroy(NULL), 0);
	fault_after(0);
	errno = 0;
	assert_null(slab_group_create(1));
	fault_after(-1);
	assert_int_equal(errno, ENOMEM);
}

enum { WORKERS = 3, HELD = 64, BYTES = 64 };

struct shared {
	struct rng rng;
	struct kmem_cache *cache;
	struct slab_group *group;
};

static void *work(void *data)
{
	const struct shared *shared = data;
	void *held[HELD] = { NULL };
	struct rng rng = shared->rng;

	CHECK(!slab_group_set_current(shared->group));
	for (size_t step = 0; step < scaled(30000); step++) {
		size_t i = rng_below(&rng, HELD);

		if (held[i]) {
			kmem_cache_free(shared->cache, held[i]);
			held[i] = NULL;
		} else {
			held[i] = kmem_cache_alloc(shared->cache, GFP_KERNEL);
		}
		CHECK(slab_group_charged(shared->group) <= HELD * BYTES);
	}
	for (size_t i = 0; i < HELD; i++)
		kmem_cache_free(shared->cache, held[i]);
	CHECK(slab_group_set_current(NULL) == shared->group);
	return NULL;
}

/* The limit holds at every moment, and in the end nothing is left. */
static void test_threads(void **state)
{
	struct shared shared = { rng_make(test_seed(), 1),
				 kmem_cache_create("account", BYTES, NULL, SLAB_ACCOUNT),
				 slab_group_create(HELD * BYTES) };
	thread_handle *threads[WORKERS];
	(void)state;

	for (size_t i = 0; i < WORKERS; i++)
		threads[i] = thread_start(work, &shared);
	for (size_t i = 0; i < WORKERS; i++)
		thread_join(threads[i]);
	assert_int_equal(slab_group_charged(shared.group), 0);
	assert_int_equal(slab_group_destroy(shared.group), 0);
	assert_int_equal(kmem_cache_destroy(shared.cache), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH_FORMS(test_objects),	BOTH_FORMS(test_what_is_charged),
		cmocka_unit_test(test_kmalloc), BOTH_FORMS(test_moves),
		BOTH_FORMS(test_limit),		cmocka_unit_test(test_busy),
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests_name("account", tests, NULL, NULL);
}
