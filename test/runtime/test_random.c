/* SPDX-License-Identifier: MIT */

/*
 * SLAB_FREELIST_RANDOM: in which order objects leave their slabs. Run with it on, off, and not set
 * at all, which is off but in a hardened library. What chance might do once in 10^12 runs or less
 * is taken to be wrong.
 */

#include "harness.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <slab/slab-static.h>

#include "cache.h"
#include "harden.h"
#include "slab.h"
#include "slots.h"

#define SIZE	64
#define COUNT	1024 /* objects of a slab */
#define SLAB_OF ((size_t)64 << 10)

/* The places of a slab's objects in the order that they came out in. */
struct order {
	uint32_t place[COUNT];
};

static const char *self;

static bool wanted(void)
{
	const char *wish = getenv("SLAB_FREELIST_RANDOM");

	return wish ? strcmp(wish, "0") != 0 : HARDENED;
}

static struct kmem_cache *make(void)
{
	struct kmem_cache *s = kmem_cache_create("ordered", SIZE, NULL, SLAB_NO_MERGE);

	CHECK(s);
	CHECK(s->barn->store->per_slab == COUNT);
	return s;
}

/* All objects of a slab, by place: none is missing, none comes twice. */
static void note_order(void *const *objects, struct order *order)
{
	bool seen[COUNT] = { false };

	for (size_t i = 0; i < COUNT; i++) {
		uintptr_t offset = (uintptr_t)objects[i] % SLAB_OF;

		CHECK(span_of(objects[i]) == span_of(objects[0]));
		CHECK(offset % SIZE == 0 && !seen[offset / SIZE]);
		seen[offset / SIZE] = true;
		order->place[i] = (uint32_t)(offset / SIZE);
	}
}

static void take_slab(struct kmem_cache *s, void **objects, struct order *order)
{
	for (size_t i = 0; i < COUNT; i++)
		objects[i] = kmem_cache_alloc(s, GFP_KERNEL);
	note_order(objects, order);
	assert_int_equal(kmem_cache_validate(s), 0);
}

static void give_slab(struct kmem_cache *s, void **objects)
{
	kmem_cache_free_bulk(s, COUNT, objects);
	assert_int_equal(kmem_cache_shrink(s), 0);
	assert_int_equal(kmem_cache_validate(s), 0);
}

/* How often the object behind one comes next. By chance one time, and 32 times never. */
static size_t count_steps(const struct order *order)
{
	size_t steps = 0;

	for (size_t i = 1; i < COUNT; i++)
		steps += order->place[i] == order->place[i - 1] + 1;
	return steps;
}

/* How often two orders agree; as above. */
static size_t count_same(const struct order *a, const struct order *b)
{
	size_t same = 0;

	for (size_t i = 0; i < COUNT; i++)
		same += a->place[i] == b->place[i];
	return same;
}

static void expect_order(const struct order *order)
{
	if (wanted())
		assert_in_range(count_steps(order), 0, 32);
	else
		assert_int_equal(count_steps(order), COUNT - 1);
}

static void test_fresh(void **state)
{
	struct kmem_cache *s = make();
	struct kmem_cache *other = make();
	void *objects[COUNT];
	struct order first;
	struct order second;
	struct order third;
	(void)state;

	take_slab(s, objects, &first);
	expect_order(&first);
	give_slab(s, objects);
	/* Neither a cache's next slab nor another cache has the same order. */
	take_slab(s, objects, &second);
	expect_order(&second);
	give_slab(s, objects);
	take_slab(other, objects, &third);
	expect_order(&third);
	give_slab(other, objects);
	if (wanted()) {
		assert_in_range(count_same(&first, &second), 0, 32);
		assert_in_range(count_same(&first, &third), 0, 32);
	}
	kmem_cache_destroy(other);
	kmem_cache_destroy(s);
}

/* Wherever one starts, all of the slab is in reach of the first few. */
static void test_spread(void **state)
{
	struct kmem_cache *s = make();
	void *objects[COUNT];
	struct order order;
	uint64_t eighths = 0;
	(void)state;

	take_slab(s, objects, &order);
	for (size_t i = 0; i < COUNT / 4; i++)
		eighths |= UINT64_C(1) << order.place[i] / (COUNT / 8);
	if (wanted())
		assert_int_equal(eighths, 0xff);
	else
		assert_int_equal(eighths, 0x3);
	give_slab(s, objects);
	kmem_cache_destroy(s);
}

