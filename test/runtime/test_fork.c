/* SPDX-License-Identifier: MIT */

/*
 * fork() while other threads are inside the allocator. The child finds every cache whole, gets back
 * what the threads that it does not have held at hand, and goes on alone.
 *
 * ThreadSanitizer cannot follow a thread that holds more than 64 locks, and fork() takes those of
 * all caches: keep the caches in this program few.
 */

#include "harness.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <slab/mempool.h>
#include <slab/slab-static.h>

#include "cache.h"
#include "forms.h"
#include "slab.h"

#define WORKERS	 6
#define HELD	 50
#define BULK	 70
#define IN_CHILD 600
#define FORKERS	 2
#define MINE	 30

/*
 * What a vanished thread may take with it from a busy cache: what it held, and what it was just
 * allocating or freeing.
 */
#define LOST_MAX ((size_t)WORKERS * (HELD + BULK + 2) + FORKERS * MINE)

struct busy {
	const char *name;
	size_t size;
	struct kmem_cache *cache;
};

static struct busy busy[] = {
	{ "fork-small", 32, NULL },
	{ "fork-middle", 700, NULL },
	{ "fork-large", 20000, NULL },
};
static struct kmem_cache *idle;
static DEFINE_KMEM_CACHE(defined_cache, char[48], 0);
static pthread_barrier_t settled;
static bool stop;

static void use_and_leave(void *objects[], size_t n)
{
	CHECK(kmem_cache_alloc_bulk(idle, GFP_KERNEL, n, objects) == (int)n);
	for (size_t i = 0; i < n; i++)
		(i % 2 ? &inlined : &called)->free(idle, objects[i]);
}

static void *work(void *data)
{
	size_t me = (size_t)(uintptr_t)data;
	struct rng rng = rng_make(test_seed(), me);
	void *held[ARRAY_SIZE(busy)][HELD] = { 0 };
	void *bulk[BULK];
	void *some[200];

	/* Objects of the idle cache at hand, on full sheaves too, and no more use of it. */
	use_and_leave(some, 100 + me * 10);
	pthread_barrier_wait(&settled);
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		size_t which = rng_below(&rng, ARRAY_SIZE(busy));
		size_t i = rng_below(&rng, HELD);
		const struct forms *forms = rng_chance(&rng, 50) ? &called : &inlined;
		struct busy *b = &busy[which];

		if (held[which][i]) {
			CHECK(pattern_holds(held[which][i], 24, (uintptr_t)held[which][i] + me));
			forms->free(b->cache, held[which][i]);
			held[which][i] = NULL;
		} else {
			held[which][i] = forms->alloc(b->cache, GFP_KERNEL);
			CHECK(held[which][i]);
			pattern_fill(held[which][i], 24, (uintptr_t)held[which][i] + me);
		}
		if (rng_chance(&rng, 2)) {
			CHECK(kmem_cache_alloc_bulk(b->cache, GFP_KERNEL, BULK, bulk) == BULK);
			kmem_cache_free_bulk(b->cache, BULK, bulk);
		}
		if (rng_chance(&rng, 1))
			kfree(kmalloc(rng_below(&rng, 100000), GFP_KERNEL));
		if (rng_below(&rng, 1000) == 0)
			(void)kmem_cache_shrink(b->cache);
	}
	for (size_t which = 0; which < ARRAY_SIZE(busy); which++)
		for (size_t i = 0; i < HELD; i++)
			kmem_cache_free(busy[which].cache, held[which][i]);
	return NULL;
}

/* Threads that come and go: at a fork some are in the middle of their first or last moments. */
static void *come_and_go(void *data)
{
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		pthread_t thread;

		if (!data) {
			kfree(kmem_cache_alloc(busy[0].cache, GFP_KERNEL));
			return NULL;
		}
		CHECK(pthread_create(&thread, NULL, come_and_go, NULL) == 0);
		pthread_join(thread, NULL);
	}
	return NULL;
}

static void use_in_child(const struct busy *b)
{
	static void *objects[IN_CHILD];
	size_t size = b->size < 1000 ? b->size : 1000;

	for (size_t i = 0; i < IN_CHILD; i++) {
		objects[i] = (i % 2 ? &inlined : &called)->alloc(b->cache, GFP_KERNEL);
		CHECK(objects[i]);
		pattern_fill(objects[i], size, i);
	}
	for (size_t i = 0; i < IN_CHILD; i++) {
		CHECK(pattern_holds(objects[i], size, i));
		(i % 3 ? &inlined : &called)->free(b->cache, objects[i]);
	}
}

/* Either nothing was lost, or the listing is no longer than what was under way. */
static void end_busy(const struct busy *b, size_t lost_max)
{
	struct slabinfo info = slabinfo_of(b->name);

	CHECK(info.active <= lost_max);
	capture_begin();
	int error = kmem_cache_destroy(b->cache);
	const char *said = capture_end();
	CHECK(error == (info.active ? -EBUSY : 0));
	CHECK(strstr(said, "double") == NULL && strstr(said, "invalid") == NULL);
}

