/* SPDX-License-Identifier: MIT */
/* Objects on pages of their own. SLAB_SAMPLE=1 is in the environment: each allocation is one. */
#include "harness.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <slab/slab-static.h>

#include "guard.h"

/* SLAB_SAMPLE_OBJECTS, as the build says. */
#define CELLS 20

static struct kmem_cache *make(size_t size, size_t align)
{
	/* Debugged caches are not sampled. */
	return kmem_cache_create("sampled", size, align, SLAB_NO_USER_FLAGS, NULL);
}

static char *alloc(struct kmem_cache *s)
{
	char *object = kmem_cache_alloc(s, GFP_KERNEL);

	assert_non_null(object);
	assert_true(guard_owns(object));
	return object;
}

/* An object at the end of its page, or at its start. */
static char *alloc_at(struct kmem_cache *s, bool end)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *others[CELLS];
	size_t n = 0;
	char *object = NULL;

	while (!object) {
		assert_in_range(n, 0, CELLS - 1);
		others[n] = alloc(s);
		if (((uintptr_t)others[n] % page == 0) != end)
			object = others[n];
		else
			n++;
	}
	while (n)
		kmem_cache_free(s, others[--n]);
	return object;
}

static void test_memory(void **state)
{
	static const struct {
		size_t size, align;
	} kinds[] = { { 1, 1 },	     { 24, 8 },	     { 100, 4 }, { 64, 64 },
		      { 1000, 512 }, { 4096, 4096 }, { 4096, 8 } };
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct kmem_cache *s = make(kinds[i].size, kinds[i].align);
		char *a = alloc(s);
		char *b = alloc(s);

		assert_int_equal((uintptr_t)a % kinds[i].align, 0);
		pattern_fill(a, kinds[i].size, 1);
		pattern_fill(b, kinds[i].size, 2);
		assert_true(pattern_holds(a, kinds[i].size, 1));
		assert_int_equal(slabinfo_of("sampled").active, 2);
		kmem_cache_free(s, a);
		kfree(b);
		assert_int_equal(slabinfo_of("sampled").active, 0);
		a = kmem_cache_zalloc(s, GFP_KERNEL);
		assert_true(is_filled_with(a, kinds[i].size, 0));
		kmem_cache_free(s, a);
		assert_int_equal(kmem_cache_destroy(s), 0);
	}
}

