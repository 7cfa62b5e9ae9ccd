/* SPDX-License-Identifier: MIT */

/*
 * A process that may have no more address space (RLIMIT_AS): allocations end with NULL and ENOMEM,
 * what was allocated before stays whole, and what is freed serves again.
 */

#include "harness.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/resource.h>

#include "forms.h"

#define ROOM	((size_t)64 << 20) /* beyond what the process has at first */
#define MOST	100000		   /* objects: more would not fit */
#define THREADS 4
#define LEAST	200 /* bytes; of smaller ones there are too many for an array */
#define MIB	((size_t)1 << 20)

/* From large to small, so that the large ones find room when some of all has been freed. */
static struct kind {
	const char *name; /* of a cache; NULL: kmalloc() */
	size_t size;
	struct kmem_cache *cache;
} kinds[] = {
	{ NULL, 3 * MIB, NULL }, { NULL, 100000, NULL },	 { "exhaust-40000", 40000, NULL },
	{ NULL, 5000, NULL },	 { "exhaust-3000", 3000, NULL }, { "exhaust-200", 200, NULL },
	{ NULL, 100, NULL },	 { "exhaust-24", 24, NULL },
};

/* What one thread holds. */
static struct hoard {
	const struct forms *forms;
	size_t n;
	struct {
		void *object; /* NULL: freed */
		const struct kind *kind;
	} held[MOST];
} hoards[THREADS];

static pthread_barrier_t limited;

static void create_caches(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct kind *kind = &kinds[i];

		if (kind->name)
			CHECK((kind->cache = kmem_cache_create(kind->name, kind->size, NULL, 0)));
	}
}

static void destroy_caches(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		CHECK(kmem_cache_destroy(kinds[i].cache) == 0);
}

static void limit_memory(void)
{
	struct rlimit limit;

	CHECK(getrlimit(RLIMIT_AS, &limit) == 0);
	limit.rlim_cur = address_space() + ROOM;
	CHECK(setrlimit(RLIMIT_AS, &limit) == 0);
}

/* The beginning of an object is as good as all of it, and faster. */
static size_t marked(const struct kind *kind)
{
	return kind->size < 256 ? kind->size : 256;
}

static bool take(struct hoard *hoard, const struct kind *kind)
{
	const struct forms *forms = hoard->forms;

	errno = 0;
	void *object = kind->cache ? forms->alloc(kind->cache, GFP_KERNEL)
				   : kmalloc(kind->size, GFP_KERNEL);
	if (!object) {
		CHECK(errno == ENOMEM);
		return false;
	}
	CHECK(hoard->n < MOST);
	pattern_fill(object, marked(kind), (uintptr_t)object);
	hoard->held[hoard->n].object = object;
	hoard->held[hoard->n++].kind = kind;
	return true;
}

/* Until there is nothing left of any kind. */
static void take_all(struct hoard *hoard)
{
	size_t failed = 0;

	for (size_t i = 0; failed < ARRAY_SIZE(kinds); i++)
		failed = take(hoard, &kinds[i % ARRAY_SIZE(kinds)]) ? 0 : failed + 1;
}

/* Free each @nth object that is held; all of them are as they were filled. */
static void release(struct hoard *hoard, size_t nth)
{
	for (size_t i = 0; i < hoard->n; i++) {
		void *object = hoard->held[i].object;
		const struct kind *kind = hoard->held[i].kind;

		if (!object)
			continue;
		CHECK(pattern_holds(object, marked(kind), (uintptr_t)object));
		if (i % nth)
			continue;
		hoard->held[i].object = NULL;
		if (kind->cache)
			hoard->forms->free(kind->cache, object);
		else
			kfree(object);
	}
}

static size_t count(const struct hoard *hoard, const struct kind *kind)
{
	size_t n = 0;

	for (size_t i = 0; i < hoard->n; i++)
		n += hoard->held[i].object && hoard->held[i].kind == kind;
	return n;
}