static void *use_in_thread(void *data)
{
	for (size_t i = 0; i < ARRAY_SIZE(busy); i++)
		kmem_cache_free(busy[i].cache, kmem_cache_alloc(busy[i].cache, GFP_KERNEL));
	return data;
}

static void live_in_child(bool fork_again)
{
	void *some[100];

	for (size_t i = 0; i < ARRAY_SIZE(busy); i++)
		use_in_child(&busy[i]);
	for (size_t size = 1; size < 300000; size = size * 3 + 1) {
		void *piece = kzalloc(size, GFP_KERNEL);

		CHECK(piece && is_filled_with(piece, size, 0));
		kfree(piece);
	}
	use_and_leave(some, 100);
	/* Sanitizers do not follow threads of such a child. */
	if (!SANITIZED)
		in_thread(use_in_thread, NULL);
	/* All that the vanished threads had at hand of the idle cache is back. */
	CHECK(slabinfo_of("fork-idle").active == 0);
	if (fork_again) {
		pid_t pid = fork();
		int status = 0;

		CHECK(pid >= 0);
		if (!pid) {
			live_in_child(false);
			_exit(0);
		}
		CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	}
	CHECK(kmem_cache_destroy(idle) == 0);
	for (size_t i = 0; i < ARRAY_SIZE(busy); i++)
		end_busy(&busy[i], LOST_MAX);
	kmem_cache_free(&defined_cache, kmem_cache_alloc(&defined_cache, GFP_KERNEL));
	CHECK(kmem_cache_destroy(&defined_cache) == 0);
}

/* The forking thread has objects at hand, and out, too: they stay its own. */
static void *fork_often(void *data)
{
	void *some[100];
	void *mine[MINE];

	use_and_leave(some, 100);
	CHECK(kmem_cache_alloc_bulk(busy[1].cache, GFP_KERNEL, MINE, mine) == MINE);
	for (size_t i = 0; i < MINE; i++)
		pattern_fill(mine[i], 700, i);
	pthread_barrier_wait(&settled);
	for (size_t i = 0; i < scaled(25); i++) {
		int status = 0;
		pid_t pid = fork();

		CHECK(pid >= 0);
		if (!pid) {
			for (size_t j = 0; j < MINE; j++) {
				CHECK(pattern_holds(mine[j], 700, j));
				kmem_cache_free(busy[1].cache, mine[j]);
			}
			live_in_child(i % 4 == 0);
			_exit(0);
		}
		CHECK(waitpid(pid, &status, 0) == pid);
		CHECK(status == 0);
		use_in_thread(NULL);
	}
	kmem_cache_free_bulk(busy[1].cache, MINE, mine);
	return data;
}

static void setup(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(busy); i++) {
		busy[i].cache = kmem_cache_create(busy[i].name, busy[i].size, NULL, 0);
		CHECK(busy[i].cache);
	}
	idle = kmem_cache_create("fork-idle", 64, NULL, 0);
	CHECK(idle);
}

static void teardown(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(busy); i++)
		CHECK(kmem_cache_destroy(busy[i].cache) == 0);
	CHECK(kmem_cache_destroy(idle) == 0);
}

static void test_fork_among_threads(void **state)
{
	thread_handle *threads[WORKERS];
	thread_handle *forkers[FORKERS];
	(void)state;

	/* QEMU's fork() does not hold all of its own locks. */
	if (on_emulator())
		return;
	setup();
	pthread_barrier_init(&settled, NULL, WORKERS + FORKERS);
	for (uintptr_t i = 0; i < WORKERS; i++)
		threads[i] = thread_start(work, (void *)i);
	thread_handle *churn = thread_start(come_and_go, &stop);
	for (size_t i = 0; i < FORKERS; i++)
		forkers[i] = thread_start(fork_often, NULL);
	for (size_t i = 0; i < FORKERS; i++)
		thread_join(forkers[i]);
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	for (size_t i = 0; i < WORKERS; i++)
		thread_join(threads[i]);
	thread_join(churn);
	pthread_barrier_destroy(&settled);
	teardown();
}

/* One thread and no hurry: nothing at all is lost. */
static void child_of_one(void *data)
{
	void **object = data;

	CHECK(slabinfo_of("fork-small").active == 1);
	kmem_cache_free(busy[0].cache, *object);
	for (size_t i = 0; i < ARRAY_SIZE(busy); i++) {
		use_in_child(&busy[i]);
		CHECK(slabinfo_of(busy[i].name).active == 0);
	}
	teardown();
}

