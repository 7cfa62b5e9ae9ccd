/* SPDX-License-Identifier: MIT */

/* DEFINE_KMEM_CACHE(): caches that need no setup call, wherever their first use is. */

#include "harness.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <slab/slab-static.h>

#include "cache.h"
#include "fault.h"
#include "forms.h"

#define RACERS	   4
#define PER_RACER  150
#define ATEXIT_RAN 42

struct item {
	long key;
	char text[40];
};

static unsigned int constructed;

static void ctor(void *object)
{
	__atomic_add_fetch(&constructed, 1, __ATOMIC_RELAXED);
	memset(object, 0xc7, sizeof(struct item));
}

DEFINE_KMEM_CACHE(exported_cache, struct item, 0);
static DEFINE_KMEM_CACHE(plain_cache, struct item, SLAB_HWCACHE_ALIGN);
static DEFINE_KMEM_CACHE(rich_cache, struct item, 0, .ctor = ctor, .align = 256,
			 .sheaf_capacity = 20);
static DEFINE_KMEM_CACHE(array_cache, char[1000], 0);
static DEFINE_KMEM_CACHE(early_cache, struct item, 0, .ctor = ctor);
static DEFINE_KMEM_CACHE(late_cache, struct item, 0);
static DEFINE_KMEM_CACHE(bad_cache, struct item, 0, .align = 3);
static DEFINE_KMEM_CACHE(unlucky_cache, struct item, 0);
static DEFINE_KMEM_CACHE(race_cache, struct item, 0);
static DEFINE_KMEM_CACHE(bulk_first, struct item, 0);
static DEFINE_KMEM_CACHE(size_first, struct item, 0);
static DEFINE_KMEM_CACHE(shrink_first, struct item, 0);

static struct item *made_early;
static void *kmalloced_early;

__attribute__((constructor(101))) static void before_main(void)
{
	made_early = kmem_cache_alloc(&early_cache, GFP_KERNEL);
	kmalloced_early = kmalloc(100, GFP_KERNEL);
	kmem_cache_free(&early_cache, kmem_cache_alloc(&early_cache, GFP_KERNEL));
}

static void use(struct kmem_cache_opaque *cache, const char *name, size_t size, size_t align)
{
	struct slabinfo info;

	assert_false(slabinfo_find(name, &info));
	void *object = kmem_cache_alloc(cache, GFP_KERNEL);
	assert_non_null(object);
	assert_int_equal((uintptr_t)object & (align - 1), 0);
	assert_int_equal(kmem_cache_size(cache), size);
	info = slabinfo_of(name);
	assert_int_equal(info.active, 1);
	assert_int_equal(info.size, size);
	kmem_cache_free(cache, object);
	assert_int_equal(kmem_cache_destroy(cache), 0);
}

static void test_first_use(void **state)
{
	(void)state;
	use(&exported_cache, "exported_cache", sizeof(struct item), 8);
	use(&plain_cache, "plain_cache", sizeof(struct item), 64);
	use(&array_cache, "array_cache", 1000, 1);
	constructed = 0;
	use(&rich_cache, "rich_cache", sizeof(struct item), 256);
	assert_true(constructed > 0);
}

/* What DEFINE_KMEM_CACHE() writes, by hand: all of it, and a function in its place. */
static const struct kmem_cache_init *asked_later(void)
{
	static const struct kmem_cache_init init = {
		.name = "asked_later",
		.size = sizeof(struct item),
		.align = 16,
		.flags = SLAB_HWCACHE_ALIGN,
		.shadow_size = KMEM_CACHE_SIZE,
		.shadow_align = KMEM_CACHE_ALIGN,
		.shadow_layout = KMEM_CACHE_LAYOUT,
		.args = { .align = 512, .ctor = ctor },
	};

	return &init;
}

static void test_initialiser(void **state)
{
	static const struct kmem_cache_init first = { .later = asked_later };
	struct kmem_cache_opaque by_function = { .init = &first };
	struct kmem_cache_opaque by_value = { .init = asked_later() };
	(void)state;

	constructed = 0;
	use(&by_function, "asked_later", sizeof(struct item), 512);
	assert_true(constructed > 0);
	constructed = 0;
	use(&by_value, "asked_later", sizeof(struct item), 512);
	assert_true(constructed > 0);
}

/* Any function may be the first to use a cache. */
static void test_first_use_by_others(void **state)
{
	void *objects[3];
	(void)state;

	assert_int_equal(kmem_cache_alloc_bulk(&bulk_first, GFP_KERNEL, 3, objects), 3);
	kmem_cache_free_bulk(&bulk_first, 3, objects);
	assert_int_equal(kmem_cache_size(&size_first), sizeof(struct item));
	assert_int_equal(kmem_cache_shrink(&shrink_first), 0);
	assert_int_equal(kmem_cache_destroy(&bulk_first), 0);
	assert_int_equal(kmem_cache_destroy(&size_first), 0);
	assert_int_equal(kmem_cache_destroy(&shrink_first), 0);
}

