/* SPDX-License-Identifier: MIT */

/* More caches than threads have slots, and memory that goes back to the system. */

#include "harness.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <slab/slab-static.h>

#include "cache.h"
#include "forms.h"
#include "slots.h"
#include "stats.h"

#define CACHES	 (SLOTS + 100)
#define MANY	 ((size_t)200000)
#define SECOND	 1000000
#define PATIENCE 30 /* seconds */

static struct kmem_cache_opaque caches[CACHES];
static void *objects[MANY];

/* A cache beyond the slots works as the others do, on slow paths. */
static void use_cache(const struct forms *forms, struct kmem_cache *s, size_t i)
{
	void *some[20];

	for (size_t j = 0; j < 10; j++)
		some[j] = forms->alloc(s, GFP_KERNEL);
	assert_int_equal(kmem_cache_alloc_bulk(s, GFP_KERNEL, 10, some + 10), 10);
	for (size_t j = 0; j < 20; j++)
		pattern_fill(some[j], 64, i * 20 + j);
	for (size_t j = 0; j < 20; j++)
		assert_true(pattern_holds(some[j], 64, i * 20 + j));
	for (size_t j = 1; j < 10; j++)
		forms->free(s, some[j]);
	kmem_cache_free_bulk(s, 10, some + 10);
	/* One stays. */
	objects[i] = some[0];
}

static void *use_all(void *data)
{
	for (size_t i = 0; i < CACHES; i += 7)
		kmem_cache_free(&caches[i], kmem_cache_alloc(&caches[i], GFP_KERNEL));
	return data;
}

static size_t slot_of(size_t i)
{
	return to_kmem_cache(&caches[i])->barn->slot;
}

static void test_more_caches_than_slots(void **state)
{
	const struct forms *forms = *state;
	size_t without = 0;
	char name[32];

	memset(caches, 0, sizeof(caches));
	for (size_t i = 0; i < CACHES; i++) {
		snprintf(name, sizeof(name), "many-%zu", i);
		assert_int_equal(kmem_cache_setup(&caches[i], name, 64, 0, 0, NULL), 0);
		without += slot_of(i) == 0;
	}
	/* Caches with debug flags have none. */
	if (!debugging())
		assert_in_range(without, CACHES - SLOTS + 1, CACHES - SLOTS + 50);
	for (size_t i = 0; i < CACHES; i++)
		use_cache(forms, to_kmem_cache(&caches[i]), i);
	in_thread(use_all, NULL);
	assert_int_equal(slabinfo_of("many-0").active, 1);
	assert_int_equal(slabinfo_of(name).active, 1);
	assert_int_equal(slot_of(CACHES - 1), 0);

	/* A slot that comes free is used again. */
	forms->free(to_kmem_cache(&caches[5]), objects[5]);
	assert_int_equal(kmem_cache_destroy(&caches[5]), 0);
	assert_int_equal(kmem_cache_setup(&caches[5], "many-5", 64, 0, 0, NULL), 0);
	assert_true(debugging() || slot_of(5) != 0);
	objects[5] = forms->alloc(to_kmem_cache(&caches[5]), GFP_KERNEL);
	/* One without a slot is reported of as any other. */
	EXPECT_REPORT(
		text("slab: BUG %s: invalid free: %p\n", name,
		     (void *)((char *)objects[CACHES - 1] + 8)),
		forms->free(to_kmem_cache(&caches[CACHES - 1]), (char *)objects[CACHES - 1] + 8));

	for (size_t i = 0; i < CACHES; i++) {
		forms->free(to_kmem_cache(&caches[i]), objects[i]);
		assert_int_equal(kmem_cache_shrink(&caches[i]), 0);
		assert_int_equal(kmem_cache_destroy(&caches[i]), 0);
	}
}

/* @n objects of @size bytes, written to; in random order if @shuffled. */
static void alloc_many(const struct forms *forms, struct kmem_cache *s, size_t size, size_t n,
		       bool shuffled)
{
	struct rng rng = rng_make(test_seed(), n);

	for (size_t i = 0; i < n; i++) {
		objects[i] = forms->alloc(s, GFP_KERNEL);
		CHECK(objects[i]);
		memset(objects[i], 0x5e, size);
	}
	for (size_t i = n; shuffled && i > 1; i--) {
		size_t other = rng_below(&rng, i);
		void *object = objects[i - 1];

		objects[i - 1] = objects[other];
		objects[other] = object;
	}
}

