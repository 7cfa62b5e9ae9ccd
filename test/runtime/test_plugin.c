/* SPDX-License-Identifier: MIT */

/* A plugin that brings the library with it, closed while threads that used it live on. The program
 * has no slab library. */

#include <dlfcn.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Which does not see the locks of the dynamic linker. */
#if defined(__SANITIZE_THREAD__)
#define ON_TSAN true
#elif defined(__has_feature)
#define ON_TSAN __has_feature(thread_sanitizer)
#else
#define ON_TSAN false
#endif

enum { THREADS = 4, LOADS = 250 };

static const char *plugin;

static bool load_use_close(void)
{
	void *handle = dlopen(plugin, RTLD_NOW | RTLD_LOCAL);
	bool (*use)(void) = handle ? (bool (*)(void))(uintptr_t)dlsym(handle, "plugin_use") : NULL;
	bool good = use && use();

	return handle && dlclose(handle) == 0 && good;
}

static size_t count_mappings(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	size_t n = 0;
	int c;

	assert_non_null(maps);
	while ((c = getc(maps)) != EOF)
		n += c == '\n';
	fclose(maps);
	return n;
}

static void *use_once(void *data)
{
	*(bool *)data = load_use_close();
	return NULL;
}

/* What it left for the end of the thread is called then, though all handles are closed. */
static void test_thread_ends_after_close(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		pthread_t thread;
		bool good = false;

		assert_int_equal(pthread_create(&thread, NULL, use_once, &good), 0);
		assert_int_equal(pthread_join(thread, NULL), 0);
		assert_true(good);
	}
}

static void test_fork_after_close(void **state)
{
	(void)state;
	assert_true(load_use_close());
	pid_t child = fork();
	if (child == 0)
		_exit(load_use_close() ? 7 : 1);
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

static void *use_often(void *data)
{
	size_t *good = data;

	for (int i = 0; i < LOADS; i++)
		*good += load_use_close();
	return NULL;
}

static void test_many_loads(void **state)
{
	pthread_t threads[THREADS];
	size_t good[THREADS] = { 0 }, before = 0;
	(void)state;

	/* Not skip(): to Meson, what cmocka prints then is a failure. */
	if (ON_TSAN)
		return;

	for (int round = 0; round < 2; round++) {
		before = count_mappings();
		for (int i = 0; i < THREADS; i++)
			assert_int_equal(pthread_create(&threads[i], NULL, use_often, &good[i]), 0);
		for (int i = 0; i < THREADS; i++)
			pthread_join(threads[i], NULL);
	}
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(good[i], 2 * LOADS);
	/* The second round needs no more than the first; stacks of threads may be joined, or not.
	 */
	assert_in_range(count_mappings(), 1, before + 2 * THREADS);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_thread_ends_after_close),
		cmocka_unit_test(test_fork_after_close),
		cmocka_unit_test(test_many_loads),
	};

	plugin = argc > 1 ? argv[1] : NULL;
	return cmocka_run_group_tests_name("plugin", tests, NULL, NULL);
}
