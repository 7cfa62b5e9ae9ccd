/* SPDX-License-Identifier: MIT */

/*
 * Caches that share slabs: that they do, which do not, and that nobody who uses them can tell but
 * by addresses. Run again with sharing turned off from outside.
 */

#include "harness.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <slab/slab-static.h>

#include "cache.h"
#include "fault.h"
#include "forms.h"
#include "harden.h"
#include "slab.h"

static void ctor(void *object)
{
	memset(object, 0xc7, 8);
}

static bool turned_off(void)
{
	const char *debug = getenv("SLAB_DEBUG");

	return getenv("slab_nomerge") || (debug && strcmp(debug, "-") != 0);
}

static bool share(const struct kmem_cache *a, const struct kmem_cache *b)
{
	return a->barn->store == b->barn->store;
}

/* They have objects in one slab, too. */
static void expect_shared(struct kmem_cache *a, struct kmem_cache *b, const struct forms *forms)
{
	char *of_a = forms->alloc(a, GFP_KERNEL);
	char *of_b = forms->alloc(b, GFP_KERNEL);

	assert_int_equal(share(a, b), !turned_off());
	assert_int_equal((uintptr_t)of_a / UNIT == (uintptr_t)of_b / UNIT, !turned_off());
	forms->free(a, of_a);
	forms->free(b, of_b);
}

struct kind {
	size_t size;
	slab_flags_t flags;
	struct kmem_cache_args args;
};

static struct kmem_cache *create(const char *name, const struct kind *kind)
{
	struct kmem_cache *s = kmem_cache_create(name, kind->size, &kind->args, kind->flags);

	assert_non_null(s);
	return s;
}

/* The same whichever of the two comes first. */
static void compare(const struct kind *x, const struct kind *y, bool shared)
{
	for (int turn = 0; turn < 2; turn++) {
		struct kmem_cache *first = create("first", turn ? y : x);
		struct kmem_cache *second = create("second", turn ? x : y);

		assert_int_equal(share(first, second), shared && !turned_off());
		assert_int_equal(kmem_cache_destroy(first), 0);
		assert_int_equal(kmem_cache_destroy(second), 0);
	}
}

static void test_who_shares(void **state)
{
	static const struct kind base = { 200, 0, { 0 } };
	static const struct kind same[] = {
		{ 200, 0, { 0 } },
		{ 193, 0, { 0 } }, /* within a word */
		{ 200, SLAB_PANIC, { 0 } },
		{ 200, 0, { .align = 8 } },
		{ 197, 0, { .align = 4 } },
		{ 200, 0, { .sheaf_capacity = 300 } },
		{ 200, SLAB_NO_USER_FLAGS, { 0 } },
	};
	static const struct kind others[] = {
		{ 192, 0, { 0 } },
		{ 201, 0, { 0 } },
		{ 200, 0, { .align = 16 } },
		{ 200, SLAB_HWCACHE_ALIGN, { 0 } },
		{ 200, SLAB_NO_MERGE, { 0 } },
		{ 200, SLAB_NOLEAKTRACE, { 0 } },
		{ 200, SLAB_RECLAIM_ACCOUNT, { 0 } },
		{ 200, SLAB_CACHE_DMA, { 0 } },
		{ 200, SLAB_ACCOUNT, { 0 } },
		{ 200, SLAB_CONSISTENCY_CHECKS, { 0 } },
		{ 200, SLAB_RED_ZONE, { 0 } },
		{ 200, SLAB_POISON, { 0 } },
		{ 200, SLAB_STORE_USER, { 0 } },
		{ 200, SLAB_TRACE, { 0 } },
		{ 200, SLAB_FAILSLAB, { 0 } },
		{ 200, 0, { .ctor = ctor } },
		{ 200, 0, { .usersize = 8 } },
	};
	static const struct kind aligned = { 200, 0, { .align = 64 } };
	static const struct kind lines = { 256, SLAB_HWCACHE_ALIGN, { 0 } };
	static const struct kind page = { 4096, 0, { 0 } };
	static const struct kind aligned_page = { 4096, 0, { .align = 4096 } };
	static const struct kind page_and_line = { 4160, 0, { .align = 64 } };
	static const struct kind reclaimed = { 200, SLAB_RECLAIM_ACCOUNT, { .align = 8 } };
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(same); i++)
		compare(&base, &same[i], true);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		compare(&base, &others[i], false);
	for (size_t i = 4; i < ARRAY_SIZE(others); i++)
		compare(&others[i], &others[i], i == 6 || i == 7);
	compare(&aligned, &lines, true);
	/* Pages lie a line apart unless they are aligned as such. */
	compare(&page, &page_and_line, true);
	compare(&page, &aligned_page, false);
	compare(&reclaimed, &others[6], true);
}

