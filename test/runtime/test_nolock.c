/* SPDX-License-Identifier: MIT */

/* kmalloc_nolock() and kfree_nolock(), also from a handler that interrupts the allocator. */

#include "harness.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>

#include <slab/slab-account.h>

#include "cache.h"
#include "fault.h"
#include "forms.h"
#include "kmalloc.h"
#include "slab.h"
#include "slots.h"

/* Free objects of a class in the slabs, not in sheaves alone: beside some that stay allocated. */
static void stock(size_t size)
{
	void *objects[600];

	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		objects[i] = kmalloc(size, GFP_KERNEL);
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		if (i % 50)
			kfree(objects[i]);
	kmem_cache_shrink(kmalloc_cache(size, 0));
}

static void test_alone(void **state)
{
	(void)state;
	stock(100);
	char *piece = kmalloc_nolock(100, 0, -1);
	assert_non_null(piece);
	assert_int_equal(ksize(piece), 128);
	memset(piece, 0x5e, 128);
	size_t active = kmalloc_active(128);
	kfree_nolock(piece);
	assert_int_equal(kmalloc_active(128), active - 1);
	piece = kmalloc_nolock(100, __GFP_ZERO, -1);
	assert_true(is_filled_with(piece, debugging() ? 100 : 128, 0));
	kfree(piece);
	kfree_nolock(kmalloc(100, GFP_KERNEL));
	assert_int_equal(kmalloc_active(128), active - 1);

	assert_ptr_equal(kmalloc_nolock(0, 0, -1), ZERO_SIZE_PTR);
	kfree_nolock(ZERO_SIZE_PTR);
	kfree_nolock(NULL);
	errno = 0;
	assert_null(kmalloc_nolock(KMALLOC_MAX_CACHE_SIZE + 1, 0, -1));
	assert_null(kmalloc_nolock(SIZE_MAX, 0, -1));
	assert_int_equal(errno, 0);
}

/* A class that nobody has used is not set up; the next larger one serves. */
static void test_other_class(void **state)
{
	(void)state;
	assert_int_equal(kmalloc_cache(4000, 0)->state, CACHE_FRESH);
	assert_null(kmalloc_nolock(4000, 0, -1));
	stock(8000);
	size_t active = kmalloc_active(8192);
	void *piece = kmalloc_nolock(4000, 0, -1);
	assert_int_equal(ksize(piece), 8192);
	kfree_nolock(piece);
	assert_int_equal(kmalloc_active(8192), active);
}

/* While someone holds the lock: no object, and a free that waits for its turn. */
static void test_contended(void **state)
{
	(void)state;
	stock(500);
	struct slab_store *store = kmalloc_cache(500, 0)->barn->store;
	void *piece = kmalloc(500, GFP_KERNEL);
	void *large = kmalloc((size_t)3 << 20, GFP_KERNEL);
	size_t active = kmalloc_active(512);

	lock(&store->lock);
	void *other = kmalloc_nolock(500, 0, -1);
	kfree_nolock(piece);
	kfree_nolock(large);
	unlock(&store->lock);
	assert_true(!other || ksize(other) > 512);
	kfree_nolock(other);
	assert_int_equal(kmalloc_active(512), active - 1);
	assert_false(kmem_dump_obj(large));
	/* Without anybody who asks, a slow path does it. */
	piece = kmalloc(500, GFP_KERNEL);
	lock(&store->lock);
	kfree_nolock(piece);
	unlock(&store->lock);
	struct slab_barn *barn = kmalloc_cache(500, 0)->barn;
	size_t at_hand = slots_count(barn);
	struct kmem_cache *s = kmem_cache_create("slow", 64, NULL, 0);
	kfree(kmem_cache_alloc(s, GFP_KERNEL));
	assert_int_equal(slots_count(barn), debugging() ? 0 : at_hand + 1);
	assert_int_equal(kmem_cache_destroy(s), 0);
	assert_int_equal(kmalloc_active(512), active - 1);
}

