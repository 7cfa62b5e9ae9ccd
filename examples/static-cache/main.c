/* SPDX-License-Identifier: MIT */

/*
 * Caches with static storage: the program declares them, the library keeps their insides private.
 * Three are set up in three ways; eight threads allocate from all of them.
 */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cost.h"

#define THREADS 8
#define OBJECTS 4000

struct request {
	int number;
	char text[100];
};

struct connection {
	pthread_mutex_t lock; /* initialised once, by the constructor */
	long bytes;
};

/* Needs no setup call: the first allocation sets it up. */
static DEFINE_KMEM_CACHE(request_cache, struct request, SLAB_HWCACHE_ALIGN);

/* Set up by hand, in main(). */
struct kmem_cache_opaque point_cache;

/* Set up by hand, with a constructor: its objects keep their lock from one use to the next. */
static struct kmem_cache_opaque connection_cache;

static void connection_construct(void *object)
{
	struct connection *connection = object;

	pthread_mutex_init(&connection->lock, NULL);
	connection->bytes = 0;
}

static void die(const char *what)
{
	fprintf(stderr, "static-cache: %s\n", what);
	exit(1);
}

/* A freed object comes back as it was left: unlocked, and with the count that was restored. */
static void use_connection(void)
{
	struct connection *connection = kmem_cache_alloc(&connection_cache, GFP_KERNEL);

	if (!connection || connection->bytes != 0 || pthread_mutex_trylock(&connection->lock) != 0)
		die("a connection did not keep its constructed state");
	connection->bytes += 1;
	connection->bytes -= 1;
	pthread_mutex_unlock(&connection->lock);
	kmem_cache_free(&connection_cache, connection);
}

static void *work(void *number)
{
	struct request **requests = calloc(OBJECTS, sizeof(*requests));

	for (int i = 0; requests && i < OBJECTS; i++) {
		requests[i] = kmem_cache_zalloc(&request_cache, GFP_KERNEL);
		struct point *point = kmem_cache_alloc(&point_cache, GFP_KERNEL);
		if (!requests[i] || !point)
			die("out of memory");
		requests[i]->number = *(int *)number;
		use_connection();
		kmem_cache_free(&point_cache, point);
	}
	/* Half stays for main() to free: any thread may free any object. */
	for (int i = 0; requests && i < OBJECTS; i += 2)
		kmem_cache_free(&request_cache, requests[i]);
	return requests;
}

static void run_threads(struct request **left[THREADS])
{
	pthread_t threads[THREADS];
	int numbers[THREADS];

	for (int i = 0; i < THREADS; i++) {
		numbers[i] = i;
		if (pthread_create(&threads[i], NULL, work, &numbers[i]) != 0)
			die("no thread");
	}
	for (int i = 0; i < THREADS; i++) {
		void *requests;
		pthread_join(threads[i], &requests);
		left[i] = requests;
		if (!requests)
			die("out of memory");
	}
}

static void free_left(struct request **left[THREADS])
{
	for (int i = 0; i < THREADS; i++) {
		for (int j = 1; j < OBJECTS; j += 2) {
			if (left[i][j]->number != i)
				die("a request changed while nobody held it");
			kmem_cache_free(&request_cache, left[i][j]);
		}
		free(left[i]);
	}
}

static void show_layout(void)
{
	size_t size, align;

	kmem_cache_layout(&size, &align);
	printf("                       size  align\n"
	       "struct kmem_cache_opaque %4zu %6zu   what this program declares\n"
	       "struct kmem_cache        %4zu %6zu   what the library keeps private\n\n",
	       sizeof(struct kmem_cache_opaque), (size_t)KMEM_CACHE_ALIGN, size, align);
	if (size != sizeof(struct kmem_cache_opaque) || align != KMEM_CACHE_ALIGN)
		die("the shadow does not fit");
}

static void show_cost(void)
{
	double called, libc;

	MEASURE(called,
		kmem_cache_free(&point_cache, use(kmem_cache_alloc(&point_cache, GFP_KERNEL))));
	MEASURE(libc, free(use(malloc(sizeof(struct point)))));
	printf("ns for an alloc + free pair of %zu bytes\n"
	       "kmem_cache_alloc(&point_cache), inlined %5.2f\n"
	       "kmem_cache_alloc(&point_cache), called  %5.2f\n"
	       "malloc                                  %5.2f\n",
	       sizeof(struct point), inlined_cost(), called, libc);
}

int main(void)
{
	struct request **left[THREADS];
	int error = KMEM_CACHE_SETUP(&point_cache, point, SLAB_HWCACHE_ALIGN);

	if (!error)
		error = kmem_cache_setup(&connection_cache, "connection", sizeof(struct connection),
					 0, 0, connection_construct);
	if (error)
		die(strerror(-error));

	show_layout();
	run_threads(left);
	printf("%d threads left %d of %d requests allocated:\n", THREADS, THREADS * OBJECTS / 2,
	       THREADS * OBJECTS);
	slabinfo_print(stdout);
	free_left(left);
	printf("\n");
	show_cost();

	if (kmem_cache_destroy(&request_cache) || kmem_cache_destroy(&point_cache) ||
	    kmem_cache_destroy(&connection_cache))
		die("a cache still held objects");
	return 0;
}
