/* SPDX-License-Identifier: MIT */

/*
 * Every way to create something, with each request for memory, for a thread or for a place in one
 * made to fail in turn. The error is told, nothing is left behind, and the next try works.
 *
 * Each try has a child process of its own: one that has nothing yet, or one in which all went well
 * once before. Nothing is left behind if a child in which a request failed holds in the end just
 * what one holds in which none did.
 */

#include "harness.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <slab/mempool.h>
#include <slab/slab-account.h>
#include <slab/slab-static.h>

#include "fault.h"
#include "meta.h"
#include "pages.h"

#define MANY 600 /* objects: more than a slab and a sheaf hold */

/* The error of a function that gives NULL for it. */
#define ERROR_OF(pointer) ((pointer) ? 0 : -errno)

struct item {
	long key;
	char text[40];
};

static DEFINE_KMEM_CACHE(defined, struct item, 0);
/* What the ways leave for their ends; NULL and zeros before and after. */
static struct kmem_cache_opaque shadow, other_shadow;
static struct kmem_cache *cache;
static void *objects[MANY], *object, *other_object;
static struct slab_group *group;
static kmem_buckets *buckets;
static mempool_t *pool;
static struct slab_sheaf *sheaf;

static void ctor(void *item)
{
	memset(item, 0xa5, sizeof(struct item));
}

static int create(void)
{
	cache = kmem_cache_create("fault-plain", 40, NULL, 0);
	return ERROR_OF(cache);
}

static int create_with_args(void)
{
	struct kmem_cache_args args = { .align = 64, .ctor = ctor, .sheaf_capacity = 100 };

	cache = kmem_cache_create("fault-args", sizeof(struct item), &args, 0);
	return ERROR_OF(cache);
}

static int create_with_five(void)
{
	cache = kmem_cache_create("fault-five", 40, 16, SLAB_HWCACHE_ALIGN, NULL);
	return ERROR_OF(cache);
}

static int create_with_window(void)
{
	cache = kmem_cache_create_usercopy("fault-window", 40, 0, 0, 8, 16, NULL);
	return ERROR_OF(cache);
}

static int create_for_struct(void)
{
	cache = KMEM_CACHE(item, SLAB_NO_MERGE);
	return ERROR_OF(cache);
}

static int setup(void)
{
	return kmem_cache_setup(&shadow, "fault-setup", 40, 0, 0, NULL);
}

static int setup_with_window(void)
{
	return kmem_cache_setup_usercopy(&shadow, "fault-window", 40, 0, 0, 8, 16, NULL);
}

static int setup_for_struct(void)
{
	return KMEM_CACHE_SETUP(&shadow, item, 0);
}

static int setup_for_struct_with_window(void)
{
	return KMEM_CACHE_SETUP_USERCOPY(&shadow, item, 0, text);
}

static int setup_with_args(void)
{
	return __KMEM_CACHE_SETUP(&shadow, "fault-args", 40, 0, .ctor = ctor, .align = 128);
}

/* The first use of a cache that has not been set up. */
static int use_defined(void)
{
	if (!shadow.init)
		shadow = defined;
	object = kmem_cache_alloc(&shadow, GFP_KERNEL);
	return ERROR_OF(object);
}

static int use_first(void)
{
	int error = create();

	if (!error)
		error = ERROR_OF(object = kmem_cache_alloc(cache, GFP_KERNEL));
	return error;
}

/* The objects of the first cache are in slabs that must all be told apart from now on. */
static int share(void)
{
	int error = setup();

	if (!error && !kmem_cache_alloc_bulk(&shadow, GFP_KERNEL, MANY, objects))
		error = -errno;
	if (!error)
		error = kmem_cache_setup(&other_shadow, "fault-other", 40, 0, 0, NULL);
	if (!error)
		error = ERROR_OF(other_object = kmem_cache_alloc(&other_shadow, GFP_KERNEL));
	return error;
}