static void *use_once(void *data)
{
	void *some[100];

	use_and_leave(some, 100);
	pthread_barrier_wait(&settled);
	pthread_barrier_wait(&settled);
	return data;
}

static void test_fork_alone(void **state)
{
	(void)state;
	setup();
	void *object = kmem_cache_alloc(busy[0].cache, GFP_KERNEL);
	use_in_child(&busy[1]);
	for (size_t i = 0; i < scaled(20); i++)
		assert_true(exited_with(in_child(child_of_one, &object), 0));
	/* The parent has not noticed. */
	assert_int_equal(slabinfo_of("fork-small").active, 1);
	kmem_cache_free(busy[0].cache, object);
	teardown();
}

/* A thread sleeps with objects at hand, so that what the child gets back can be counted. */
static void child_of_sleeper(void *data)
{
	(void)data;
	struct slabinfo info = slabinfo_of("fork-idle");

	CHECK(info.active == 0);
	CHECK(kmem_cache_shrink(idle) == 0);
	teardown();
}

static void test_sleeper_vanishes(void **state)
{
	(void)state;
	setup();
	pthread_barrier_init(&settled, NULL, 2);
	thread_handle *thread = thread_start(use_once, NULL);
	pthread_barrier_wait(&settled);
	assert_true(exited_with(in_child(child_of_sleeper, NULL), 0));
	/* While it still stands by in the parent: what it has at hand keeps a slab. */
	assert_int_equal(kmem_cache_shrink(idle), debugging() ? 0 : 1);
	pthread_barrier_wait(&settled);
	thread_join(thread);
	pthread_barrier_destroy(&settled);
	assert_int_equal(kmem_cache_shrink(idle), 0);
	teardown();
}

/* A ctor runs without locks: it may even fork. */
static void ctor_forks(void *object)
{
	static bool forked;

	memset(object, 0x5e, 100);
	if (forked)
		return;
	forked = true;
	assert_true(exited_with(in_child(child_of_sleeper, NULL), 0));
}

static void test_fork_in_ctor(void **state)
{
	(void)state;
	setup();
	struct kmem_cache *s = kmem_cache_create("fork-ctor", 100, 0, 0, ctor_forks);
	void *object = kmem_cache_alloc(s, GFP_KERNEL);
	assert_true(is_filled_with(object, 100, 0x5e));
	kmem_cache_free(s, object);
	assert_int_equal(kmem_cache_destroy(s), 0);
	teardown();
}

static void (*beside)(void);

static void *run_beside(void *unused)
{
	do {
		beside();
	} while (!__atomic_load_n(&stop, __ATOMIC_RELAXED));
	return unused;
}

/* Fork @n times while @fn runs again and again in a thread; all must go well in the child. */
static void fork_beside(void (*fn)(void), void (*in_the_child)(void *data), size_t n)
{
	beside = fn;
	__atomic_store_n(&stop, false, __ATOMIC_RELAXED);
	thread_handle *thread = thread_start(run_beside, NULL);
	for (size_t i = 0; i < n; i++)
		assert_true(exited_with(in_child(in_the_child, NULL), 0));
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	thread_join(thread);
}

static struct kmem_cache_opaque shadow;

static void come_and_go_caches(void)
{
	struct kmem_cache *s = kmem_cache_create("fork-made", 80, NULL, 0);

	kmem_cache_free(s, kmem_cache_alloc(s, GFP_KERNEL));
	CHECK(kmem_cache_setup(&shadow, "fork-set-up", 80, 0, 0, NULL) == 0);
	kmem_cache_free(&shadow, kmem_cache_alloc(&shadow, GFP_KERNEL));
	CHECK(kmem_cache_destroy(s) == 0);
	CHECK(kmem_cache_destroy(&shadow) == 0);
}

/* The cache is there or it is not; either way it goes on from there. */
static void meet_caches(void *data)
{
	struct slabinfo info;
	bool ready = slabinfo_find("fork-set-up", &info);

	(void)data;
	capture_begin();
	int error = kmem_cache_setup(&shadow, "fork-set-up", 80, 0, 0, NULL);
	capture_end();
	CHECK(error == (ready ? -EBUSY : 0));
	kmem_cache_free(&shadow, kmem_cache_alloc(&shadow, GFP_KERNEL));
	/* One that the thread was just allocating or freeing. */
	size_t active = slabinfo_of("fork-set-up").active;
	CHECK(active <= 1);
	if (!active)
		CHECK(kmem_cache_destroy(&shadow) == 0);
	struct kmem_cache *s = kmem_cache_create("fork-mine", 80, NULL, 0);
	kmem_cache_free(s, kmem_cache_alloc(s, GFP_KERNEL));
	CHECK(kmem_cache_destroy(s) == 0);
}

static void test_fork_beside_setup(void **state)
{
	(void)state;
	if (on_emulator())
		return;
	fork_beside(come_and_go_caches, meet_caches, scaled(200));
}