/* Not even where sizes fit: kmalloc's caches may be copied from. */
static void test_not_with_kmalloc(void **state)
{
	static const struct kind kind = { 64, 0, { .align = 64 } };
	char *piece = kmalloc(64, GFP_KERNEL);
	struct kmem_cache *s = create("like-kmalloc", &kind);
	(void)state;

	char *object = kmem_cache_alloc(s, GFP_KERNEL);
	assert_int_not_equal((uintptr_t)piece / UNIT, (uintptr_t)object / UNIT);
	EXPECT_REPORT("", assert_true(kmem_check_copy(piece, 64)));
	EXPECT_REPORT(text("slab: BUG like-kmalloc: copy of 64 bytes at %p is not within the "
			   "usercopy window\n",
			   (void *)object),
		      assert_false(kmem_check_copy(object, 64)));
	kfree(object);
	kfree(piece);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static DEFINE_KMEM_CACHE(defined, char[72], 0);

/* Static, defined and created ones, in every order of making, use and end. */
static void test_order(void **state)
{
	const struct forms *forms = *state;

	for (int order = 0; order < 6; order++) {
		static struct kmem_cache_opaque shadow;
		struct kmem_cache *caches[3] = { NULL };

		for (int step = 0; step < 3; step++) {
			int which = (step * (1 + order % 2) + order / 2) % 3;

			if (which == 0)
				caches[0] = kmem_cache_create("created", 72, NULL, 0);
			if (which == 1) {
				assert_int_equal(
					kmem_cache_setup(&shadow, "set-up", 72, 0, 0, NULL), 0);
				caches[1] = to_kmem_cache(&shadow);
			}
			if (which == 2) {
				/* As if for the first time. */
				to_kmem_cache(&defined)->state = CACHE_FRESH;
				caches[2] = to_kmem_cache(&defined);
				assert_int_equal(kmem_cache_size(caches[2]), 72);
			}
		}
		expect_shared(caches[0], caches[1], forms);
		expect_shared(caches[1], caches[2], forms);
		for (int step = 0; step < 3; step++) {
			int which = (step * (1 + order / 3) + order) % 3;
			struct kmem_cache *rest = caches[(which + 1) % 3];

			assert_int_equal(kmem_cache_destroy(caches[which]), 0);
			caches[which] = NULL;
			if (rest)
				forms->free(rest, forms->alloc(rest, GFP_KERNEL));
		}
	}
}

/* Each keeps its own count, size and name. */
static void test_own_statistics(void **state)
{
	const struct forms *forms = *state;
	struct kmem_cache *a = kmem_cache_create("stat-a", 93, NULL, 0);
	struct kmem_cache *b = kmem_cache_create("stat-b", 96, NULL, 0);
	void *of_a[40];
	void *of_b[7];

	assert_int_equal(kmem_cache_alloc_bulk(a, GFP_KERNEL, ARRAY_SIZE(of_a), of_a), 40);
	for (size_t i = 0; i < ARRAY_SIZE(of_b); i++)
		of_b[i] = forms->zalloc(b, GFP_KERNEL);
	assert_int_equal(slabinfo_of("stat-a").active, 40);
	assert_int_equal(slabinfo_of("stat-b").active, 7);
	assert_int_equal(slabinfo_of("stat-a").size, 93);
	assert_int_equal(slabinfo_of("stat-b").size, 96);
	assert_int_equal(ksize(of_a[0]), 93);
	assert_int_equal(ksize(of_b[0]), 96);
	assert_int_equal(kmem_cache_size(a), 93);
	/* Freed by kfree() it goes where it came from. */
	kfree(of_a[0]);
	kfree(of_b[0]);
	assert_int_equal(slabinfo_of("stat-a").active, 39);
	assert_int_equal(slabinfo_of("stat-b").active, 6);
	capture_begin();
	assert_true(kmem_dump_obj(of_a[1]));
	assert_non_null(strstr(capture_end(), "cache stat-a,"));
	kmem_cache_free_bulk(NULL, 39, of_a + 1);
	kmem_cache_free_bulk(b, 6, of_b + 1);
	assert_int_equal(kmem_cache_destroy(b), 0);
	assert_int_equal(slabinfo_of("stat-a").active, 0);
	assert_int_equal(kmem_cache_shrink(a), 0);
	assert_int_equal(kmem_cache_destroy(a), 0);
}

/* A refused destroy lists its own objects only; the others' do not keep it alive. */
static void test_own_objects(void **state)
{
	const struct forms *forms = *state;
	struct kmem_cache *a = kmem_cache_create("own-a", 104, NULL, 0);
	struct kmem_cache *b = kmem_cache_create("own-b", 104, NULL, 0);
	void *of_a = forms->alloc(a, GFP_KERNEL);
	void *of_b = forms->alloc(b, GFP_KERNEL);

	memset(of_b, 0x5e, 104);
	EXPECT_REPORT(text("slab: BUG own-a: kmem_cache_destroy() with 1 object allocated\n"
			   "slab: own-a: object %p is still allocated\n",
			   of_a),
		      assert_int_equal(kmem_cache_destroy(a), -EBUSY));
	forms->free(a, of_a);
	assert_int_equal(kmem_cache_destroy(a), 0);
	assert_true(is_filled_with(of_b, 104, 0x5e));
	forms->free(b, of_b);
	assert_int_equal(kmem_cache_destroy(b), 0);
}

/* Freed to another one that shares: found like any other wrong cache. */
static void test_wrong_cache(void **state)
{
	const struct forms *forms = *state;
	struct kmem_cache *a = kmem_cache_create("wrong-a", 88, NULL, 0);
	struct kmem_cache *b = kmem_cache_create("wrong-b", 88, NULL, 0);
	void *object = forms->alloc(a, GFP_KERNEL);

	forms->free(b, forms->alloc(b, GFP_KERNEL));
	EXPECT_WRONG_FREE(text("slab: BUG wrong-b: object is not of this cache: %p\n", object),
			  forms->free(b, object), assert_int_equal(kmem_cache_shrink(b), 0));
	assert_int_equal(slabinfo_of("wrong-a").active, 1);
	assert_int_equal(slabinfo_of("wrong-b").active, 0);
	forms->free(a, object);
	assert_int_equal(kmem_cache_destroy(b), 0);
	assert_int_equal(kmem_cache_destroy(a), 0);
	/* Of nobody any more. */
	EXPECT_REPORT(text("slab: BUG kfree: object is of no cache: %p\n", object), kfree(object));
}

/* More than can share: they open another store, and all work. */
static void test_many(void **state)
{
	enum { MANY = 3 * STORE_SHARERS, EACH = 30 };
	static void *objects[MANY][EACH];
	struct kmem_cache *caches[MANY];
	struct rng rng = rng_make(test_seed(), 1);
	size_t pairs = 0;
	(void)state;

	size_t keys[MANY];
	for (size_t i = 0; i < MANY; i++) {
		keys[i] = i;
		caches[i] = kmem_cache_create(text("many-%zu", i), 120, NULL, 0);
		assert_int_equal(kmem_cache_alloc_bulk(caches[i], GFP_KERNEL, EACH, objects[i]),
				 EACH);
		for (size_t j = 0; j < EACH; j++)
			pattern_fill(objects[i][j], 120, i * EACH + j);
		for (size_t j = 0; j < i; j++)
			pairs += share(caches[i], caches[j]);
	}
	assert_int_equal(pairs, turned_off() ? 0 : 3 * STORE_SHARERS * (STORE_SHARERS - 1) / 2);
	for (size_t left = MANY; left; left--) {
		size_t i = rng_below(&rng, left);

		for (size_t j = 0; j < EACH; j++)
			assert_true(pattern_holds(objects[i][j], 120, keys[i] * EACH + j));
		kmem_cache_free_bulk(rng_chance(&rng, 50) ? caches[i] : NULL, EACH, objects[i]);
		assert_int_equal(kmem_cache_destroy(caches[i]), 0);
		caches[i] = caches[left - 1];
		keys[i] = keys[left - 1];
		memcpy(objects[i], objects[left - 1], sizeof(objects[i]));
	}
}

/* The first cache has slabs, some full, some not, when the second comes. */
static void test_late_comer(void **state)
{
	enum { N = 3000 };
	static void *objects[N];
	const struct forms *forms = *state;
	struct kmem_cache *a = kmem_cache_create("early", 136, NULL, 0);

	assert_int_equal(kmem_cache_alloc_bulk(a, GFP_KERNEL, N, objects), N);
	for (size_t i = 0; i < N; i++)
		pattern_fill(objects[i], 136, i);
	kmem_cache_free_bulk(a, N / 3, objects);
	struct kmem_cache *b = kmem_cache_create("late", 136, NULL, 0);
	assert_int_equal(kmem_cache_alloc_bulk(b, GFP_KERNEL, N / 3, objects), N / 3);
	assert_int_equal(slabinfo_of("late").active, N / 3);
	assert_int_equal(slabinfo_of("early").active, N - N / 3);
	for (size_t i = N / 3; i < N; i++) {
		assert_true(pattern_holds(objects[i], 136, i));
		if (i % 2)
			kfree(objects[i]);
		else
			forms->free(a, objects[i]);
	}
	assert_int_equal(slabinfo_of("early").active, 0);
	assert_int_equal(kmem_cache_destroy(a), 0);
	kmem_cache_free_bulk(NULL, N / 3, objects);
	assert_int_equal(kmem_cache_destroy(b), 0);
}

/* Without memory for tags, or for anything else: created, or not, and nothing is lost. */
static void test_faults(void **state)
{
	enum { N = 2000 };
	static void *objects[N];
	struct kmem_cache *a = kmem_cache_create("fault-a", 152, NULL, 0);
	struct kmem_cache *b = NULL;
	long n = 0;
	(void)state;

	assert_int_equal(kmem_cache_alloc_bulk(a, GFP_KERNEL, N, objects), N);
	for (size_t alone = 0; !b || alone < 3; alone += b != NULL) {
		if (b)
			assert_int_equal(kmem_cache_destroy(b), 0);
		assert_in_range(n, 0, 100);
		fault_after(n++);
		b = kmem_cache_create("fault-b", 152, NULL, 0);
		fault_after(-1);
		if (!b)
			assert_int_equal(errno, ENOMEM);
		else
			kfree(kmem_cache_alloc(b, GFP_KERNEL));
	}
	assert_int_equal(kmem_cache_destroy(b), 0);
	kmem_cache_free_bulk(NULL, N, objects);
	assert_int_equal(slabinfo_of("fault-a").active, 0);
	assert_int_equal(kmem_cache_destroy(a), 0);
}

static struct kmem_cache *forked[2];

static void use_both(void *data)
{
	(void)data;
	for (int i = 0; i < 2; i++)
		kfree(kmem_cache_alloc(forked[i], GFP_KERNEL));
}

static void test_fork(void **state)
{
	(void)state;
	forked[0] = kmem_cache_create("fork-a", 168, NULL, 0);
	forked[1] = kmem_cache_create("fork-b", 168, NULL, 0);
	use_both(NULL);
	assert_true(exited_with(in_child(use_both, NULL), 0));
	use_both(NULL);
	assert_int_equal(kmem_cache_destroy(forked[0]), 0);
	assert_int_equal(kmem_cache_destroy(forked[1]), 0);
}

/* Threads use caches of one store at random while others join and leave it. */
enum { WORKERS = 3, SHARED_CACHES = 4, HELD = 200 };

struct worker {
	struct kmem_cache **caches;
	uint64_t stream;
};

static void *work(void *data)
{
	const struct worker *worker = data;
	struct rng rng = rng_make(test_seed(), worker->stream);
	struct {
		void *object;
		struct kmem_cache *cache;
	} held[HELD] = { { NULL, NULL } };

	for (size_t step = 0; step < scaled(60000) + HELD; step++) {
		size_t i = step < scaled(60000) ? rng_below(&rng, HELD) : step - scaled(60000);
		const struct forms *forms = rng_chance(&rng, 50) ? &called : &inlined;

		if (held[i].object) {
			CHECK(pattern_holds(held[i].object, 56, (uintptr_t)held[i].cache));
			if (rng_chance(&rng, 30))
				kfree(held[i].object);
			else
				forms->free(held[i].cache, held[i].object);
			held[i].object = NULL;
		} else if (step < scaled(60000)) {
			held[i].cache = worker->caches[rng_below(&rng, SHARED_CACHES)];
			held[i].object = forms->alloc(held[i].cache, GFP_KERNEL);
			CHECK(held[i].object);
			pattern_fill(held[i].object, 56, (uintptr_t)held[i].cache);
		}
	}
	return NULL;
}

static void test_threads(void **state)
{
	struct kmem_cache *caches[SHARED_CACHES];
	struct worker workers[WORKERS];
	thread_handle *threads[WORKERS];
	(void)state;

	for (size_t i = 0; i < SHARED_CACHES; i++)
		caches[i] = kmem_cache_create(text("work-%zu", i), 56, NULL, 0);
	for (size_t i = 0; i < WORKERS; i++) {
		workers[i] = (struct worker){ caches, 10 + i };
		threads[i] = thread_start(work, &workers[i]);
	}
	capture_begin();
	for (size_t i = 0; i < scaled(2000); i++) {
		struct kmem_cache *guest = kmem_cache_create("guest", 56, NULL, 0);

		kfree(kmem_cache_alloc(guest, GFP_KERNEL));
		CHECK(kmem_cache_destroy(guest) == 0);
	}
	for (size_t i = 0; i < WORKERS; i++)
		thread_join(threads[i]);
	for (size_t i = 0; i < SHARED_CACHES; i++)
		CHECK(kmem_cache_destroy(caches[i]) == 0);
	assert_string_equal(capture_end(), "");
}

/* The store has one cache, with threads at work in it, when the second comes. */
static void test_join_race(void **state)
{
	(void)state;
	for (size_t round = 0; round < scaled(20); round++) {
		struct kmem_cache *only = kmem_cache_create("only", 56, NULL, 0);
		struct kmem_cache *caches[SHARED_CACHES] = { only, only, only, only };
		struct worker worker = { caches, 20 + round };
		thread_handle *thread = thread_start(work, &worker);
		struct kmem_cache *guest = kmem_cache_create("guest", 56, NULL, 0);

		kfree(kmem_cache_alloc(guest, GFP_KERNEL));
		CHECK(kmem_cache_destroy(guest) == 0);
		thread_join(thread);
		assert_int_equal(kmem_cache_destroy(only), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_shares),
		cmocka_unit_test(test_not_with_kmalloc),
		BOTH_FORMS(test_order),
		BOTH_FORMS(test_own_statistics),
		BOTH_FORMS(test_own_objects),
		BOTH_FORMS(test_wrong_cache),
		cmocka_unit_test(test_many),
		BOTH_FORMS(test_late_comer),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_fork),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_join_race),
	};

	return cmocka_run_group_tests_name("share", tests, NULL, NULL);
}
