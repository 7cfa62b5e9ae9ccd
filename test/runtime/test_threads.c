/* SPDX-License-Identifier: MIT */

/* Threads that pass objects on, come and go, and free at odd times. */

#include "harness.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <slab/slab-static.h>

#include "at_hand.h"
#include "cache.h"
#include "forms.h"
#include "slots.h"

/* In how many rounds destructors run again; a sanitizer ends the thread for itself in the last. */
#define AGAIN (PTHREAD_DESTRUCTOR_ITERATIONS - (SANITIZED ? 2 : 1))

#define PAIRS	  4
#define RING_SIZE 256
#define OBJECT	  96

/* Made before any key of the library, so that its destructor runs before the library's. */
static pthread_key_t first_key;
static pthread_key_t last_key;

static void late_destructor(void *data);

__attribute__((constructor(101))) static void make_first_key(void)
{
	CHECK(pthread_key_create(&first_key, late_destructor) == 0);
}

/* Producers and consumers: every object is freed by another thread than allocated it. */

struct ring {
	size_t head; /* next to fill; written by the producer */
	size_t tail; /* next to empty; written by the consumer */
	void *slots[RING_SIZE];
};

struct pair {
	struct ring ring;
	struct kmem_cache *cache;
	const struct forms *forms;
	size_t items;
};

static struct pair pairs[PAIRS];

static void ring_put(struct ring *ring, void *object)
{
	size_t head = ring->head;

	while (head - __atomic_load_n(&ring->tail, __ATOMIC_ACQUIRE) == RING_SIZE)
		sched_yield();
	ring->slots[head % RING_SIZE] = object;
	__atomic_store_n(&ring->head, head + 1, __ATOMIC_RELEASE);
}

static void *ring_get(struct ring *ring)
{
	size_t tail = ring->tail;

	while (__atomic_load_n(&ring->head, __ATOMIC_ACQUIRE) == tail)
		sched_yield();
	void *object = ring->slots[tail % RING_SIZE];
	__atomic_store_n(&ring->tail, tail + 1, __ATOMIC_RELEASE);
	return object;
}

static void *produce(void *data)
{
	struct pair *pair = data;

	for (size_t i = 0; i < pair->items; i++) {
		void *object = pair->forms->alloc(pair->cache, GFP_KERNEL);

		CHECK(object);
		pattern_fill(object, OBJECT, i);
		ring_put(&pair->ring, object);
	}
	return NULL;
}

static void *consume(void *data)
{
	struct pair *pair = data;

	for (size_t i = 0; i < pair->items; i++) {
		void *object = ring_get(&pair->ring);

		CHECK(pattern_holds(object, OBJECT, i));
		/* The other form than the producer's. */
		(pair->forms == &called ? &inlined : &called)->free(pair->cache, object);
	}
	return NULL;
}