/* In full, again and again, with holes: no object is given twice, or lost. */
static void test_churn(void **state)
{
	struct kmem_cache *s = make();
	struct rng rng = rng_make(test_seed(), 0);
	enum { MANY = 3 * COUNT };
	void **objects = calloc(MANY, sizeof(*objects));
	(void)state;

	for (size_t round = 0; round < scaled(50) * COUNT; round++) {
		size_t i = rng_below(&rng, MANY);

		if (objects[i]) {
			assert_true(pattern_holds(objects[i], SIZE, i));
			kmem_cache_free(s, objects[i]);
			objects[i] = NULL;
		} else {
			objects[i] = kmem_cache_alloc(s, GFP_KERNEL);
			pattern_fill(objects[i], SIZE, i);
		}
		if (round % (4 * COUNT) == 0)
			assert_int_equal(kmem_cache_validate(s), 0);
	}
	for (size_t i = 0; i < MANY; i++) {
		assert_true(!objects[i] || pattern_holds(objects[i], SIZE, i));
		kmem_cache_free(s, objects[i]);
	}
	assert_int_equal(kmem_cache_shrink(s), 0);
	assert_int_equal(s->barn->store->nr_slabs, 0);
	free(objects);
	kmem_cache_destroy(s);
}

/* Caches that share slabs, with debug flags, with a ctor, of few objects, of more than one unit. */
static void ctor(void *object)
{
	memset(object, 0x42, 8);
}

static void test_kinds(void **state)
{
	struct kmem_cache_args with_ctor = { .ctor = ctor };
	struct kmem_cache *caches[] = {
		kmem_cache_create("shares", 72, NULL, 0),
		kmem_cache_create("shares-too", 72, NULL, 0),
		kmem_cache_create("debugged", 72, NULL,
				  SLAB_RED_ZONE | SLAB_POISON | SLAB_CONSISTENCY_CHECKS),
		kmem_cache_create("constructed", 72, &with_ctor, 0),
		kmem_cache_create("large", 30000, NULL, SLAB_NO_MERGE),
		kmem_cache_create("huge", (size_t)3 << 20, NULL, SLAB_NO_MERGE),
		kmem_cache_create("tiny", 8, NULL, SLAB_NO_MERGE),
	};
	enum { N = 40 };
	void *objects[ARRAY_SIZE(caches)][N];
	(void)state;

	for (size_t i = 0; i < N; i++)
		for (size_t c = 0; c < ARRAY_SIZE(caches); c++) {
			objects[c][i] = kmem_cache_alloc(caches[c], GFP_KERNEL);
			if (caches[c]->barn->store->ctor)
				assert_true(is_filled_with(objects[c][i], 8, 0x42));
			else
				pattern_fill(objects[c][i], 8, c * N + i);
		}
	for (size_t c = 0; c < ARRAY_SIZE(caches); c++) {
		assert_int_equal(kmem_cache_validate(caches[c]), 0);
		for (size_t i = 0; i < N; i++)
			assert_true(caches[c]->barn->store->ctor ||
				    pattern_holds(objects[c][i], 8, c * N + i));
		kmem_cache_free_bulk(caches[c], N, objects[c]);
		assert_int_equal(kmem_cache_validate(caches[c]), 0);
		assert_int_equal(kmem_cache_destroy(caches[c]), 0);
	}
}

/* What kmalloc_nolock() takes comes from the slabs, too. */
static void test_nolock(void **state)
{
	void *objects[20];
	bool ascending = true;
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		objects[i] = kmalloc(96, GFP_KERNEL);
	kfree_bulk(ARRAY_SIZE(objects), objects);
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++) {
		objects[i] = kmalloc_nolock(96, 0, 0);
		assert_non_null(objects[i]);
		ascending = ascending && (!i || objects[i] > objects[i - 1]);
	}
	assert_int_equal(ascending, !wanted());
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		kfree_nolock(objects[i]);
}

/* What the next process sees: another order. */
static void print_order(void)
{
	struct kmem_cache *s = make();

	for (size_t i = 0; i < COUNT; i++)
		printf("%zu\n", (uintptr_t)kmem_cache_alloc(s, GFP_KERNEL) % SLAB_OF / SIZE);
}

static void run_once_more(struct order *order)
{
	FILE *output = popen(text("'%s' order", self), "r");
	char line[32];

	CHECK(output);
	for (size_t i = 0; i < COUNT; i++) {
		CHECK(fgets(line, sizeof(line), output));
		order->place[i] = (uint32_t)strtoul(line, NULL, 10);
	}
	CHECK(pclose(output) == 0);
}

static void test_processes(void **state)
{
	struct order first;
	struct order second;
	(void)state;

	if (on_emulator()) /* the system cannot run it */
		return;
	run_once_more(&first);
	run_once_more(&second);
	if (wanted())
		assert_in_range(count_same(&first, &second), 0, 32);
	else
		assert_int_equal(count_same(&first, &second), COUNT);
}

static void test_wrong_value(void **state)
{
	(void)state;
	if (on_emulator()) /* the system cannot run it */
		return;
	check_wrong_switch(self, "order", "SLAB_FREELIST_RANDOM");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fresh),	    cmocka_unit_test(test_spread),
		cmocka_unit_test(test_churn),	    cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_nolock),	    cmocka_unit_test(test_processes),
		cmocka_unit_test(test_wrong_value),
	};

	self = argv[0];
	if (argc == 2 && strcmp(argv[1], "order") == 0) {
		print_order();
		return 0;
	}
	return cmocka_run_group_tests_name("random", tests, NULL, NULL);
}
