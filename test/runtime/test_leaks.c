/* SPDX-License-Identifier: MIT */
/* What is still allocated, by stack. SLAB_LEAKS=1 is in the environment. */
#include "harness.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <slab/slab-debug.h>

/* Objects that come from one call, however the compiler unrolls the loop. */
static void fill(struct kmem_cache *s, void **objects, size_t n)
{
	void *(*volatile alloc)(struct kmem_cache * s, gfp_t gfp) = (kmem_cache_alloc);

	for (volatile size_t i = 0; i < n; i++) {
		objects[i] = alloc(s, GFP_KERNEL);
		assert_non_null(objects[i]);
	}
}

/* The report, of which the stacks differ by compiler: its lines that begin with "slab: ". */
static const char *report_of(size_t objects)
{
	static char lines[4096];
	size_t length = 0;
	char *rest = NULL;

	capture_begin();
	assert_int_equal(slab_leaks_report(), objects);
	char *said = strdup(capture_end());
	for (char *line = strtok_r(said, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (strncmp(line, "slab: ", 6) == 0)
			length += (size_t)snprintf(lines + length, sizeof(lines) - length, "%s\n",
						   line);
		else
			assert_true(line[0] == ' ' && length > 0);
	}
	lines[length] = '\0';
	free(said);
	return lines;
}

static void test_places(void **state)
{
	struct kmem_cache *big = kmem_cache_create("big", 200, NULL, 0);
	struct kmem_cache *small = kmem_cache_create("small", 24, NULL, 0);
	void *objects[6];
	(void)state;

	assert_string_equal(report_of(0), "");
	fill(small, objects, 3);
	fill(big, objects + 3, 1);
	fill(small, objects + 4, 2);
	kmem_cache_free(small, objects[1]);
	assert_string_equal(report_of(5), "slab: big: 1 object, 200 bytes, still allocated\n"
					  "slab: small: 2 objects, 48 bytes, still allocated\n"
					  "slab: small: 2 objects, 48 bytes, still allocated\n");
	kfree(objects[3]);
	kmem_cache_free(small, objects[4]);
	assert_string_equal(report_of(3), "slab: small: 2 objects, 48 bytes, still allocated\n"
					  "slab: small: 1 object, 24 bytes, still allocated\n");
	kmem_cache_free(small, objects[0]);
	kmem_cache_free(small, objects[2]);
	kmem_cache_free(small, objects[5]);
	assert_string_equal(report_of(0), "");
	assert_int_equal(kmem_cache_destroy(big), 0);
	assert_int_equal(kmem_cache_destroy(small), 0);
}

/* The stacks name who allocated. */
static void test_stack(void **state)
{
	struct kmem_cache *s = kmem_cache_create("named", 24, NULL, 0);
	void *object;
	(void)state;

	fill(s, &object, 1);
	capture_begin();
	assert_int_equal(slab_leaks_report(), 1);
	assert_non_null(strstr(capture_end_whole(), "Allocated in "));
	kmem_cache_free(s, object);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* How often the library has opened the program's debug information, which may be large. */
static unsigned int opened;

void *dwfl_begin(const void *callbacks);
void *dwfl_begin(const void *callbacks)
{
	void *(*real)(const void *callbacks) = NULL;
	void *found = dlsym(RTLD_NEXT, "dwfl_begin");

	memcpy(&real, &found, sizeof(real));
	opened++;
	return real ? real(callbacks) : NULL;
}

/* A long list does not take longer for each stack in it. */
static void test_long_lists(void **state)
{
	struct kmem_cache *s = kmem_cache_create("many", 24, NULL, 0);
	void *objects[10];
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(objects); i += 2)
		fill(s, objects + i, 1);
	for (size_t i = 1; i < ARRAY_SIZE(objects); i += 2)
		fill(s, objects + i, 1);
	opened = 0;
	capture_begin();
	assert_int_equal(slab_leaks_report(), ARRAY_SIZE(objects));
	capture_end();
	assert_in_range(opened, 0, 1);
	capture_begin();
	assert_int_equal(kmem_cache_destroy(s), -EBUSY);
	capture_end();
	assert_in_range(opened, 0, 2);
	capture_begin();
	assert_true(kmem_dump_obj(objects[0]));
	capture_end();
	assert_in_range(opened, 0, 3);
	kmem_cache_free_bulk(s, ARRAY_SIZE(objects), objects);
	opened = 0;
	assert_int_equal(kmem_cache_destroy(s), 0);
	assert_int_equal(opened, 0);
}

static void test_kmalloc(void **state)
{
	void *piece = kmalloc(50, GFP_KERNEL);
	void *large = kmalloc(3000000, GFP_KERNEL);
	void *big = kmalloc(70000, GFP_KERNEL);
	(void)state;

	assert_string_equal(report_of(3),
			    "slab: kmalloc: 1 object, 3000000 bytes, still allocated\n"
			    "slab: kmalloc-81920: 1 object, 81920 bytes, still allocated\n"
			    "slab: kmalloc-64: 1 object, 64 bytes, still allocated\n");
	large = krealloc(large, 9000000, GFP_KERNEL);
	kfree(piece);
	kfree(big);
	assert_string_equal(report_of(1),
			    "slab: kmalloc: 1 object, 9000000 bytes, still allocated\n");
	kfree(large);
	assert_string_equal(report_of(0), "");
}

static void test_left_out(void **state)
{
	struct kmem_cache *s = kmem_cache_create("no leak", 24, NULL, SLAB_NOLEAKTRACE);
	void *object;
	(void)state;

	fill(s, &object, 1);
	assert_string_equal(report_of(0), "");
	kmem_cache_free(s, object);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void *freed_late;

static void free_late(void)
{
	kfree(freed_late);
}

/* What the program frees in its handlers is no leak. */
static void leave(void *unused)
{
	(void)unused;
	CHECK(atexit(free_late) == 0);
	freed_late = kmalloc(1000, GFP_KERNEL);
	CHECK(kmalloc(30, GFP_KERNEL));
	exit(0);
}

static void test_at_exit(void **state)
{
	int status = in_child(leave, NULL);
	(void)state;

	/* A sanitizer finds what cmocka has not freed in the child. */
	assert_true(SANITIZED || exited_with(status, 0));
	assert_true(child_said("slab: kmalloc-32: 1 object, 32 bytes, still allocated\n"));
	assert_null(strstr(child_stderr(), "kmalloc-1"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),	cmocka_unit_test(test_stack),
		cmocka_unit_test(test_kmalloc), cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_at_exit), cmocka_unit_test(test_long_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