static int account(void)
{
	int error = ERROR_OF(group = slab_group_create(1000));

	slab_group_set_current(group);
	if (!error)
		error = kmem_cache_setup(&shadow, "fault-account", 40, 0, SLAB_ACCOUNT, NULL);
	if (!error)
		error = ERROR_OF(object = kmem_cache_alloc(&shadow, GFP_KERNEL));
	if (!error)
		error = ERROR_OF(other_object = kmalloc(100, GFP_KERNEL_ACCOUNT));
	slab_group_set_current(NULL);
	return error;
}

static void *use_in_thread(void *error)
{
	void *item = kmem_cache_alloc(cache, GFP_KERNEL);

	*(int *)error = ERROR_OF(item);
	kmem_cache_free(cache, item);
	return NULL;
}

static int use_in_first_thread(void)
{
	int error = use_first();

	if (!error)
		in_thread(use_in_thread, &error);
	return error;
}

static int bulk(void)
{
	int error = create();

	if (!error && !kmem_cache_alloc_bulk(cache, GFP_KERNEL, MANY, objects))
		error = -errno;
	return error;
}

static int prefill(void)
{
	int error = create();

	if (!error)
		error = ERROR_OF(sheaf = kmem_cache_prefill_sheaf(cache, GFP_KERNEL, MANY));
	return error;
}

static int make_buckets(void)
{
	int error = ERROR_OF(buckets = kmem_buckets_create("fault-buckets", 0, 0, 100, NULL));

	if (!error)
		error = ERROR_OF(object = kmem_buckets_alloc(buckets, 100, GFP_KERNEL));
	return error;
}

static int make_pool(void)
{
	pool = mempool_create_kmalloc_pool(5, 300);
	return ERROR_OF(pool);
}

static int make_pool_of_cache(void)
{
	int error = create();

	if (!error)
		error = ERROR_OF(pool = mempool_create_slab_pool(5, cache));
	return error;
}

static int make_pieces(void)
{
	int error = ERROR_OF(object = kzalloc((size_t)3 << 20, GFP_KERNEL));

	if (!error)
		error = ERROR_OF(other_object = kmalloc(100000, GFP_KERNEL));
	return error;
}

#ifdef SLAB_RCU
static int setup_typesafe(void)
{
	int error = kmem_cache_setup(&shadow, "fault-rcu", 40, 0, SLAB_TYPESAFE_BY_RCU, NULL);

	if (!error)
		error = ERROR_OF(object = kmem_cache_alloc(&shadow, GFP_KERNEL));
	return error;
}
#endif

/* A cache that is not set up must look as it did before: fresh, or defined, or destroyed. */
static void end_shadow(struct kmem_cache_opaque *ended)
{
	static const struct kmem_cache_opaque fresh;

	if (memcmp(ended, &fresh, sizeof(fresh)) != 0 &&
	    memcmp(ended, &defined, sizeof(fresh)) != 0)
		CHECK(kmem_cache_destroy(ended) == 0);
	memset(ended, 0, sizeof(*ended));
}

/* Undo what there is of any of the ways. */
static void end(void)
{
	if (sheaf)
		kmem_cache_return_sheaf(cache, GFP_KERNEL, sheaf);
	for (size_t i = 0; i < MANY && objects[0]; i++)
		kfree(objects[i]);
	memset(objects, 0, sizeof(objects));
	kfree(object);
	kfree(other_object);
	mempool_destroy(pool);
	CHECK(kmem_buckets_destroy(buckets) == 0);
	CHECK(kmem_cache_destroy(cache) == 0);
	end_shadow(&shadow);
	end_shadow(&other_shadow);
	CHECK(slab_group_destroy(group) == 0);
	object = other_object = NULL;
	cache = NULL;
	sheaf = NULL;
	pool = NULL;
	buckets = NULL;
	group = NULL;
}

struct way {
	int (*go)(void);
	long points; /* of failure at least, in a process that has nothing yet */
	int other;   /* error that is possible besides ENOMEM */
};

