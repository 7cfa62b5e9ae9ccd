/* SPDX-License-Identifier: MIT */

/*
 * A program to look at. It does what its first argument says, prints "ready" with its process id,
 * and ends with its standard input. For each byte there it makes TIMERS timers more and is ready
 * again.
 *
 *	still	caches with known numbers of objects, and nothing moves
 *	empty	a cache that has never had an object
 *	grown	the first again, and so many requests came and went that some sheaves have grown
 *	busy	the first again, and threads allocate and free, set caches up and destroy them
 *	fork	the same, and a child that has other numbers; it prints its own line
 */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <slab/slab-static.h>

struct request {
	char text[200];
};

/* Many slabs, half of whose objects have been freed again; one that shares; one with flags. */
enum { REQUESTS = 4000, TIMERS = 10, ODDS = 3 };

static DEFINE_KMEM_CACHE(request_cache, struct request, SLAB_NO_MERGE);
static struct kmem_cache *timers;
static struct kmem_cache *alarms;
static struct kmem_cache *odd;

static void must(int ok)
{
	if (!ok) {
		fputs("watched: failed\n", stderr);
		exit(1);
	}
}

static void allocate(struct kmem_cache *s, int n)
{
	for (int i = 0; i < n; i++)
		must(kmem_cache_alloc(s, GFP_KERNEL) != NULL);
}

/* Free all but one in three of the later ones. */
static void make_requests(void)
{
	static void *requests[REQUESTS];

	must(kmem_cache_alloc_bulk(&request_cache, GFP_KERNEL, REQUESTS, requests));
	for (int i = REQUESTS / 2; i < REQUESTS; i++)
		if (i % 3)
			kmem_cache_free(&request_cache, requests[i]);
}

static void make_caches(void)
{
	timers = kmem_cache_create("timer", 2008, NULL, 0);
	alarms = kmem_cache_create("alarm", 2008, NULL, 0);
	odd = kmem_cache_create("<b>&\"odd\"\033[31m", 5000, NULL,
				SLAB_HWCACHE_ALIGN | SLAB_RECLAIM_ACCOUNT | SLAB_NO_MERGE);
	must(timers && alarms && odd);
	make_requests();
	allocate(timers, TIMERS);
	allocate(alarms, 2 * TIMERS);
	allocate(odd, ODDS);
}

static void grow_sheaves(void)
{
	static void *requests[REQUESTS];

	for (int i = 0; i < REQUESTS; i++)
		must((requests[i] = kmem_cache_alloc(&request_cache, GFP_KERNEL)) != NULL);
	for (int i = 0; i < REQUESTS; i++)
		kmem_cache_free(&request_cache, requests[i]);
}

static void *churn(void *data)
{
	for (unsigned int round = 0;; round++) {
		struct kmem_cache *own = kmem_cache_create("brief", 300, NULL, SLAB_NO_MERGE);
		void *objects[500];

		must(own && kmem_cache_alloc_bulk(own, GFP_KERNEL, 500, objects));
		kmem_cache_free_bulk(own, 500, objects);
		must(kmem_cache_destroy(own) == 0);
		must(kmem_cache_alloc_bulk(&request_cache, GFP_KERNEL, 500, objects));
		kmem_cache_free_bulk(&request_cache, 500, objects);
	}
	return data;
}

static void *come_and_go(void *data)
{
	kmem_cache_free(timers, kmem_cache_alloc(timers, GFP_KERNEL));
	return data;
}

static void *start_threads(void *data)
{
	for (;;) {
		pthread_t thread;

		must(pthread_create(&thread, NULL, come_and_go, NULL) == 0);
		pthread_join(thread, NULL);
	}
	return data;
}

static void say_ready(void)
{
	printf("ready %d\n", (int)getpid());
	fflush(stdout);
}

static void wait_for_end(void)
{
	char byte;

	while (read(STDIN_FILENO, &byte, 1) > 0) {
		allocate(timers, TIMERS);
		say_ready();
	}
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "still";
	pthread_t thread;

	if (strcmp(what, "empty") == 0)
		must(kmem_cache_create("unused", 100, NULL, 0) != NULL);
	else
		make_caches();
	if (strcmp(what, "grown") == 0)
		grow_sheaves();
	if (strcmp(what, "busy") == 0)
		for (int i = 0; i < 3; i++)
			must(pthread_create(&thread, NULL, i ? churn : start_threads, NULL) == 0);
	if (strcmp(what, "fork") == 0) {
		pid_t child = fork();

		must(child >= 0);
		if (child == 0)
			allocate(odd, 2 * ODDS);
		else
			allocate(odd, ODDS);
	}
	say_ready();
	wait_for_end();
	_exit(0); /* the other threads go on to the last moment */
}
