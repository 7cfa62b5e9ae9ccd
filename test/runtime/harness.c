/* SPDX-License-Identifier: MIT */
#include "harness.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <slab/slab-debug.h>

#ifdef __has_include
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#endif
#endif
#ifndef RUNNING_ON_VALGRIND
#define RUNNING_ON_VALGRIND 0
#endif

#define CAPTURE_MAX ((size_t)256 << 10)

struct thread_handle {
	pthread_t thread;
};

static int real_stderr = -1;
static FILE *capture;
static char captured[CAPTURE_MAX];
static char of_child[CAPTURE_MAX];
static size_t errors_before; /* the capture that is open */
static size_t errors_captured;

static pid_t main_process;

/* Children of fork() may do what they like. */
__attribute__((constructor)) static void note_process(void)
{
	main_process = getpid();
}

/*
 * ThreadSanitizer asks for it. A child of fork() does not have the threads that its parent has yet
 * to join: they are no leak.
 */
const char *__tsan_default_options(void);
const char *__tsan_default_options(void)
{
	return "report_thread_leaks=0";
}

/*
 * Over fork() the locks of all stores are held at once, under that of the caches: in which order
 * does not matter then, and stores that come and go change it.
 */
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
	return "deadlock:lock_store";
}

void check_failed(const char *file, int line, const char *condition)
{
	dprintf(real_stderr >= 0 ? real_stderr : STDERR_FILENO, "%s:%d: failed: %s\n", file, line,
		condition);
	abort();
}

static void read_all(FILE *file, char *buffer)
{
	rewind(file);
	buffer[fread(buffer, 1, CAPTURE_MAX - 1, file)] = '\0';
	fclose(file);
}

void capture_begin(void)
{
	if (real_stderr >= 0) /* left open by a test that failed */
		fputs(capture_end(), stderr);
	capture = tmpfile();
	CHECK(capture);
	fflush(stderr);
	real_stderr = dup(STDERR_FILENO);
	CHECK(dup2(fileno(capture), STDERR_FILENO) >= 0);
	errors_before = slab_debug_errors();
}

/* What the library finds while no test captures its words, no test has done on purpose. */
__attribute__((destructor)) static void expect_no_other_errors(void)
{
	size_t others = slab_debug_errors() - errors_captured;

	if (!others || getpid() != main_process)
		return;
	fprintf(stderr, "%zu errors that no test expects\n", others);
	_exit(1);
}

bool debugging(void)
{
	const char *debug = getenv("SLAB_DEBUG");

	return debug && strcmp(debug, "-") != 0;
}

static bool starts(const char *line, const char *with)
{
	return strncmp(line, with, strlen(with)) == 0;
}

/* What a report says without debug flags, too: neither the object's history nor repairs. */
static void keep_headlines(char *text)
{
	char *to = text;

	for (const char *line = text; *line;) {
		size_t size = strcspn(line, "\n");

		size += line[size] == '\n';
		if (!starts(line, "  ") && !starts(line, "slab: FIX ")) {
			memmove(to, line, size);
			to += size;
		}
		line += size;
	}
	*to = '\0';
}

const char *capture_end_whole(void)
{
	fflush(stderr);
	CHECK(dup2(real_stderr, STDERR_FILENO) >= 0);
	close(real_stderr);
	real_stderr = -1;
	read_all(capture, captured);
	errors_captured += slab_debug_errors() - errors_before;
	return captured;
}

const char *capture_end(void)
{
	capture_end_whole();
	if (debugging())
		keep_headlines(captured);
	return captured;
}

const char *text(const char *format, ...)
{
	static char buffers[4][2048];
	static unsigned int turn;
	char *buffer = buffers[turn++ % ARRAY_SIZE(buffers)];
	va_list args;

	va_start(args, format);
	vsnprintf(buffer, sizeof(buffers[0]), format, args);
	va_end(args);
	return buffer;
}