static const struct way ways[] = {
	{ create, 5, 0 },
	{ create_with_args, 5, 0 },
	{ create_with_five, 5, 0 },
	{ create_with_window, 5, 0 },
	{ create_for_struct, 5, 0 },
	{ setup, 4, 0 },
	{ setup_with_window, 4, 0 },
	{ setup_for_struct, 4, 0 },
	{ setup_for_struct_with_window, 4, 0 },
	{ setup_with_args, 4, 0 },
	{ use_defined, 12, 0 },
	{ use_first, 13, 0 },
	{ use_in_first_thread, 17, 0 },
	{ share, 17, 0 },
	{ account, 15, 0 },
	{ bulk, 13, 0 },
	{ prefill, 14, 0 },
	{ make_buckets, 15, 0 },
	{ make_pool, 12, 0 },
	{ make_pool_of_cache, 16, 0 },
	{ make_pieces, 6, 0 },
#ifdef SLAB_RCU
	{ setup_typesafe, 13, EAGAIN },
#endif
};

/* What a child saw. */
struct outcome {
	int error;
	long points;		    /* that were passed */
	size_t meta, spans, mapped; /* bytes that it holds in the end */
	unsigned int slot;	    /* of a cache that is set up in the end */
};

struct
try {
	const struct way *way;
	bool warm; /* all went well once before */
	long at;   /* the request that fails first */
	struct outcome *outcome;
};

static void look_around(struct outcome *outcome)
{
	char *table = slabinfo_text();

	CHECK(!strstr(table, "\nfault") && !strstr(table, "\nitem"));
	free(table);
	CHECK(setup() == 0);
	outcome->slot = shadow.slot;
	end();
	pages_purge();
	outcome->meta = meta_in_use();
	pages_held(&outcome->spans, &outcome->mapped);
}

static void try_in_child(void *data)
{
	const struct try *try = data;
	struct outcome *outcome = try->outcome;

	if (try->warm) {
		CHECK(try->way->go() == 0);
		end();
	}
	fault_after(try->at);
	outcome->error = try->way->go();
	outcome->points = try->at - fault_left();
	fault_after(-1);
	end();
	/* Now nothing fails. */
	CHECK(try->way->go() == 0);
	end();
	look_around(outcome);
}

static void run_try(struct try *try)
{
	memset(try->outcome, 0xff, sizeof(*try->outcome));
	assert_true(exited_with(in_child(try_in_child, try), 0));
}

static void same_in_the_end(const struct outcome *outcome, const struct outcome *expected)
{
	assert_int_equal(outcome->slot, expected->slot);
	/* Debugged caches keep each stack that they have seen and had memory for. */
	if (debugging())
		assert_in_range(outcome->meta, 0, expected->meta);
	else
		assert_int_equal(outcome->meta, expected->meta);
	assert_int_equal(outcome->spans, expected->spans);
	assert_int_equal(outcome->mapped, expected->mapped);
}

/* Memory that the children write to, too. */
static struct outcome *shared_outcome(void)
{
	void *memory = mmap(NULL, sizeof(struct outcome), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(memory != MAP_FAILED);
	return memory;
}

static void try_way(const struct way *way, bool warm, struct outcome *outcome)
{
	struct try try = { way, warm, LONG_MAX, outcome };
	long failures = 0;

	run_try(&try);
	struct outcome expected = *outcome;
	assert_int_equal(expected.error, 0);
	if (!warm)
		assert_in_range(expected.points, debugging() ? 1 : way->points, 1000);
	for (try.at = 0; try.at < expected.points; try.at++) {
		run_try(&try);
		same_in_the_end(outcome, &expected);
		if (outcome->error)
			assert_true(outcome->error == -ENOMEM || outcome->error == -way->other);
		failures += outcome->error != 0;
	}
	/*
	 * A thread may go without slots, a cache have a store of its own, and an object no stack:
	 * not all fail.
	 */
	assert_in_range(failures, expected.points > 0 && !debugging(), expected.points);
}

static void test_cold(void **state)
{
	struct outcome *outcome = shared_outcome();
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		try_way(&ways[i], false, outcome);
	munmap(outcome, sizeof(*outcome));
}

static void test_warm(void **state)
{
	struct outcome *outcome = shared_outcome();
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		try_way(&ways[i], true, outcome);
	munmap(outcome, sizeof(*outcome));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cold),
		cmocka_unit_test(test_warm),
	};

	return cmocka_run_group_tests_name("creation", tests, NULL, NULL);
}