static void test_charged(void **state)
{
	struct slab_group *group = slab_group_create(128);
	(void)state;

	kfree(kmalloc(100, GFP_KERNEL_ACCOUNT));
	slab_group_set_current(group);
	void *piece = kmalloc_nolock(100, __GFP_ACCOUNT, -1);
	assert_non_null(piece);
	assert_int_equal(slab_group_charged(group), 128);
	assert_null(kmalloc_nolock(100, __GFP_ACCOUNT, -1));
	kfree_nolock(piece);
	assert_int_equal(slab_group_charged(group), 0);
	slab_group_set_current(NULL);
	assert_int_equal(slab_group_destroy(group), 0);
}

/* What the handler holds over several interruptions. */
enum { KEPT = 40 };

static struct {
	void *piece;
	size_t size;
} kept[KEPT];
static struct rng handler_rng;
static volatile size_t interrupted, got;

static void handler(int signal)
{
	int before = errno;

	(void)signal;
	interrupted++;
	for (int i = 0; i < 4; i++) {
		size_t at = rng_below(&handler_rng, KEPT);

		if (kept[at].piece) {
			CHECK(pattern_holds(kept[at].piece, kept[at].size, at));
			kfree_nolock(kept[at].piece);
			kept[at].piece = NULL;
			continue;
		}
		kept[at].size = 1 + rng_below(&handler_rng, 600);
		kept[at].piece = kmalloc_nolock(kept[at].size, 0, -1);
		if (kept[at].piece) {
			got++;
			pattern_fill(kept[at].piece, kept[at].size, at);
		}
	}
	CHECK(errno == before);
}

static bool stop;

static void *shoot(void *data)
{
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED))
		pthread_kill(*(pthread_t *)data, SIGUSR1);
	return NULL;
}

/* The thread is inside the allocator nearly all the time, and so the signals find it there. */
static void load(void)
{
	enum { HELD = 400 };
	static struct {
		char *piece;
		size_t size;
	} held[HELD];
	struct rng rng = rng_make(test_seed(), 1);

	/* At least until there has been something to see. */
	for (size_t step = 0; step < scaled(300000) || interrupted < 20 || got < 20; step++) {
		size_t i = rng_below(&rng, HELD);

		if (held[i].piece) {
			CHECK(pattern_holds(held[i].piece, held[i].size, i));
			kfree(held[i].piece);
			held[i].piece = NULL;
		} else {
			held[i].size = 1 + rng_below(&rng, 600);
			held[i].piece = kmalloc(held[i].size, GFP_KERNEL);
			CHECK(held[i].piece);
			pattern_fill(held[i].piece, held[i].size, i);
		}
		if (rng_below(&rng, 2000) == 0)
			kmem_cache_shrink(kmalloc_cache(1 + rng_below(&rng, 512), 0));
	}
	for (size_t i = 0; i < HELD; i++) {
		kfree(held[i].piece);
		held[i].piece = NULL;
	}
}

static void count_active(size_t *active)
{
	*active = 0;
	for (size_t size = 8; size <= 1024; size *= 2)
		*active += kmalloc_active(size);
	*active += kmalloc_active(96) + kmalloc_active(192);
}

static void test_in_handler(void **state)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART };
	pthread_t self = pthread_self();
	size_t before, after;
	(void)state;

	for (size_t size = 8; size <= 1024; size = kmalloc_size_roundup(size + 1))
		stock(size);
	stock(1024);
	count_active(&before);
	handler_rng = rng_make(test_seed(), 2);
	assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
	thread_handle *shooter = thread_start(shoot, &self);
	load();
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	thread_join(shooter);
	for (size_t i = 0; i < KEPT; i++)
		kfree_nolock(kept[i].piece);
	count_active(&after);
	assert_int_equal(before, after);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_other_class), /* while classes are fresh */
		cmocka_unit_test(test_alone),	    cmocka_unit_test(test_contended),
		cmocka_unit_test(test_charged),	    cmocka_unit_test(test_in_handler),
	};

	return cmocka_run_group_tests_name("nolock", tests, NULL, NULL);
}