/* How many of the objects, in percent: of two on each page, and of all that are larger. */
static size_t percent_resident(size_t size, size_t n)
{
	size_t step = size < 2048 ? 2048 / size : 1;
	size_t seen = 0;
	size_t count = 0;

	for (size_t i = 0; i < n; i += step, seen++)
		count += is_resident(objects[i], size);
	return (100 * count + seen - 1) / seen;
}

/* Nothing stays in memory when all is freed and the cache shrunk or destroyed. */
static void test_comes_back(void **state)
{
	static const size_t sizes[] = { 64, 1000, 5000, 100000, (size_t)3 << 20 };
	const struct forms *forms = *state;

	for (size_t i = 0; i < 2 * ARRAY_SIZE(sizes); i++) {
		size_t size = sizes[i / 2];
		size_t n = ((size_t)12 << 20) / size;
		struct kmem_cache *s = kmem_cache_create("back", size, NULL, 0);

		alloc_many(forms, s, size, n, i % 2);
		assert_int_equal(percent_resident(size, n), 100);
		for (size_t j = 0; j < n; j++)
			forms->free(s, objects[j]);
		assert_int_equal(kmem_cache_shrink(s), 0);
		assert_int_equal(slabinfo_of("back").slabs, 0);
		assert_int_equal(percent_resident(size, n), 0);
		assert_int_equal(kmem_cache_destroy(s), 0);
	}
}

/* Without a call to shrink: some time after the last use, when anything takes a slow path. */
static void test_comes_back_when_idle(void **state)
{
	const struct forms *forms = *state;
	struct kmem_cache *s = kmem_cache_create("idle", 512, NULL, 0);
	struct kmem_cache *other = kmem_cache_create("busy", 8192, NULL, 0);
	size_t n = 20000;
	size_t resident = 100;
	size_t most = debugging() ? 30 : 10;

	alloc_many(forms, s, 512, n, false);
	for (size_t i = 0; i < n; i++)
		forms->free(s, objects[i]);
	/* What the busy cache takes of the memory that came free counts as well. */
	for (int tenths = 0; resident > most && tenths < 10 * PATIENCE; tenths++) {
		void *some[50];

		usleep(SECOND / 10);
		CHECK(kmem_cache_alloc_bulk(other, GFP_KERNEL, 50, some) == 50);
		kmem_cache_free_bulk(other, 50, some);
		resident = percent_resident(512, n);
	}
	assert_in_range(resident, 0, most);
	assert_int_equal(kmem_cache_destroy(s), 0);
	assert_int_equal(kmem_cache_destroy(other), 0);
}