static void account_is_right(const struct hoard *hoard)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].name)
			CHECK(slabinfo_of(kinds[i].name).active == count(hoard, &kinds[i]));
}

/* More objects than there is room for: all that was taken until then is back. */
static void too_many_at_once(const struct hoard *hoard, const struct kind *kind)
{
	static void *objects[2 * ROOM / LEAST];
	size_t n = 2 * ROOM / kind->size;

	CHECK(n <= ARRAY_SIZE(objects));
	errno = 0;
	CHECK(kmem_cache_alloc_bulk(kind->cache, GFP_KERNEL, n, objects) == 0 && errno == ENOMEM);
	account_is_right(hoard);
}

/* There is nothing left at all. */
static void not_even_some(const struct hoard *hoard, const struct kind *kind)
{
	void *object = NULL;

	errno = 0;
	CHECK(!kmem_cache_prefill_sheaf(kind->cache, GFP_KERNEL, 10) && errno == ENOMEM);
	CHECK(kmem_cache_alloc_bulk(kind->cache, GFP_KERNEL, 1, &object) == 0);
	account_is_right(hoard);
}

static void each_large_cache(const struct hoard *hoard,
			     void (*fn)(const struct hoard *hoard, const struct kind *kind))
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].cache && kinds[i].size >= LEAST)
			fn(hoard, &kinds[i]);
}

static void exhaust(void *forms)
{
	struct hoard *hoard = &hoards[0];

	hoard->forms = forms;
	create_caches();
	account_is_right(hoard); /* libc gets the memory that this takes */
	limit_memory();
	for (int round = 0; round < 3; round++) {
		take_all(hoard);
		account_is_right(hoard);
		each_large_cache(hoard, not_even_some);
		release(hoard, 3);
		account_is_right(hoard);
		for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
			CHECK(take(hoard, &kinds[i]));
		each_large_cache(hoard, too_many_at_once);
		release(hoard, 1);
		account_is_right(hoard);
		hoard->n = 0;
	}
	destroy_caches();
	create_caches();
	destroy_caches();
}

static void *exhaust_in_thread(void *hoard)
{
	pthread_barrier_wait(&limited);
	pthread_barrier_wait(&limited);
	for (int round = 0; round < 3; round++) {
		take_all(hoard);
		release(hoard, 3);
		take_all(hoard);
		release(hoard, 1);
		((struct hoard *)hoard)->n = 0;
	}
	return NULL;
}

static void exhaust_by_threads(void *forms)
{
	thread_handle *threads[THREADS];

	create_caches();
	account_is_right(&hoards[0]);
	pthread_barrier_init(&limited, NULL, THREADS + 1);
	for (size_t i = 0; i < THREADS; i++) {
		hoards[i].forms = forms;
		threads[i] = thread_start(exhaust_in_thread, &hoards[i]);
	}
	/* When all have their stacks. */
	pthread_barrier_wait(&limited);
	limit_memory();
	pthread_barrier_wait(&limited);
	for (size_t i = 0; i < THREADS; i++)
		thread_join(threads[i]);
	account_is_right(&hoards[0]);
	destroy_caches();
}

/* Sanitizers and Valgrind need room of their own, and QEMU passes the limit over. */
static bool cannot_limit(void)
{
	return address_space() == 0;
}

static void test_exhaust(void **state)
{
	assert_true(exited_with(in_child(exhaust, *state), 0));
}

static void test_exhaust_by_threads(void **state)
{
	assert_true(exited_with(in_child(exhaust_by_threads, *state), 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH_FORMS(test_exhaust),
		BOTH_FORMS(test_exhaust_by_threads),
	};

	if (cannot_limit()) {
		puts("1..0 # SKIP no limit of memory here");
		return 0;
	}
	return cmocka_run_group_tests_name("exhaust", tests, NULL, NULL);
}
