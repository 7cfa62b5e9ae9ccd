/* SPDX-License-Identifier: MIT */
/*
 * What the kernel's radix-tree and maple-tree tests ask of their own shim besides allocation:
 * counters, and a way to make allocations that may not wait fail. The linker sends the tests'
 * calls through here (--wrap); the memory is the slab library's.
 */
#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <linux/slab.h>

enum { MAX_CACHES = 16 };

static struct hook {
	struct kmem_cache *cache;
	unsigned int non_kernel; /* how many allocations that may not wait still succeed */
	unsigned long allocated; /* now */
	unsigned long ever;
	void (*callback)(void *data); /* runs at the allocation after one that failed */
	void *data;
	bool run_callback;
} hooks[MAX_CACHES];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

/* Of the tests. */
int nr_allocated;
int preempt_count;
int test_verbose;
int kmalloc_verbose;

int __real_kmem_cache_alloc_bulk(struct kmem_cache *s, gfp_t gfp, size_t n, void **objects);
int __wrap_kmem_cache_alloc_bulk(struct kmem_cache *s, gfp_t gfp, size_t n, void **objects);
void __real_kmem_cache_free_bulk(struct kmem_cache *s, size_t n, void **objects);
void __wrap_kmem_cache_free_bulk(struct kmem_cache *s, size_t n, void **objects);
void *__real_kmem_cache_alloc(struct kmem_cache *s, gfp_t gfp);
void *__wrap_kmem_cache_alloc(struct kmem_cache *s, gfp_t gfp);
void __real_kmem_cache_free(struct kmem_cache *s, void *object);
void __wrap_kmem_cache_free(struct kmem_cache *s, void *object);
void *__real_kmalloc(size_t size, gfp_t gfp);
void *__wrap_kmalloc(size_t size, gfp_t gfp);
void kmem_cache_set_non_kernel(struct kmem_cache *s, unsigned int n);
void kmem_cache_set_callback(struct kmem_cache *s, void (*callback)(void *data));
void kmem_cache_set_private(struct kmem_cache *s, void *data);
unsigned long kmem_cache_get_alloc(struct kmem_cache *s);
unsigned long kmem_cache_nr_allocated(struct kmem_cache *s);
unsigned long kmem_cache_nr_tallocated(struct kmem_cache *s);
void kmem_cache_zero_nr_tallocated(struct kmem_cache *s);
void test_kmem_cache_bulk(void);

/* Wants the mutex. */
static struct hook *hook_of(struct kmem_cache *s)
{
	struct hook *hook = hooks;

	while (hook->cache && hook->cache != s)
		hook++;
	assert(hook < hooks + MAX_CACHES - 1);
	hook->cache = s;
	return hook;
}

/* Count @n objects that are to be allocated; false if they must fail. */
static bool count(struct kmem_cache *s, gfp_t gfp, size_t n)
{
	pthread_mutex_lock(&mutex);
	struct hook *hook = hook_of(s);
	bool may = gfp & __GFP_DIRECT_RECLAIM || hook->non_kernel >= n;

	if (!may) {
		hook->non_kernel = 0;
	} else {
		hook->non_kernel -= gfp & __GFP_DIRECT_RECLAIM ? 0 : (unsigned int)n;
		hook->allocated += n;
		hook->ever += n;
		nr_allocated += (int)n;
	}
	pthread_mutex_unlock(&mutex);
	return may;
}

static void uncount(struct kmem_cache *s, size_t n)
{
	pthread_mutex_lock(&mutex);
	hook_of(s)->allocated -= n;
	nr_allocated -= (int)n;
	pthread_mutex_unlock(&mutex);
}

static void call_back(struct kmem_cache *s)
{
	pthread_mutex_lock(&mutex);
	struct hook hook = *hook_of(s);
	hook_of(s)->run_callback = false;
	pthread_mutex_unlock(&mutex);
	if (hook.run_callback && hook.callback)
		hook.callback(hook.data);
}

/* The tests mean "must not sleep", and expect what they were promised to be there. */
void *__wrap_kmem_cache_alloc(struct kmem_cache *s, gfp_t gfp)
{
	call_back(s);
	if (count(s, gfp, 1))
		return __real_kmem_cache_alloc(s, gfp | __GFP_DIRECT_RECLAIM);
	pthread_mutex_lock(&mutex);
	hook_of(s)->run_callback = true;
	pthread_mutex_unlock(&mutex);
	return NULL;
}

int __wrap_kmem_cache_alloc_bulk(struct kmem_cache *s, gfp_t gfp, size_t n, void **objects)
{
	if (!count(s, gfp, n))
		return 0;
	return __real_kmem_cache_alloc_bulk(s, gfp | __GFP_DIRECT_RECLAIM, n, objects);
}

void __wrap_kmem_cache_free(struct kmem_cache *s, void *object)
{
	uncount(s, 1);
	__real_kmem_cache_free(s, object);
}

void __wrap_kmem_cache_free_bulk(struct kmem_cache *s, size_t n, void **objects)
{
	uncount(s, n);
	__real_kmem_cache_free_bulk(s, n, objects);
}

void *__wrap_kmalloc(size_t size, gfp_t gfp)
{
	return gfp & __GFP_DIRECT_RECLAIM ? __real_kmalloc(size, gfp) : NULL;
}

void kmem_cache_set_non_kernel(struct kmem_cache *s, unsigned int n)
{
	pthread_mutex_lock(&mutex);
	hook_of(s)->non_kernel = n;
	pthread_mutex_unlock(&mutex);
}

void kmem_cache_set_callback(struct kmem_cache *s, void (*callback)(void *data))
{
	pthread_mutex_lock(&mutex);
	hook_of(s)->callback = callback;
	pthread_mutex_unlock(&mutex);
}

void kmem_cache_set_private(struct kmem_cache *s, void *data)
{
	pthread_mutex_lock(&mutex);
	hook_of(s)->data = data;
	pthread_mutex_unlock(&mutex);
}

unsigned long kmem_cache_get_alloc(struct kmem_cache *s)
{
	return kmem_cache_size(s) * kmem_cache_nr_allocated(s);
}

unsigned long kmem_cache_nr_allocated(struct kmem_cache *s)
{
	pthread_mutex_lock(&mutex);
	unsigned long n = hook_of(s)->allocated;
	pthread_mutex_unlock(&mutex);
	return n;
}

unsigned long kmem_cache_nr_tallocated(struct kmem_cache *s)
{
	pthread_mutex_lock(&mutex);
	unsigned long n = hook_of(s)->ever;
	pthread_mutex_unlock(&mutex);
	return n;
}

void kmem_cache_zero_nr_tallocated(struct kmem_cache *s)
{
	pthread_mutex_lock(&mutex);
	hook_of(s)->ever = 0;
	pthread_mutex_unlock(&mutex);
}

/* The tests begin with one of their shim: here, that what is freed comes back. */
void test_kmem_cache_bulk(void)
{
	struct kmem_cache *s = kmem_cache_create("test_cache", 256, 0, SLAB_PANIC, NULL);
	void *objects[12];

	for (int round = 0; round < 3; round++) {
		assert(kmem_cache_alloc_bulk(s, GFP_KERNEL, 12, objects) == 12);
		for (int i = 0; i < 12; i++)
			memset(objects[i], i, 256);
		kmem_cache_free_bulk(s, 12, objects);
	}
	assert(kmem_cache_nr_allocated(s) == 0);
	assert(kmem_cache_destroy(s) == 0);
}