static void test_rings(void **state)
{
	struct kmem_cache *s = kmem_cache_create("rings", OBJECT, NULL, 0);
	thread_handle *threads[2 * PAIRS];
	(void)state;

	for (size_t i = 0; i < PAIRS; i++) {
		pairs[i].cache = s;
		pairs[i].forms = i % 2 ? &inlined : &called;
		pairs[i].items = scaled(200000);
		threads[2 * i] = thread_start(produce, &pairs[i]);
		threads[2 * i + 1] = thread_start(consume, &pairs[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++)
		thread_join(threads[i]);
	assert_int_equal(slabinfo_of("rings").active, 0);
	/* What passed through did not pile up on the way. */
	struct slabinfo info = slabinfo_of("rings");
	assert_in_range(info.objects, 1, 4 * PAIRS * (RING_SIZE + 1000));
	assert_int_equal(kmem_cache_shrink(s), 0);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* Threads that live for a moment, beside others that stay, and leave objects for them to free. */

struct heap {
	pthread_mutex_t mutex;
	void *objects[1000];
	size_t nr;
	bool stop;
};

static struct heap heap = { .mutex = PTHREAD_MUTEX_INITIALIZER };
static struct kmem_cache *churned;

static bool heap_put(void *object)
{
	pthread_mutex_lock(&heap.mutex);
	bool fits = heap.nr < ARRAY_SIZE(heap.objects);
	if (fits)
		heap.objects[heap.nr++] = object;
	pthread_mutex_unlock(&heap.mutex);
	return fits;
}

static void *heap_get(void)
{
	pthread_mutex_lock(&heap.mutex);
	void *object = heap.nr ? heap.objects[--heap.nr] : NULL;
	pthread_mutex_unlock(&heap.mutex);
	return object;
}

static void use_churned(const struct forms *forms, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		void *object = forms->alloc(churned, GFP_KERNEL);

		CHECK(object);
		pattern_fill(object, OBJECT, (uintptr_t)object);
		if (i % 2 || !heap_put(object))
			forms->free(churned, object);
		object = i % 3 == 0 ? heap_get() : NULL;
		if (object) {
			CHECK(pattern_holds(object, OBJECT, (uintptr_t)object));
			forms->free(churned, object);
		}
	}
}

static void *stay(void *data)
{
	while (!__atomic_load_n(&heap.stop, __ATOMIC_RELAXED))
		use_churned(data, 100);
	return NULL;
}

static void *come_and_go(void *data)
{
	use_churned(data, 300);
	return NULL;
}

static void *look_on(void *data)
{
	while (!__atomic_load_n(&heap.stop, __ATOMIC_RELAXED)) {
		struct slabinfo info = slabinfo_of("churned");

		CHECK(info.size == OBJECT);
		(void)kmem_cache_shrink(churned);
		sched_yield();
	}
	return data;
}

static void test_churn(void **state)
{
	thread_handle *staying[5];
	thread_handle *going[4];
	(void)state;

	churned = kmem_cache_create("churned", OBJECT, NULL, 0);
	heap.stop = false;
	for (size_t i = 0; i < 4; i++)
		staying[i] = thread_start(stay, (void *)(uintptr_t)(i % 2 ? &called : &inlined));
	staying[4] = thread_start(look_on, NULL);
	for (size_t round = 0; round < scaled(400); round++) {
		for (size_t i = 0; i < ARRAY_SIZE(going); i++)
			going[i] = thread_start(come_and_go,
						(void *)(uintptr_t)(i % 2 ? &called : &inlined));
		for (size_t i = 0; i < ARRAY_SIZE(going); i++)
			thread_join(going[i]);
	}
	__atomic_store_n(&heap.stop, true, __ATOMIC_RELAXED);
	for (size_t i = 0; i < ARRAY_SIZE(staying); i++)
		thread_join(staying[i]);
	assert_int_equal(slabinfo_of("churned").active, heap.nr);
	for (void *object; (object = heap_get()) != NULL;)
		kmem_cache_free(churned, object);
	assert_int_equal(kmem_cache_destroy(churned), 0);
}

/* Destructors of thread-specific data that free and allocate, before the library's own and after.
 */

static struct kmem_cache *late;
static const struct forms *late_forms;

struct late_object {
	pthread_key_t key;
	int left; /* runs of the destructor to come */
};

static void late_destructor(void *data)
{
	struct late_object *mine = data;
	struct late_object *next = late_forms->alloc(late, GFP_KERNEL);
	void *more[5];

	CHECK(next && next != mine);
	CHECK(kmem_cache_alloc_bulk(late, GFP_KERNEL, 5, more) == 5);
	*next = *mine;
	late_forms->free(late, mine);
	kmem_cache_free_bulk(late, 5, more);
	kfree(kmalloc(100, GFP_KERNEL));
	/* Run again, after all other destructors, in all the rounds that there are. */
	if (next->left-- > 0)
		CHECK(pthread_setspecific(next->key, next) == 0);
	else
		late_forms->free(late, next);
}

static void *exit_with_data(void *data)
{
	const pthread_key_t keys[] = { first_key, last_key };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		struct late_object *object = late_forms->alloc(late, GFP_KERNEL);

		CHECK(object);
		object->key = keys[i];
		object->left = AGAIN;
		CHECK(pthread_setspecific(keys[i], object) == 0);
	}
	return data;
}

static void test_late_frees(void **state)
{
	late_forms = *state;
	late = kmem_cache_create("late", sizeof(struct late_object), NULL, 0);
	for (size_t i = 0; i < scaled(200); i++)
		in_thread(exit_with_data, NULL);
	assert_int_equal(slabinfo_of("late").active, 0);
	assert_int_equal(kmem_cache_shrink(late), 0);
	assert_int_equal(kmem_cache_destroy(late), 0);
}

/* What exited threads had at hand serves others. */
static void *take_and_give(void *data)
{
	void *objects[500];

	CHECK(kmem_cache_alloc_bulk(data, GFP_KERNEL, 500, objects) == 500);
	kmem_cache_free_bulk(data, 500, objects);
	return NULL;
}

static void test_exit_gives_back(void **state)
{
	struct kmem_cache *s = kmem_cache_create("exits", OBJECT, NULL, 0);
	(void)state;

	in_thread(take_and_give, s);
	size_t objects = slabinfo_of("exits").objects;
	for (size_t i = 0; i < scaled(300); i++)
		in_thread(take_and_give, s);
	assert_int_equal(slabinfo_of("exits").objects, objects);
	assert_int_equal(kmem_cache_shrink(s), 0);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* Each thread makes and ends caches of its own while the others do. */
static void *make_and_end(void *data)
{
	size_t me = (size_t)(uintptr_t)data;
	char name[32];

	snprintf(name, sizeof(name), "own-%zu", me);
	for (size_t i = 0; i < scaled(1000); i++) {
		struct kmem_cache_opaque shadow = { 0 };
		struct kmem_cache *s = to_kmem_cache(&shadow);
		void *objects[40];

		if (i % 2)
			s = kmem_cache_create(name, 8 + (i + me) % 1000, NULL, 0);
		else
			CHECK(kmem_cache_setup(s, name, 8 + (i + me) % 1000, 0, 0, NULL) == 0);
		CHECK(s);
		CHECK(kmem_cache_alloc_bulk(s, GFP_KERNEL, 40, objects) == 40);
		for (size_t j = 0; j < 40; j++)
			pattern_fill(objects[j], 8, (uintptr_t)objects[j] + me);
		for (size_t j = 0; j < 40; j++) {
			CHECK(pattern_holds(objects[j], 8, (uintptr_t)objects[j] + me));
			kfree(objects[j]);
		}
		CHECK(kmem_cache_destroy(s) == 0);
	}
	return NULL;
}

static void test_many_makers(void **state)
{
	thread_handle *threads[8];
	(void)state;

	for (uintptr_t i = 0; i < ARRAY_SIZE(threads); i++)
		threads[i] = thread_start(make_and_end, (void *)i);
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++)
		thread_join(threads[i]);
}

/*
 * A thread that has used a cache meets, in the same slot, another one that was first used
 * elsewhere, and nothing but the first use itself has told it so.
 */
static DEFINE_KMEM_CACHE(old_cache, char[OBJECT], 0);
static DEFINE_KMEM_CACHE(new_cache, char[OBJECT], 0);
static int stage;

static void *use_old_then_new(void *data)
{
	const struct forms *forms = data;

	forms->free(to_kmem_cache(&old_cache), forms->alloc(to_kmem_cache(&old_cache), GFP_KERNEL));
	__atomic_store_n(&stage, 1, __ATOMIC_RELEASE);
	/* Relaxed: the end of the old cache is not passed on. */
	while (__atomic_load_n(&stage, __ATOMIC_RELAXED) != 2)
		sched_yield();
	void *object = forms->alloc(to_kmem_cache(&new_cache), GFP_KERNEL);
	CHECK(object && ksize(object) == OBJECT);
	pattern_fill(object, OBJECT, 5);
	forms->free(to_kmem_cache(&new_cache), object);
	return NULL;
}

static void test_slot_taken_over(void **state)
{
	thread_handle *thread = thread_start(use_old_then_new, *state);

	while (__atomic_load_n(&stage, __ATOMIC_ACQUIRE) != 1)
		sched_yield();
	assert_int_equal(kmem_cache_destroy(&old_cache), 0);
	void *object = kmem_cache_alloc(&new_cache, GFP_KERNEL);
	assert_non_null(object);
	__atomic_store_n(&stage, 2, __ATOMIC_RELAXED);
	thread_join(thread);
	kmem_cache_free(&new_cache, object);
	assert_int_equal(slabinfo_of("new_cache").active, 0);
	assert_int_equal(kmem_cache_destroy(&new_cache), 0);
}

/* Threads that have used some caches a lot and then wait: what they keep is bounded. */

#define RESTING	     24
#define RESTING_USED 4

static struct kmem_cache *resting[RESTING_USED];
static pthread_barrier_t all_rest;

static void use_much(struct kmem_cache *s)
{
	void *objects[400];

	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		CHECK((objects[i] = kmem_cache_alloc(s, GFP_KERNEL)) != NULL);
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		kmem_cache_free(s, objects[i]);
}

static void *use_and_rest(void *data)
{
	for (size_t round = 0; round < 3; round++)
		for (size_t i = 0; i < RESTING_USED; i++)
			use_much(resting[i]);
	pthread_barrier_wait(&all_rest);
	pthread_barrier_wait(&all_rest);
	return data;
}

/* Bytes that the objects on all sheaves of the slots occupy. */
static size_t bytes_at_hand(void)
{
	size_t bytes = 0;

	for (size_t i = 0; i < RESTING_USED; i++)
		bytes += slots_count(resting[i]->barn) * resting[i]->barn->store->stride;
	return bytes;
}

/* What shrinking reaches of threads that rest. */
static void shrink_all(void)
{
	bool have_slots = resting[0]->barn->slot != 0;

	for (size_t i = 0; i < RESTING_USED; i++) {
		size_t before = slots_count(resting[i]->barn);

		/* The sheaf that a thread is using is out of reach. */
		assert_int_equal(kmem_cache_shrink(resting[i]), have_slots);
		assert_true(!have_slots || slots_count(resting[i]->barn) < before);
		assert_int_equal(kmem_cache_validate(resting[i]), 0);
	}
}

static void check_bound(size_t budget)
{
	thread_handle *threads[RESTING];
	size_t before = slab_at_hand();

	slab_at_hand_set(budget);
	for (size_t i = 0; i < RESTING_USED; i++)
		resting[i] = kmem_cache_create("rests", 48 + 300 * i, NULL, SLAB_NO_MERGE);
	pthread_barrier_init(&all_rest, NULL, RESTING + 1);
	for (size_t i = 0; i < RESTING; i++)
		threads[i] = thread_start(use_and_rest, NULL);
	pthread_barrier_wait(&all_rest);
	size_t claimed = slab_at_hand();
	assert_true(claimed <= budget || claimed <= before);
	assert_true(claimed > before || !budget || !resting[0]->barn->slot);
	assert_true(bytes_at_hand() <= claimed + HAND_SHARE * RESTING * RESTING_USED);
	shrink_all();
	assert_true(slab_at_hand() <= claimed);
	pthread_barrier_wait(&all_rest);
	for (size_t i = 0; i < RESTING; i++)
		thread_join(threads[i]);
	assert_true(slab_at_hand() <= before);
	pthread_barrier_destroy(&all_rest);
	for (size_t i = 0; i < RESTING_USED; i++) {
		assert_int_equal(kmem_cache_validate(resting[i]), 0);
		assert_int_equal(kmem_cache_destroy(resting[i]), 0);
	}
	slab_at_hand_set(HAND_DEFAULT);
}

static void test_bound_at_hand(void **state)
{
	(void)state;
	check_bound(HAND_DEFAULT);
	check_bound((size_t)1 << 20);
	check_bound(0);
}

/* Two of these are more than a thread's share, so without a budget it keeps none. */
static void test_large_without_budget(void **state)
{
	struct kmem_cache *s = kmem_cache_create("large", 100000, NULL, SLAB_NO_MERGE);
	(void)state;

	slab_at_hand_set(0);
	size_t before = slab_at_hand();
	use_much(s);
	assert_int_equal(slots_count(s->barn), 0);
	assert_int_equal(slab_at_hand(), before);
	slab_at_hand_set(HAND_DEFAULT);
	use_much(s);
	assert_true(slots_count(s->barn) > 0 || !s->barn->slot);
	assert_int_equal(kmem_cache_shrink(s), 0);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rings),
		cmocka_unit_test(test_churn),
		BOTH_FORMS(test_late_frees),
		cmocka_unit_test(test_exit_gives_back),
		cmocka_unit_test(test_many_makers),
		cmocka_unit_test(test_bound_at_hand),
		cmocka_unit_test(test_large_without_budget),
		{ "test_slot_taken_over", test_slot_taken_over, NULL, NULL,
		  (void *)(uintptr_t)&inlined },
	};

	/* After the library's key, which its first use in any thread makes. */
	kfree(kmalloc(1, GFP_KERNEL));
	CHECK(pthread_key_create(&last_key, late_destructor) == 0);
	return cmocka_run_group_tests_name("threads", tests, NULL, NULL);
}