/* The same where nothing but larger pieces is used, which take no slow path. */
static void test_comes_back_beside_large(void **state)
{
	const struct forms *forms = *state;
	struct kmem_cache *s = kmem_cache_create("idle", 512, NULL, 0);
	size_t n = 20000;
	size_t resident = 100;
	size_t most = debugging() ? 30 : 10;

	alloc_many(forms, s, 512, n, false);
	for (size_t i = 0; i < n; i++)
		forms->free(s, objects[i]);
	for (int tenths = 0; resident > most && tenths < 10 * PATIENCE; tenths++) {
		usleep(SECOND / 10);
		for (size_t i = 0; i < 100; i++)
			kfree(kmalloc(9000 + i, GFP_KERNEL));
		resident = percent_resident(512, n);
	}
	assert_in_range(resident, 0, most);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* Threads that have had a lot at hand, and rest. */

#define RESTING 8

static struct kmem_cache *rested;
static pthread_barrier_t at_rest;
static pthread_barrier_t at_end;

static bool sheaf_is_full(void)
{
	const struct slab_slot *slot = slab_slot_at(rested->barn->slot);

	return slot->top == slot->limit;
}

/* Rest with a spare sheaf that is full, and then a full main one. */
static void *use_and_rest(void *data)
{
	const struct forms *forms = data;
	void *some[500];
	size_t freed = 0;

	for (int round = 0; round < 20; round++) {
		for (size_t i = 0; i < ARRAY_SIZE(some); i++) {
			some[i] = forms->alloc(rested, GFP_KERNEL);
			CHECK(some[i]);
		}
		for (freed = 0; round < 19 && freed < ARRAY_SIZE(some); freed++)
			forms->free(rested, some[freed]);
	}
	while (freed < 300 || !sheaf_is_full())
		forms->free(rested, some[freed++]);
	pthread_barrier_wait(&at_rest);
	pthread_barrier_wait(&at_end);
	while (freed < ARRAY_SIZE(some))
		forms->free(rested, some[freed++]);
	return NULL;
}

/* Slow paths of another cache, as a program that goes on has them: more than two sheaves hold. */
static void keep_busy(struct kmem_cache *s)
{
	void *some[3 * SHEAF_OBJECTS];

	for (int i = 0; i < 20; i++) {
		CHECK(kmem_cache_alloc_bulk(s, GFP_KERNEL, ARRAY_SIZE(some), some) ==
		      ARRAY_SIZE(some));
		kmem_cache_free_bulk(s, ARRAY_SIZE(some), some);
	}
}

/* Each keeps one sheaf of a bounded size; the barn, which nobody asks, nothing. */
static void test_threads_at_rest(void **state)
{
	struct kmem_cache *busy = kmem_cache_create("busy", 64, NULL, SLAB_NO_MERGE);
	thread_handle *threads[RESTING];
	size_t kept = SIZE_MAX;

	rested = kmem_cache_create("rested", 4096, NULL, SLAB_NO_MERGE);
	assert_int_equal(pthread_barrier_init(&at_rest, NULL, RESTING + 1), 0);
	assert_int_equal(pthread_barrier_init(&at_end, NULL, RESTING + 1), 0);
	for (size_t i = 0; i < RESTING; i++)
		threads[i] = thread_start(use_and_rest, *state);
	pthread_barrier_wait(&at_rest);
	const size_t most = RESTING * (SHEAF_BYTES / 4096);
	for (int tenths = 0; kept > most && tenths < 10 * PATIENCE; tenths++) {
		usleep(SECOND / 10);
		keep_busy(busy);
		kept = count_at_hand(rested->barn);
	}
	assert_true(kept <= most);
	assert_int_equal(kmem_cache_validate(rested), 0);
	pthread_barrier_wait(&at_end);
	for (size_t i = 0; i < RESTING; i++)
		thread_join(threads[i]);
	pthread_barrier_destroy(&at_rest);
	pthread_barrier_destroy(&at_end);
	assert_int_equal(kmem_cache_destroy(rested), 0);
	assert_int_equal(kmem_cache_destroy(busy), 0);
}

/* The table of a thread that has used a cache; it began with slots that hold nothing. */
static void *use_table(void *s)
{
	kmem_cache_free(s, kmem_cache_alloc(s, GFP_KERNEL));
	const struct slab_slot *slots = (const struct slab_slot *)(void *)slab_slots;
	size_t mine = ((struct kmem_cache *)s)->barn->slot / sizeof(*slots);

	for (size_t i = 0; i < SLOTS; i++)
		CHECK(i == mine || (!slots[i].top && !slots[i].base && !slots[i].limit &&
				    !slots[i].spare && !slots[i].barn));
	return slab_slots;
}

/* A thread leaves its table to the next one; one that nobody wants goes back to the system. */
static void test_tables_of_threads(void **state)
{
	struct kmem_cache *s = kmem_cache_create("first", 64, NULL, SLAB_NO_MERGE);
	struct kmem_cache *busy = kmem_cache_create("busy", 64, NULL, SLAB_NO_MERGE);
	(void)state;

	if (debugging()) /* no slots */
		return;
	char *table = thread_join(thread_start(use_table, s));
	assert_ptr_equal(thread_join(thread_start(use_table, busy)), table);
	assert_ptr_equal(thread_join(thread_start(use_table, s)), table);
	for (int tenths = 0; is_resident(table, 1) && tenths < 10 * PATIENCE; tenths++) {
		usleep(SECOND / 10);
		keep_busy(busy);
	}
	assert_false(is_resident(table, 1));
	assert_int_equal(kmem_cache_destroy(s), 0);
	assert_int_equal(kmem_cache_destroy(busy), 0);
}

/* How often this thread's slot has changed its sheaf after @rounds bulks of @n, out and back. */
static uint32_t changes_after(struct kmem_cache *s, size_t n, int rounds)
{
	void *some[SHEAF_OBJECTS];

	for (int i = 0; i < rounds; i++) {
		CHECK(kmem_cache_alloc_bulk(s, GFP_KERNEL, n, some) == (int)n);
		kmem_cache_free_bulk(s, n, some);
	}
	return slab_slot_at(s->barn->slot)->changes;
}

/* Bulks of @n come to stay within the sheaf, from however many objects at hand they start. */
static void check_settles(struct kmem_cache *s, size_t n)
{
	uint32_t before = 0, changes = 1;

	for (int tries = 0; changes != before; tries++) {
		CHECK(tries < 1000);
		before = changes_after(s, n, 20);
		changes = changes_after(s, n, 20);
	}
}

/* As large as a sheaf may get, or smaller: a bulk after others, and as the first of its cache. */
static void test_bulks_settle(void **state)
{
	static const size_t sizes[] = { 16, 64, 256, 1024, 4096 };
	size_t step = scaled(100) == 100 ? 1 : 21;
	(void)state;

	if (debugging()) /* no slots */
		return;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct kmem_cache *s = kmem_cache_create("bulks", sizes[i], NULL, SLAB_NO_MERGE);
		size_t most = s->barn->most;

		for (size_t n = 1; n <= most; n += step) {
			struct kmem_cache *fresh =
				kmem_cache_create("first", sizes[i], NULL, SLAB_NO_MERGE);

			check_settles(s, n);
			check_settles(fresh, n);
			assert_int_equal(kmem_cache_validate(fresh), 0);
			assert_int_equal(kmem_cache_destroy(fresh), 0);
		}
		assert_int_equal(kmem_cache_validate(s), 0);
		assert_int_equal(kmem_cache_destroy(s), 0);
	}
}

