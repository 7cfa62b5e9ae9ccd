/* SPDX-License-Identifier: MIT */

/* What a hardened library reports at once, and that it goes on soundly. Linked with one. */

#include "harness.h"

#include <string.h>

#include <slab/slab-static.h>

#include "forms.h"

#define SIZE  48
#define COUNT 300

static DEFINE_KMEM_CACHE(items, char[SIZE], SLAB_NO_MERGE);
static DEFINE_KMEM_CACHE(others, char[SIZE], SLAB_NO_MERGE);

#define EXPECT_WRONG(what, address, expression) \
	EXPECT_REPORT(text("slab: BUG " what ": %p\n", (void *)(address)), expression)

/* While it is on the sheaf, or on the spare one, or in the barn. */
static void test_double_free(void **state)
{
	const struct forms *forms = *state;
	struct kmem_cache *s = to_kmem_cache(&items);
	static void *objects[COUNT];

	for (size_t n = 1; n <= COUNT; n += 7) {
		for (size_t i = 0; i < n; i++)
			objects[i] = forms->alloc(s, GFP_KERNEL);
		for (size_t i = 0; i < n; i++)
			forms->free(s, objects[i]);
		EXPECT_WRONG("items: double free", objects[0], forms->free(s, objects[0]));
		EXPECT_WRONG("items: double free", objects[n - 1], kfree(objects[n - 1]));
		EXPECT_WRONG("items: double free", objects[n / 2],
			     kmem_cache_free_bulk(s, 1, &objects[n / 2]));
		assert_int_equal(slabinfo_of("items").active, 0);
	}
	/* None of them is given out twice. */
	for (size_t i = 0; i < COUNT; i++) {
		objects[i] = forms->alloc(s, GFP_KERNEL);
		pattern_fill(objects[i], SIZE, i);
	}
	for (size_t i = 0; i < COUNT; i++) {
		assert_true(pattern_holds(objects[i], SIZE, i));
		forms->free(s, objects[i]);
	}
	assert_int_equal(kmem_cache_shrink(s), 0);
}

/* To another cache, of an address inside, and of what is none of the library's at all. */
static void test_wrong_address(void **state)
{
	const struct forms *forms = *state;
	struct kmem_cache *s = to_kmem_cache(&items);
	char *object = forms->alloc(s, GFP_KERNEL);
	char *other = forms->alloc(to_kmem_cache(&others), GFP_KERNEL);
	char *large = kmalloc(100000, GFP_KERNEL);
	char *local = (char *)&forms;

	EXPECT_WRONG("items: object is not of this cache", other, forms->free(s, other));
	EXPECT_WRONG("items: object is not of this cache", large, forms->free(s, large));
	EXPECT_WRONG("items: object is not of this cache", local, forms->free(s, local));
	EXPECT_WRONG("items: invalid free", object + 8, forms->free(s, object + 8));
	EXPECT_WRONG("items: invalid free", object + 8, kfree(object + 8));
	void *wrong[] = { object, object + 1 };
	EXPECT_WRONG("items: invalid free", object + 1, kmem_cache_free_bulk(s, 2, wrong));
	EXPECT_WRONG("items: double free", object, forms->free(s, object));
	forms->free(to_kmem_cache(&others), other);
	kfree(large);
	assert_int_equal(slabinfo_of("items").active, 0);
	assert_int_equal(slabinfo_of("others").active, 0);
}

/* Caches that share slabs are told apart. */
static void test_shared(void **state)
{
	const struct forms *forms = *state;
	struct kmem_cache *a = kmem_cache_create("sharer-a", 56, NULL, 0);
	struct kmem_cache *b = kmem_cache_create("sharer-b", 56, NULL, 0);
	void *object = forms->alloc(a, GFP_KERNEL);

	EXPECT_WRONG("sharer-b: object is not of this cache", object, forms->free(b, object));
	forms->free(a, object);
	EXPECT_WRONG("sharer-a: double free", object, forms->free(a, object));
	assert_int_equal(kmem_cache_destroy(a), 0);
	assert_int_equal(kmem_cache_destroy(b), 0);
}

static void test_kmalloc(void **state)
{
	(void)state;
	for (size_t size = 1; size <= KMALLOC_MAX_CACHE_SIZE; size = size * 2 + 1) {
		char *object = kmalloc(size, GFP_KERNEL);
		const char *cache = cache_of_object(object);
		const char *wrong = text("slab: BUG %s: double free: %p\n", cache, (void *)object);

		assert_non_null(
			strstr(text("%s$", cache), text("-%zu$", kmalloc_size_roundup(size))));
		kfree(object);
		EXPECT_REPORT(wrong, kfree(object));
		EXPECT_REPORT(wrong, kfree_nolock(object));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH_FORMS(test_double_free),
		BOTH_FORMS(test_wrong_address),
		BOTH_FORMS(test_shared),
		cmocka_unit_test(test_kmalloc),
	};

	return cmocka_run_group_tests_name("hardened", tests, NULL, NULL);
}