int in_child(void (*fn)(void *data), void *data)
{
	FILE *file = tmpfile();
	int status = 0;

	CHECK(file);
	fflush(NULL);
	pid_t pid = fork();
	CHECK(pid >= 0);
	if (!pid) {
		dup2(fileno(file), STDERR_FILENO);
		fn(data);
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	read_all(file, of_child);
	if (debugging())
		keep_headlines(of_child);
	return status;
}

const char *child_stderr(void)
{
	return of_child;
}

bool child_said(const char *expected)
{
	return strncmp(of_child, expected, strlen(expected)) == 0;
}

static bool said(int status, bool expected)
{
	if (!expected)
		fprintf(stderr, "a child ended with status %#x and said: %s\n", (unsigned)status,
			of_child);
	return expected;
}

bool exited_with(int status, int code)
{
	return said(status, WIFEXITED(status) && WEXITSTATUS(status) == code);
}

bool killed_by(int status, int signal)
{
	return said(status, WIFSIGNALED(status) && WTERMSIG(status) == signal);
}

void check_wrong_switch(const char *program, const char *argument, const char *name)
{
	FILE *output = popen(text("%s=perhaps '%s' %s 2>&1", name, program, argument), "r");
	const char *expected = text("slab: %s=perhaps is neither 1 nor 0: ignored\n", name);
	char line[128];

	CHECK(output);
	CHECK(fgets(line, sizeof(line), output));
	assert_string_equal(line, expected);
	while (fgets(line, sizeof(line), output))
		;
	CHECK(pclose(output) == 0);
}

thread_handle *thread_start(void *(*fn)(void *data), void *data)
{
	thread_handle *handle = malloc(sizeof(*handle));

	CHECK(handle && pthread_create(&handle->thread, NULL, fn, data) == 0);
	return handle;
}

void *thread_join(thread_handle *handle)
{
	void *result = NULL;

	CHECK(pthread_join(handle->thread, &result) == 0);
	free(handle);
	return result;
}

void in_thread(void *(*fn)(void *data), void *data)
{
	thread_join(thread_start(fn, data));
}

uint64_t test_seed(void)
{
	static uint64_t seed;

	if (seed)
		return seed;
	const char *given = getenv("SEED");
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (given && strcmp(given, "random") == 0)
		seed = (uint64_t)(now.tv_sec * 1000000 + now.tv_nsec);
	else if (given)
		seed = strtoull(given, NULL, 0);
	seed += !seed;
	fprintf(stderr, "# SEED=%llu\n", (unsigned long long)seed);
	return seed;
}

struct rng rng_make(uint64_t seed, uint64_t stream)
{
	struct rng rng = { (seed + stream * UINT64_C(0x9e3779b97f4a7c15)) | 1 };

	for (int i = 0; i < 8; i++)
		rng_next(&rng);
	return rng;
}

uint64_t rng_next(struct rng *rng)
{
	rng->state ^= rng->state >> 12;
	rng->state ^= rng->state << 25;
	rng->state ^= rng->state >> 27;
	return rng->state * UINT64_C(0x2545f4914f6cdd1d);
}

size_t rng_below(struct rng *rng, size_t n)
{
	return (size_t)((rng_next(rng) >> 16) % n);
}

bool rng_chance(struct rng *rng, unsigned int percent)
{
	return rng_below(rng, 100) < percent;
}

bool on_valgrind(void)
{
	return RUNNING_ON_VALGRIND != 0;
}

bool on_emulator(void)
{
	return getenv("SLAB_TEST_EMULATED") != NULL;
}

size_t scaled(size_t n)
{
	const char *given = getenv("SLAB_TEST_SCALE");
	size_t percent = given		 ? strtoul(given, NULL, 10)
			 : on_valgrind() ? 4
			 : on_emulator() ? 20
			 : SANITIZED	 ? 50
					 : 100;
	size_t result = n * percent / 100;

	return result ? result : 1;
}

char *slabinfo_text(void)
{
	char *table = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&table, &size);

	CHECK(stream && slabinfo_print(stream) == 0);
	CHECK(fclose(stream) == 0);
	return table;
}

bool slabinfo_find(const char *name, struct slabinfo *info)
{
	char *table = slabinfo_text();
	char *rest = NULL;
	bool found = false;

	for (char *line = strtok_r(table, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (strncmp(line, name, strlen(name)) != 0 || line[strlen(name)] != ' ')
			continue;
		CHECK(!found);
		found = true;
		CHECK(sscanf(line, "%63s %zu %zu %zu %zu %zu : tunables 0 0 0 : slabdata %zu %zu 0",
			     info->name, &info->active, &info->objects, &info->size,
			     &info->per_slab, &info->pages, &info->active_slabs,
			     &info->slabs) == 8);
	}
	free(table);
	return found;
}

struct slabinfo slabinfo_of(const char *name)
{
	struct slabinfo info;

	CHECK(slabinfo_find(name, &info));
	return info;
}

size_t kmalloc_active(size_t class_size)
{
	struct slabinfo info;
	size_t active = 0;

	for (unsigned int copy = 0; copy < 16; copy++) {
		const char *name = copy ? text("kmalloc-rnd-%02u-%zu", copy, class_size)
					: text("kmalloc-%zu", class_size);

		active += slabinfo_find(name, &info) ? info.active : 0;
	}
	return active;
}

const char *cache_of_object(const void *object)
{
	static char name[64];

	capture_begin();
	CHECK(kmem_dump_obj(object));
	CHECK(sscanf(capture_end(), "slab: %*s cache %63[^,],", name) == 1);
	return name;
}

bool is_resident(const void *start, size_t bytes)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uintptr_t first = (uintptr_t)start & ~(page - 1);
	bool resident = false;

	for (uintptr_t at = first; at < (uintptr_t)start + bytes; at += page) {
		unsigned char flags = 0;

		/* ENOMEM: not even mapped. */
		if (mincore((void *)at, page, &flags) == 0)
			resident |= flags & 1;
		else
			CHECK(errno == ENOMEM);
	}
	return resident;
}

size_t address_space(void)
{
	if (SANITIZED || on_valgrind() || on_emulator())
		return 0;
	FILE *file = fopen("/proc/self/statm", "r");
	size_t pages = 0;

	CHECK(file && fscanf(file, "%zu", &pages) == 1);
	fclose(file);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* The i-th eight bytes; the first are the key itself. */
static uint64_t pattern_word(uint64_t key, size_t i)
{
	return key + i * UINT64_C(0x0101010101010101);
}

void pattern_fill(void *object, size_t size, uint64_t key)
{
	char *bytes = object;

	for (size_t i = 0; i * 8 < size; i++) {
		uint64_t word = pattern_word(key, i);

		memcpy(bytes + i * 8, &word, size - i * 8 < 8 ? size - i * 8 : 8);
	}
}

bool pattern_holds(const void *object, size_t size, uint64_t key)
{
	const char *bytes = object;

	for (size_t i = 0; i * 8 < size; i++) {
		uint64_t word = pattern_word(key, i);

		if (memcmp(bytes + i * 8, &word, size - i * 8 < 8 ? size - i * 8 : 8) != 0)
			return false;
	}
	return true;
}

bool is_filled_with(const void *object, size_t size, unsigned char byte)
{
	const unsigned char *bytes = object;

	/* Each byte is as the one before; memcmp() is faster than a loop where all is slow. */
	return !size || (bytes[0] == byte && memcmp(bytes, bytes + 1, size - 1) == 0);
}