/* A freed large piece is unmapped or purged with the next shrink of whatever cache. */
static void test_large_comes_back(void **state)
{
	struct kmem_cache *s = kmem_cache_create("shrunk", 64, NULL, 0);
	static const size_t sizes[] = { 10000, 100000, (size_t)2 << 20, (size_t)9 << 20 };
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		char *piece = kmalloc(sizes[i], GFP_KERNEL);

		memset(piece, 0x5e, sizes[i]);
		assert_true(is_resident(piece, 1));
		kfree(piece);
		kmem_cache_shrink(s);
		assert_false(is_resident(piece, sizes[i]));
	}
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* Zeroed memory that comes fresh from the system is not written to; other memory is. */
static void test_zeroed(void **state)
{
	/* The last is a mapping of its own. */
	static const size_t sizes[] = { 100000, (size_t)1 << 20, (size_t)2 << 20, (size_t)3 << 20 };
	enum { N = 20 };
	void *pieces[N];
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		/* More than was ever freed: the last is in a segment that nothing has touched. */
		for (size_t j = 0; j < N; j++)
			assert_non_null(pieces[j] = kzalloc(sizes[i], GFP_KERNEL));
		void *last = pieces[N - 1];
		assert_false(is_resident(last, ksize(last)));
		assert_true(is_filled_with(last, ksize(last), 0));
		memset(last, 0x5e, sizes[i]);
		kfree(last);
		pieces[N - 1] = kzalloc(sizes[i], GFP_KERNEL);
		if (sizes[i] <= SEGMENT)
			assert_ptr_equal(pieces[N - 1], last);
		assert_true(is_filled_with(pieces[N - 1], sizes[i], 0));
		kfree_bulk(N, pieces);
	}
}

/* The same memory serves again and again: the address space does not grow. */
static void test_reuse(void **state)
{
	const struct forms *forms = *state;
	struct kmem_cache *s = kmem_cache_create("reuse", 64, NULL, 0);
	size_t n = scaled(MANY);
	size_t most = 0;

	for (int round = 0; round < 20; round++) {
		alloc_many(forms, s, 64, n, round % 2);
		size_t slabs = slabinfo_of("reuse").slabs;
		/* Nearly full slabs: no more than the sheaves and the barn hold beside. */
		if (round == 0)
			most = slabs + 4;
		assert_in_range(slabs, 1, most);
		for (size_t i = 0; i < n; i++)
			forms->free(s, objects[i]);
	}
	assert_int_equal(kmem_cache_destroy(s), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		/* While the process has no memory yet that was used before. */
		cmocka_unit_test(test_zeroed),
		BOTH_FORMS(test_more_caches_than_slots),
		BOTH_FORMS(test_comes_back),
		BOTH_FORMS(test_threads_at_rest),
		cmocka_unit_test(test_tables_of_threads),
		cmocka_unit_test(test_bulks_settle),
		cmocka_unit_test(test_large_comes_back),
		BOTH_FORMS(test_reuse),
		{ "test_comes_back_beside_large", test_comes_back_beside_large, NULL, NULL,
		  (void *)(uintptr_t)&called },
		{ "test_comes_back_when_idle", test_comes_back_when_idle, NULL, NULL,
		  (void *)(uintptr_t)&called },
	};

	return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