/* What cannot be on such a page comes from slabs. */
static void expect_slabs(size_t size, slab_flags_t flags, void (*ctor)(void *))
{
	struct kmem_cache *s = kmem_cache_create("slabs", size, 0, flags, ctor);
	void *object = kmem_cache_alloc(s, GFP_KERNEL);

	assert_non_null(object);
	assert_false(guard_owns(object));
	kmem_cache_free(s, object);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void construct(void *object)
{
	memset(object, 1, 64);
}

static void test_not_sampled(void **state)
{
	struct kmem_cache *s = make(64, 0);
	(void)state;

	expect_slabs((size_t)sysconf(_SC_PAGESIZE) + 1, 0, NULL);
	expect_slabs(64, 0, construct);
	expect_slabs(64, SLAB_ACCOUNT, NULL);
	/* The last one brings memory, so that one that may not wait finds some. */
	void *guarded[CELLS + 1];
	for (size_t i = 0; i < ARRAY_SIZE(guarded); i++)
		guarded[i] = kmem_cache_alloc(s, GFP_KERNEL);
	for (size_t i = 0; i < ARRAY_SIZE(guarded); i++)
		kmem_cache_free(s, guarded[i]);
	void *object = kmem_cache_alloc(s, GFP_NOWAIT);
	assert_non_null(object);
	assert_false(guard_owns(object));
	kmem_cache_free(s, object);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* When all pages are taken, objects come from slabs. */
static void test_exhausted(void **state)
{
	struct kmem_cache *s = make(64, 0);
	void *objects[CELLS + 5];
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(objects); i++) {
		objects[i] = kmem_cache_alloc(s, GFP_KERNEL);
		assert_int_equal(guard_owns(objects[i]), i < CELLS);
	}
	assert_int_equal(slabinfo_of("sampled").active, CELLS + 5);
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		kmem_cache_free(s, objects[i]);
	assert_int_equal(slabinfo_of("sampled").active, 0);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void test_kmalloc(void **state)
{
	char *object = kmalloc(100, GFP_KERNEL);
	(void)state;

	if (debugging()) {
		assert_false(guard_owns(object));
		kfree(object);
		return;
	}
	assert_true(guard_owns(object));
	assert_int_equal(ksize(object), 100);
	assert_true(kmem_check_copy(object, 100));
	memset(object, 7, 100);
	object = krealloc(object, 1000, GFP_KERNEL);
	assert_true(is_filled_with(object, 100, 7));
	EXPECT_REPORT(
		text("slab: BUG kmalloc-1024: copy of 1025 bytes at %p is not within the usercopy window\n",
		     (void *)object),
		assert_false(kmem_check_copy(object, 1025)));
	capture_begin();
	assert_true(kmem_dump_obj(object));
	assert_non_null(strstr(capture_end(), "kmalloc-1024 object "));
	kfree(object);
}

struct misuse {
	struct kmem_cache *s;
	struct kmem_cache *other;
	char *object;
	ptrdiff_t offset;
};

static void write_beside(void *data)
{
	struct misuse *misuse = data;

	((volatile char *)misuse->object)[misuse->offset] = 1;
}

static void read_after_free(void *data)
{
	struct misuse *misuse = data;

	kmem_cache_free(misuse->s, misuse->object);
	CHECK(((volatile char *)misuse->object)[3] != 1);
}

static void free_twice(void *data)
{
	struct misuse *misuse = data;

	kmem_cache_free(misuse->s, misuse->object);
	kmem_cache_free(misuse->s, misuse->object);
}

static void free_inside(void *data)
{
	struct misuse *misuse = data;

	kfree(misuse->object + 8);
}

static void free_to_other(void *data)
{
	struct misuse *misuse = data;

	kmem_cache_free(misuse->other, misuse->object);
}

static void smash(void *data)
{
	struct misuse *misuse = data;

	misuse->object[misuse->offset] = 1;
	kmem_cache_free(misuse->s, misuse->object);
}

/* What the library has installed; cmocka takes the signal for itself. */
static struct sigaction on_fault;

struct run {
	void (*fn)(void *data);
	struct misuse *misuse;
};

static void run(void *data)
{
	const struct run *it = data;

	CHECK(sigaction(SIGSEGV, &on_fault, NULL) == 0);
	it->fn(it->misuse);
}

/* The report of a child that goes on after it. */
static void expect(void (*fn)(void *data), struct misuse *misuse, const char *begin)
{
	struct run it = { fn, misuse };
	int status = in_child(run, &it);

	if (!exited_with(status, 0) || !child_said(begin) ||
	    !strstr(child_stderr(), "on a page of its own"))
		fail_msg("expected: %s\nthe child said: %s", begin, child_stderr());
}

static void test_misuse(void **state)
{
	(void)state;
	if (SANITIZED || on_valgrind()) {
		print_message("# not tried: the tool has a report of its own to make\n");
		return;
	}
	struct misuse misuse = { .s = make(64, 0), .other = make(64, 0) };
	ptrdiff_t page = sysconf(_SC_PAGESIZE);

	misuse.object = alloc_at(misuse.s, true);
	misuse.offset = 64;
	expect(write_beside, &misuse, "slab: BUG sampled: overrun to the right: ");
	expect(read_after_free, &misuse, "slab: BUG sampled: use after free: ");
	expect(free_twice, &misuse,
	       text("slab: BUG sampled: double free: %p\n", (void *)misuse.object));
	expect(free_inside, &misuse,
	       text("slab: BUG sampled: invalid free: %p\n", (void *)(misuse.object + 8)));
	expect(free_to_other, &misuse,
	       text("slab: BUG sampled: object is not of this cache: %p\n", (void *)misuse.object));
	misuse.offset = -1;
	expect(smash, &misuse,
	       text("slab: BUG sampled: overrun to the left before the free: write at %p\n",
		    (void *)(misuse.object - 1)));
	kmem_cache_free(misuse.s, misuse.object);

	misuse.object = alloc_at(misuse.s, false);
	expect(write_beside, &misuse, "slab: BUG sampled: overrun to the left: ");
	misuse.offset = page - 1;
	expect(smash, &misuse,
	       text("slab: BUG sampled: overrun to the right before the free: write at %p\n",
		    (void *)(misuse.object + page - 1)));
	kmem_cache_free(misuse.s, misuse.object);
	assert_int_equal(kmem_cache_destroy(misuse.s), 0);
	assert_int_equal(kmem_cache_destroy(misuse.other), 0);
}

static void test_destroy(void **state)
{
	struct kmem_cache *s = make(64, 0);
	char *object = alloc(s);
	(void)state;

	capture_begin();
	assert_int_equal(kmem_cache_destroy(s), -EBUSY);
	const char *said = capture_end();
	assert_non_null(strstr(said, "kmem_cache_destroy() with 1 object allocated"));
	assert_non_null(strstr(said, text("object %p is still allocated", (void *)object)));
	assert_int_equal(kmem_cache_shrink(s), 1);
	kmem_cache_free(s, object);
	assert_int_equal(kmem_cache_shrink(s), 0);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void in_the_child(void *data)
{
	struct misuse *misuse = data;

	CHECK(guard_owns(misuse->object));
	kmem_cache_free(misuse->s, misuse->object);
	CHECK(kmem_cache_destroy(misuse->s) == 0);
}

static void test_fork(void **state)
{
	struct misuse misuse = { .s = make(64, 0) };
	(void)state;

	misuse.object = alloc(misuse.s);
	assert_true(exited_with(in_child(in_the_child, &misuse), 0));
	memset(misuse.object, 1, 64);
	kmem_cache_free(misuse.s, misuse.object);
	assert_int_equal(kmem_cache_destroy(misuse.s), 0);
}

static void *churn(void *data)
{
	struct kmem_cache *s = data;
	char *objects[8];

	for (size_t round = 0; round < scaled(200); round++) {
		for (size_t i = 0; i < ARRAY_SIZE(objects); i++) {
			objects[i] = kmem_cache_alloc(s, GFP_KERNEL);
			CHECK(objects[i]);
			pattern_fill(objects[i], 64, i);
		}
		for (size_t i = 0; i < ARRAY_SIZE(objects); i++) {
			CHECK(pattern_holds(objects[i], 64, i));
			kmem_cache_free(s, objects[i]);
		}
	}
	return NULL;
}

/* What a thread has at hand does not go before a sample. */
static void test_at_hand(void **state)
{
	struct kmem_cache *s = make(64, 0);
	void *objects[CELLS + 5];
	void *pieces[CELLS + 5];
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		objects[i] = kmem_cache_alloc(s, GFP_KERNEL);
	assert_false(guard_owns(objects[CELLS]));
	for (size_t i = ARRAY_SIZE(objects); i-- > 0;)
		kmem_cache_free(s, objects[i]);
	for (size_t i = 0; i < CELLS; i++)
		kmem_cache_free(s, alloc(s));
	assert_int_equal(kmem_cache_destroy(s), 0);
	if (debugging()) /* no samples of kmalloc() */
		return;
	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++)
		pieces[i] = kmalloc(64, GFP_KERNEL);
	assert_false(guard_owns(pieces[CELLS]));
	kfree_bulk(ARRAY_SIZE(pieces), pieces);
	pieces[0] = kmalloc(64, GFP_KERNEL);
	assert_true(guard_owns(pieces[0]));
	kfree(pieces[0]);
}

static void test_threads(void **state)
{
	struct kmem_cache *s = make(64, 0);
	thread_handle *threads[4];
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(threads); i++)
		threads[i] = thread_start(churn, s);
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++)
		thread_join(threads[i]);
	assert_int_equal(slabinfo_of("sampled").active, 0);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory),	  cmocka_unit_test(test_not_sampled),
		cmocka_unit_test(test_exhausted), cmocka_unit_test(test_kmalloc),
		cmocka_unit_test(test_misuse),	  cmocka_unit_test(test_destroy),
		cmocka_unit_test(test_fork),	  cmocka_unit_test(test_at_hand),
		cmocka_unit_test(test_threads),
	};

	kfree(kmalloc(1, GFP_KERNEL));
	CHECK(sigaction(SIGSEGV, NULL, &on_fault) == 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