#define DEFERRED 20000

/* As from a signal handler that finds the cache's lock taken: all are left for later. */
static void defer(struct kmem_cache *s)
{
	struct slab_store *store = s->barn->store;
	static void *objects[DEFERRED];

	CHECK(kmem_cache_alloc_bulk(s, GFP_KERNEL, DEFERRED, objects) == DEFERRED);
	lock(&store->lock);
	for (size_t i = 0; i < DEFERRED; i++)
		kfree_nolock(objects[i]);
	unlock(&store->lock);
}

static void *free_deferred(void *data)
{
	pthread_barrier_wait(&settled);
	(void)kmem_cache_shrink(idle);
	return data;
}

/* At once: the thread is in the middle of it, most often. */
static void fork_and_count(struct kmem_cache *s)
{
	int status = 0;
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (!pid)
		_exit(kmem_cache_shrink(s) != 0);
	CHECK(waitpid(pid, &status, 0) == pid);
	assert_int_equal(status, 0);
}

/* A thread frees what was left for later; what it has not, the child does. */
static void test_fork_beside_deferred(void **state)
{
	(void)state;
	if (on_emulator())
		return;
	setup();
	struct kmem_cache *s = busy[0].cache;
	pthread_barrier_init(&settled, NULL, 2);
	for (size_t i = 0; i < scaled(50); i++) {
		defer(s);
		thread_handle *thread = thread_start(free_deferred, NULL);
		pthread_barrier_wait(&settled);
		fork_and_count(s);
		thread_join(thread);
		assert_int_equal(kmem_cache_shrink(s), 0);
	}
	pthread_barrier_destroy(&settled);
	teardown();
}

static bool dry; /* nothing beyond the reserve */
static size_t tries;
static mempool_t *pool;

static void *from_well(gfp_t gfp, void *data)
{
	__atomic_add_fetch(&tries, 1, __ATOMIC_RELAXED);
	return __atomic_load_n(&dry, __ATOMIC_RELAXED) ? NULL : mempool_kmalloc(gfp, data);
}

static void use_reserve(void)
{
	mempool_free(mempool_alloc_preallocated(pool), pool);
}

static void use_reserve_in_child(void *data)
{
	(void)data;
	use_reserve();
}

static void *wait_for_element(void *data)
{
	(void)data;
	return mempool_alloc(pool, GFP_KERNEL);
}

/* It has tried, and now it waits, most often. */
static thread_handle *start_waiter(void)
{
	size_t before = __atomic_load_n(&tries, __ATOMIC_RELAXED);
	thread_handle *waiter = thread_start(wait_for_element, NULL);

	while (__atomic_load_n(&tries, __ATOMIC_RELAXED) == before)
		sched_yield();
	usleep(1000);
	return waiter;
}

/* The threads that waited in the parent are in nobody's way. */
static void wait_in_child(void *element)
{
	for (int i = 0; i < 10; i++) {
		thread_handle *waiter = start_waiter();

		mempool_free(element, pool);
		CHECK(thread_join(waiter) == element);
	}
}

static void test_fork_beside_pool(void **state)
{
	thread_handle *waiters[3];
	(void)state;

	if (on_emulator())
		return;
	pool = mempool_create(ARRAY_SIZE(waiters), from_well, mempool_kfree, (void *)100);
	__atomic_store_n(&dry, true, __ATOMIC_RELAXED);
	fork_beside(use_reserve, use_reserve_in_child, scaled(200));

	void *elements[ARRAY_SIZE(waiters)];
	for (size_t i = 0; i < ARRAY_SIZE(waiters); i++)
		assert_non_null(elements[i] = mempool_alloc_preallocated(pool));
	for (size_t i = 0; i < ARRAY_SIZE(waiters); i++)
		waiters[i] = start_waiter();
	if (!SANITIZED) /* starts no thread in such a child */
		for (size_t i = 0; i < scaled(10); i++)
			assert_true(exited_with(in_child(wait_in_child, elements[0]), 0));
	for (size_t i = 0; i < ARRAY_SIZE(waiters); i++)
		mempool_free(elements[i], pool);
	for (size_t i = 0; i < ARRAY_SIZE(waiters); i++)
		mempool_free(thread_join(waiters[i]), pool);
	assert_true(mempool_is_saturated(pool));
	mempool_destroy(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fork_alone),
		cmocka_unit_test(test_sleeper_vanishes),
		cmocka_unit_test(test_fork_in_ctor),
		cmocka_unit_test(test_fork_among_threads),
		cmocka_unit_test(test_fork_beside_setup),
		cmocka_unit_test(test_fork_beside_deferred),
		cmocka_unit_test(test_fork_beside_pool),
	};

	test_seed();
	return cmocka_run_group_tests_name("fork", tests, NULL, NULL);
}