static void test_before_main(void **state)
{
	(void)state;
	assert_non_null(made_early);
	assert_true(is_filled_with(made_early, sizeof(*made_early), 0xc7));
	assert_int_equal(slabinfo_of("early_cache").active, 1);
	kmem_cache_free(&early_cache, made_early);
	assert_int_equal(ksize(kmalloced_early), 128);
	kfree(kmalloced_early);
	assert_int_equal(kmem_cache_destroy(&early_cache), 0);
}

static void at_exit(void)
{
	void *first = kmem_cache_alloc(&late_cache, GFP_KERNEL);
	void *second = kmem_cache_zalloc(&late_cache, GFP_KERNEL);

	CHECK(first && second && first != second);
	CHECK(slabinfo_of("late_cache").active == 2);
	kmem_cache_free(&late_cache, first);
	kmem_cache_free(&late_cache, second);
	kfree(kmalloc(1000, GFP_KERNEL));
	CHECK(kmem_cache_destroy(&late_cache) == 0);
	_exit(ATEXIT_RAN);
}

static void leave_by_exit(void *data)
{
	(void)data;
	atexit(at_exit);
	exit(0);
}

static void test_at_exit(void **state)
{
	(void)state;
	assert_true(exited_with(in_child(leave_by_exit, NULL), ATEXIT_RAN));
}

static void test_bad_arguments(void **state)
{
	const struct forms *forms = *state;
	static const char message[] =
		"slab: cache bad_cache: align is no power of two of at most SLAB_MAX_ALIGN\n";
	struct kmem_cache *s = to_kmem_cache(&bad_cache);
	void *object = &bad_cache;

	errno = 0;
	EXPECT_REPORT(message, object = forms->alloc(s, GFP_KERNEL));
	assert_null(object);
	assert_int_equal(errno, EINVAL);
	/* It stays so, and stays defined. */
	EXPECT_REPORT(message, object = forms->zalloc(s, GFP_KERNEL));
	assert_null(object);
	EXPECT_REPORT(message, assert_int_equal(kmem_cache_size(s), 0));
}

/* No memory at the first use: NULL, and the next use tries again. */
static void test_no_memory_at_first(void **state)
{
	const struct forms *forms = *state;
	struct kmem_cache *s = to_kmem_cache(&unlucky_cache);

	for (long n = 0; n < 2; n++) {
		fault_after(n);
		errno = 0;
		void *object = forms->alloc(s, GFP_KERNEL);
		fault_after(-1);
		assert_null(object);
		assert_int_equal(errno, ENOMEM);
	}
	void *object = forms->alloc(s, GFP_KERNEL);
	assert_non_null(object);
	forms->free(s, object);
	assert_int_equal(kmem_cache_destroy(s), 0);
	/* As before, for the other form. */
	s->state = CACHE_FRESH;
}

struct race {
	pthread_barrier_t barrier;
	const struct forms *forms;
	size_t rounds;
	void *objects[RACERS][PER_RACER];
};

static struct race race;

/* Back to the bytes that DEFINE_KMEM_CACHE() gave it. */
static void race_again(void)
{
	static struct kmem_cache_opaque fresh;
	struct slabinfo info = slabinfo_of("race_cache");

	if (!fresh.init)
		fresh.init = race_cache.init;
	CHECK(info.active == 0);
	CHECK(kmem_cache_destroy(&race_cache) == 0);
	memcpy(&race_cache, &fresh, sizeof(fresh));
}

static void *racer(void *data)
{
	void **mine = race.objects[(uintptr_t)data];
	struct kmem_cache *s = to_kmem_cache(&race_cache);

	for (size_t round = 0; round < race.rounds; round++) {
		pthread_barrier_wait(&race.barrier);
		for (size_t i = 0; i < PER_RACER; i++) {
			mine[i] = race.forms->alloc(s, GFP_KERNEL);
			CHECK(mine[i]);
			*(void **)mine[i] = &mine[i];
		}
		for (size_t i = 0; i < PER_RACER; i++) {
			CHECK(*(void **)mine[i] == &mine[i]);
			race.forms->free(s, mine[i]);
		}
		if (pthread_barrier_wait(&race.barrier) == PTHREAD_BARRIER_SERIAL_THREAD)
			race_again();
	}
	return NULL;
}

/* All threads allocate at once from a cache that none has used: one of them sets it up. */
static void test_race(void **state)
{
	thread_handle *threads[RACERS];

	race.forms = *state;
	race.rounds = scaled(4000);
	pthread_barrier_init(&race.barrier, NULL, RACERS);
	capture_begin();
	for (uintptr_t i = 0; i < RACERS; i++)
		threads[i] = thread_start(racer, (void *)i);
	for (size_t i = 0; i < RACERS; i++)
		thread_join(threads[i]);
	assert_string_equal(capture_end(), "");
	pthread_barrier_destroy(&race.barrier);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_before_main),  cmocka_unit_test(test_first_use),
		cmocka_unit_test(test_initialiser),  cmocka_unit_test(test_first_use_by_others),
		cmocka_unit_test(test_at_exit),	     BOTH_FORMS(test_bad_arguments),
		BOTH_FORMS(test_no_memory_at_first), BOTH_FORMS(test_race),
	};

	return cmocka_run_group_tests_name("define", tests, NULL, NULL);
}
