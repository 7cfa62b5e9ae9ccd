/* SPDX-License-Identifier: MIT */
/*
 * What the environment says, right and wrong: each case is a child in which the library reads it
 * for the first time.
 */
#include "harness.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <slab/slab-debug.h>

#include "guard.h"

static const char *const names[] = {
	"SLAB_AT_HAND",	 "SLAB_DEBUG",	 "SLAB_DEBUG_POLICY",	"SLAB_FAILSLAB",
	"SLAB_LEAKS",	 "SLAB_SAMPLE",	 "SLAB_SAMPLE_OBJECTS", "SLAB_SANITIZER",
	"init_on_alloc", "init_on_free", "slab_nomerge",
};

/* A child's variables, up to three, and what it is to see. */
struct run {
	const char *set[3][2];
	const char *cache; /* NULL: "foo" */
	slab_flags_t flags;
	const char *expected;
};

static void set(const struct run *run)
{
	for (size_t i = 0; i < ARRAY_SIZE(run->set) && run->set[i][0]; i++)
		CHECK(setenv(run->set[i][0], run->set[i][1], 1) == 0);
}

static struct kmem_cache *make(const struct run *run, size_t size)
{
	struct kmem_cache *s =
		kmem_cache_create(run->cache ? run->cache : "foo", size, NULL, run->flags);

	CHECK(s);
	return s;
}

/* The last child said this alone; an emulator, and a sanitizer at the end, may add something. */
static void expect_said(const char *said)
{
	assert_true(child_said(said));
	if (!on_emulator() && !SANITIZED)
		assert_string_equal(child_stderr(), said);
}

/* The child goes on to its end, and says this alone. */
static void expect(void (*fn)(void *data), const struct run *run, const char *said)
{
	assert_true(exited_with(in_child(fn, (void *)(uintptr_t)run), 0));
	expect_said(said);
}

/* ---- SLAB_DEBUG ---- */

static bool has(struct kmem_cache *s, const char *attribute)
{
	char shown[64];

	CHECK(kmem_cache_attr_show(s, attribute, shown, sizeof(shown)) == 2);
	return shown[0] == '1';
}

/* The letters that a cache has. */
static const char *letters_of(struct kmem_cache *s)
{
	static const struct {
		char letter;
		const char *attribute;
	} all[] = { { 'F', "sanity_checks" }, { 'Z', "red_zone" }, { 'P', "poison" },
		    { 'U', "store_user" },    { 'T', "trace" },	   { 'A', "failslab" } };
	static char letters[8];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (has(s, all[i].attribute))
			letters[n++] = all[i].letter;
	letters[n] = '\0';
	return letters;
}

static void see_letters(void *data)
{
	const struct run *run = data;

	set(run);
	struct kmem_cache *s = make(run, 64);
	const char *letters = letters_of(s);
	if (strcmp(letters, run->expected) != 0)
		fprintf(stderr, "letters: '%s'\n", letters);
	CHECK(kmem_cache_destroy(s) == 0);
}

/* With this value the cache has these letters, and there are these messages. */
static void expect_letters(const char *value, const char *cache, const char *letters,
			   const char *said)
{
	struct run run = { .set = { { "SLAB_DEBUG", value } },
			   .cache = cache,
			   .expected = letters };

	print_message("# SLAB_DEBUG='%.60s', %s\n", value, cache);
	expect(see_letters, &run, said);
}

static void test_letters(void **state)
{
	static const char *const each[] = { "F", "Z", "P", "U", "T", "A" };
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(each); i++)
		expect_letters(each[i], "foo", each[i], "");
	expect_letters("FZPUTA", "foo", "FZPUTA", "");
	expect_letters("fzputao", "foo", "FZPUTA", "");
	expect_letters("ZF", "foo", "FZ", "");
	expect_letters("FFF", "foo", "F", "");
	expect_letters("", "foo", "FZPU", "");
	/* As the kernel reads it: what stands before it is forgotten, what comes after counts. */
	expect_letters("-", "foo", "", "");
	expect_letters("FZ-", "foo", "", "");
	expect_letters("FZ-P", "foo", "P", "");
	/* Alone it switches nothing on. */
	expect_letters("O", "foo", "", "");
}

static void test_names(void **state)
{
	(void)state;
	expect_letters("FZ,foo", "foo", "FZ", "");
	expect_letters("FZ,foo", "fo", "", "");
	expect_letters("FZ,foo", "food", "", "");
	expect_letters("FZ,foo", "bar", "", "");
	expect_letters("FZ,a,b,foo,c", "foo", "FZ", "");
	expect_letters("FZ,a,b,foo", "b", "FZ", "");
	expect_letters("FZ,a,b,foo", "d", "", "");
	expect_letters(",foo", "foo", "FZPU", "");
	expect_letters(",foo", "bar", "", "");
	expect_letters("FZ,foo*", "foo", "FZ", "");
	expect_letters("FZ,foo*", "food", "FZ", "");
	expect_letters("FZ,foo*", "fo", "", "");
	expect_letters("FZ,*", "foo", "FZ", "");
	/* What stands behind the star is not looked at, as in the kernel. */
	expect_letters("FZ,f*d", "foo", "FZ", "");
	/* No names are none of all. */
	expect_letters("FZ,", "foo", "", "");
	expect_letters(",", "foo", "", "");
	expect_letters("FZ,,foo", "foo", "FZ", "");
	expect_letters("FZ,foo bar", "foo bar", "FZ", "");
}

static void test_blocks(void **state)
{
	(void)state;
	expect_letters("FZ,foo*;P,bar", "food", "FZ", "");
	expect_letters("FZ,foo*;P,bar", "bar", "P", "");
	expect_letters("FZ,foo*;P,bar", "other", "", "");
	/* The first that names it, wherever the one without names stands. */
	expect_letters("P,foo;FZ,foo", "foo", "P", "");
	expect_letters("F;FZPU,foo*;-,food", "foo", "FZPU", "");
	expect_letters("F;FZPU,foo*;-,food", "food", "FZPU", "");
	expect_letters("F;-,food;FZPU,foo*", "food", "", "");
	expect_letters("F;-,food;FZPU,foo*", "other", "F", "");
	expect_letters("FZPU,foo*;F", "foo", "FZPU", "");
	expect_letters("FZPU,foo*;F", "bar", "F", "");
	/* Of several without names the last. */
	expect_letters("F;Z;P", "foo", "P", "");
	expect_letters("P,a,b;Z,c,foo", "foo", "Z", "");
	/* Blocks with nothing in them are none. */
	expect_letters(";", "foo", "", "");
	expect_letters(";;F,foo;;;Z,bar;;", "foo", "F", "");
	expect_letters(";;F,foo;;;Z,bar;;", "bar", "Z", "");
	expect_letters("F;;Z,bar", "foo", "F", "");
	expect_letters("F;", "foo", "F", "");
	expect_letters("F,;Z,foo", "foo", "Z", "");
}

#define NO_LETTER(letter) \
	"slab: SLAB_DEBUG: option '" letter "' is not one of F, Z, P, U, T, A, O and -\n"

static void test_wrong_letters(void **state)
{
	char longest[1024];
	char too_long[1025];
	(void)state;

	expect_letters("FXZ", "foo", "FZ", NO_LETTER("X"));
	expect_letters("F Z", "foo", "FZ", NO_LETTER(" "));
	expect_letters("1", "foo", "", NO_LETTER("1"));
	expect_letters("F,foo;Q,bar;P9", "bar", "", NO_LETTER("Q") NO_LETTER("9"));
	expect_letters("F\t%s", "foo", "F", NO_LETTER("\\x09") NO_LETTER("%") NO_LETTER("s"));
	expect_letters("\xc3\xa9", "foo", "", NO_LETTER("\\xc3") NO_LETTER("\\xa9"));
	/* Names are not letters. */
	expect_letters("F,X;Z", "foo", "Z", "");
	memset(longest, ';', sizeof(longest));
	memcpy(longest + sizeof(longest) - 6, "F,foo", 6);
	expect_letters(longest, "foo", "F", "");
	memset(too_long, 'F', sizeof(too_long) - 1);
	too_long[sizeof(too_long) - 1] = '\0';
	expect_letters(too_long, "foo", "",
		       "slab: SLAB_DEBUG: longer than 1023 characters: ignored\n");
}

/* What a cache asks for itself is added to; what it refuses is not given. */
static void test_flags_of_caches(void **state)
{
	struct run run = { .set = { { "SLAB_DEBUG", "PU" } } };
	(void)state;

	run.flags = SLAB_RED_ZONE;
	run.expected = "ZPU";
	expect(see_letters, &run, "");
	run.flags = SLAB_NOLEAKTRACE;
	run.expected = "P";
	expect(see_letters, &run, "");
	run.flags = SLAB_RED_ZONE | SLAB_NO_USER_FLAGS;
	run.expected = "Z";
	expect(see_letters, &run, "");
	run.set[0][1] = "PU,foo";
	run.flags = SLAB_NOLEAKTRACE;
	run.expected = "PU";
	expect(see_letters, &run, "");
	/* A dash takes nothing from what the cache asks for. */
	run.set[0][1] = "-,foo";
	run.flags = SLAB_RED_ZONE;
	run.expected = "Z";
	expect(see_letters, &run, "");
	/* The stack is kept for the list at the end. */
	run.set[0][1] = "F";
	run.set[1][0] = "SLAB_LEAKS";
	run.set[1][1] = "1";
	run.flags = 0;
	run.expected = "FU";
	expect(see_letters, &run, "");
}

static void see_small(void *data)
{
	const struct run *run = data;
	struct run other = *run;

	set(run);
	/* A unit of 64 KiB is one such object, without a byte beside it. */
	struct kmem_cache *large = make(run, 65536);
	other.cache = "small";
	struct kmem_cache *small = make(&other, 64);
	fprintf(stderr, "%s ", letters_of(large));
	fprintf(stderr, "%s\n", letters_of(small));
	CHECK(kmem_cache_destroy(large) == 0);
	CHECK(kmem_cache_destroy(small) == 0);
}

/* What does not make slabs larger stays. */
static void test_keep_small(void **state)
{
	struct run run = { .set = { { "SLAB_DEBUG", "FZPUT" } } };
	(void)state;

	expect(see_small, &run, "FZPUT FZPUT\n");
	run.set[0][1] = "FZPUTO";
	expect(see_small, &run, "FT FZPUT\n");
	/* Wherever it stands, it is for all. */
	run.set[0][1] = "O,bar;FZPUT";
	expect(see_small, &run, "FT FZPUT\n");
}

static void use_kmalloc(void *data)
{
	set(data);
	unsigned char *object = kmalloc(40, GFP_KERNEL);
	CHECK(object && object[0] == 0x6b);
	object[40] = 1;
	kfree(object);
	CHECK(slab_debug_errors() == 2);
}

/* The caches of kmalloc() have names, too, and letters before main() is there. */
static void test_kmalloc(void **state)
{
	struct run run = { .set = { { "SLAB_DEBUG", "ZP,kmalloc-*" } } };
	(void)state;

	assert_true(exited_with(in_child(use_kmalloc, &run), 0));
	assert_true(child_said("slab: BUG kmalloc-64: kmalloc Redzone overwritten\n"));
}

static void leave_a_trace(void *data)
{
	const struct run *run = data;
	struct run other = *run;

	set(run);
	struct kmem_cache *s = make(run, 64);
	other.cache = "bar";
	struct kmem_cache *bar = make(&other, 64);
	void *object = kmem_cache_alloc(s, GFP_KERNEL);
	CHECK(object);
	kmem_cache_free(bar, kmem_cache_alloc(bar, GFP_KERNEL));
	fprintf(stderr, "%p\n", object);
	kmem_cache_free(s, object);
	CHECK(kmem_cache_destroy(s) == 0);
	CHECK(kmem_cache_destroy(bar) == 0);
}

/* A line for each operation of the caches that are named, and for no others. */
static void test_trace(void **state)
{
	struct run run = { .set = { { "SLAB_DEBUG", "T,foo" } } };
	char allocated[32];
	char printed[32];
	char freed[32];
	int end = 0;
	(void)state;

	assert_true(exited_with(in_child(leave_a_trace, &run), 0));
	assert_int_equal(sscanf(child_stderr(),
				"slab: TRACE foo alloc %31s in %*[^\n]\n%31s\n"
				"slab: TRACE foo free %31s in %*[^\n]\n%n",
				allocated, printed, freed, &end),
			 3);
	assert_string_equal(allocated, printed);
	assert_string_equal(freed, printed);
	assert_string_equal(child_stderr() + end, "");
}

/* ---- SLAB_FAILSLAB ---- */

/* Which of 16 allocations fail: '-' for each that does. */
static const char *failures(struct kmem_cache *s)
{
	static char seen[17];

	for (size_t i = 0; i < 16; i++) {
		void *object = kmem_cache_alloc(s, GFP_KERNEL);

		CHECK(object || errno == ENOMEM);
		seen[i] = object ? '.' : '-';
		kmem_cache_free(s, object);
	}
	return seen;
}

static void see_failures(void *data)
{
	const struct run *run = data;
	struct run other = *run;

	set(run);
	other.cache = "bar";
	struct kmem_cache *bar = make(&other, 100);
	struct kmem_cache *s = make(run, 100);
	CHECK(strchr(failures(bar), '-') == NULL);
	const char *seen = failures(s);
	if (strcmp(seen, run->expected) != 0)
		fprintf(stderr, "failures: %s\n", seen);
	CHECK(kmem_cache_destroy(s) == 0);
	CHECK(kmem_cache_destroy(bar) == 0);
}

static void expect_failures(const char *value, const char *seen, const char *said)
{
	struct run run = { .set = { { "SLAB_DEBUG", "A,foo" }, { "SLAB_FAILSLAB", value } },
			   .expected = seen };

	print_message("# SLAB_FAILSLAB='%s'\n", value);
	expect(see_failures, &run, said);
}

#define NEVER "................"

static void test_failslab(void **state)
{
	struct run without = { .set = { { "SLAB_DEBUG", "A,foo" } }, .expected = NEVER };
	(void)state;

	expect(see_failures, &without, "");
	expect_failures("1,100,0,-1", "----------------", "");
	expect_failures("0,100,0,-1", "----------------", "");
	expect_failures("3,100,0,-1", "..-..-..-..-..-.", "");
	expect_failures("1,100,0,3", "---.............", "");
	expect_failures("3,100,0,2", "..-..-..........", "");
	/* Two allocations of 100 bytes are within the space. */
	expect_failures("1,100,250,-1", "..--------------", "");
	expect_failures("3,100,250,2", "....-..-........", "");
	expect_failures("1,100,0,0", NEVER, "");
	expect_failures("1,0,0,-1", NEVER, "");
	expect_failures("1,100,0,1,18446744073709551615", "-...............", "");
}

static void see_half(void *data)
{
	set(data);
	struct kmem_cache *s = make(data, 100);
	fprintf(stderr, "%s\n", failures(s));
	CHECK(kmem_cache_destroy(s) == 0);
}

/* The same seed gives the same failures, another one others. */
static void test_failslab_seed(void **state)
{
	struct run run = { .set = { { "SLAB_DEBUG", "A" }, { "SLAB_FAILSLAB", "1,50,0,-1" } } };
	(void)state;

	assert_true(exited_with(in_child(see_half, &run), 0));
	const char *first = text("%.17s", child_stderr());
	assert_non_null(strchr(first, '-'));
	assert_non_null(strchr(first, '.'));
	expect(see_half, &run, first);
	run.set[1][1] = "1,50,0,-1,1";
	expect(see_half, &run, first);
	run.set[1][1] = "1,50,0,-1,4711";
	assert_true(exited_with(in_child(see_half, &run), 0));
	assert_false(child_said(first));
}

static void test_wrong_failslab(void **state)
{
	static const char *const wrong[] = {
		"",
		"1",
		"1,100,0",
		"yes",
		"1,101,0,-1",
		"1,100,0,-2",
		"-1,100,0,-1",
		"1,-1,0,-1",
		"1,100,-5,-1",
		" 1,100,0,-1",
		"1, 100,0,-1",
		"+1,100,0,-1",
		"1,100,0,-1x",
		"1,100,0,-1,",
		"1,100,0,-1,7,8",
		"1,100,0,-1,-7",
		"0x1,100,0,-1",
		"99999999999999999999,100,0,-1",
		"1,100,0,99999999999999999999",
		"1,100,0,-1,18446744073709551616",
		"1,4294967396,0,-1",
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		expect_failures(
			wrong[i], NEVER,
			text("slab: SLAB_FAILSLAB: '%s' is not interval,probability,space,times[,seed]: ignored\n",
			     wrong[i]));
}

/* ---- the others ---- */

static void free_twice(void *data)
{
	set(data);
	struct kmem_cache *s = make(data, 64);
	void *object = kmem_cache_alloc(s, GFP_KERNEL);
	kmem_cache_free(s, object);
	kmem_cache_free(s, object);
}

static int policy(const char *value)
{
	struct run run = { .set = { { "SLAB_DEBUG", "F" }, { "SLAB_DEBUG_POLICY", value } } };

	return in_child(free_twice, &run);
}

#define WRONG_POLICY(value) \
	"slab: SLAB_DEBUG_POLICY: '" value "' is neither fix nor abort: ignored\n"

static void test_policy(void **state)
{
	static const char *const wrong[][2] = { { "", WRONG_POLICY("") },
						{ "Abort", WRONG_POLICY("Abort") },
						{ "abort ", WRONG_POLICY("abort ") } };
	(void)state;

	assert_true(exited_with(policy("fix"), 0));
	assert_non_null(strstr(child_stderr(), "BUG foo: double free"));
	assert_non_null(strstr(child_stderr(), "FIX foo"));
	assert_null(strstr(child_stderr(), "SLAB_DEBUG_POLICY"));
	assert_true(killed_by(policy("abort"), SIGABRT));
	assert_non_null(strstr(child_stderr(), "BUG foo: double free"));
	assert_null(strstr(child_stderr(), "FIX foo"));
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		assert_true(exited_with(policy(wrong[i][0]), 0));
		assert_non_null(strstr(child_stderr(), "FIX foo"));
		assert_non_null(strstr(child_stderr(), wrong[i][1]));
	}
}

static void see_leaks(void *data)
{
	set(data);
	CHECK(kmalloc(30, GFP_KERNEL));
	exit(0);
}

static void see_zeros(void *data)
{
	const struct run *run = data;
	set(run);
	struct kmem_cache *s = make(run, 64);
	unsigned char *objects[2] = { kmem_cache_alloc(s, GFP_KERNEL),
				      kmem_cache_alloc(s, GFP_KERNEL) };
	memset(objects[0], 7, 64);
	kmem_cache_free(s, objects[0]);
	unsigned char left = *(volatile unsigned char *)objects[0];
	objects[0] = kmem_cache_alloc(s, GFP_KERNEL);
	fprintf(stderr, "%d %d\n", left, objects[0][0]);
}

static void see_merging(void *data)
{
	const struct run *run = data;
	struct run other = *run;
	char shown[64];

	set(run);
	other.cache = "bar";
	struct kmem_cache *s = make(run, 72);
	make(&other, 72);
	CHECK(kmem_cache_attr_show(s, "aliases", shown, sizeof(shown)) > 0);
	fputs(shown, stderr);
}

/* A switch, in all its words. @on: how the child then begins, @off: all that it says then. */
static void expect_switch(const char *name, void (*fn)(void *data), const char *on, const char *off)
{
	static const char *const words[2][6] = { { "0", "n", "N", "no", "off", "OFF" },
						 { "1", "y", "Y", "yes", "on", "On" } };
	static const char *const wrong[] = { "", "2", "true", "yess", "-1", " 1", "1 " };
	struct run run = { .set = { { name } } };

	for (size_t i = 0; i < 2 * ARRAY_SIZE(words[0]); i++) {
		run.set[0][1] = words[i % 2][i / 2];
		print_message("# %s=%s\n", name, run.set[0][1]);
		in_child(fn, &run);
		if (i % 2)
			assert_true(child_said(on));
		else
			expect_said(off);
	}
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		run.set[0][1] = wrong[i];
		print_message("# %s=%s\n", name, run.set[0][1]);
		in_child(fn, &run);
		assert_true(child_said(
			text("slab: %s=%s is neither 1 nor 0: ignored\n%s", name, wrong[i], off)));
	}
}

#define LEAK "slab: kmalloc-32: 1 object, 32 bytes, still allocated\n"

static void test_switches(void **state)
{
	(void)state;
	expect_switch("SLAB_LEAKS", see_leaks, LEAK, "");
	expect_switch("init_on_alloc", see_zeros, "7 0\n", "7 7\n");
	expect_switch("init_on_free", see_zeros, "0 0\n", "7 7\n");
}

static void see_sanitizer(void *data)
{
	set(data);
	struct kmem_cache *s = make(data, 64);
	kmem_cache_free(s, kmem_cache_alloc(s, GFP_KERNEL));
	CHECK(kmem_cache_destroy(s) == 0);
}

/* test_sanitizer.c shows what it does where there is a tool. */
static void test_sanitizer_switch(void **state)
{
	(void)state;
	expect_switch("SLAB_SANITIZER", see_sanitizer, "", "");
}

/* It is there or it is not, as on the kernel's command line. */
static void test_nomerge(void **state)
{
	static const char *const values[] = { "", "1", "0", "no" };
	struct run run = { .set = { { NULL } } };
	(void)state;

	expect(see_merging, &run, "1\n");
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		run.set[0][0] = "slab_nomerge";
		run.set[0][1] = values[i];
		expect(see_merging, &run, "0\n");
	}
}

/* How many of 64 objects are sampled. */
static void see_samples(void *data)
{
	unsigned int sampled = 0;

	set(data);
	struct kmem_cache *s = make(data, 64);
	for (unsigned int i = 0; i < 64; i++)
		sampled += guard_owns(kmem_cache_alloc(s, GFP_KERNEL));
	fprintf(stderr, "%u\n", sampled);
}

static void expect_samples(const char *sample, const char *objects, const char *said)
{
	struct run run = { .set = { { "SLAB_SAMPLE", sample },
				    { "SLAB_SAMPLE_OBJECTS", objects } } };

	if (!objects)
		run.set[1][0] = NULL;
	print_message("# SLAB_SAMPLE='%s'\n", sample);
	expect(see_samples, &run, said);
}

#define NO_SAMPLE(value) \
	"slab: SLAB_SAMPLE=" value " is not a number from 1 to 4294967295: ignored\n"
#define NO_OBJECTS(value) \
	"slab: SLAB_SAMPLE_OBJECTS=" value " is not a number from 1 to 65535: ignored\n"

static void test_sample(void **state)
{
	(void)state;
	expect_samples("1", NULL, "64\n");
	expect_samples("1", "20", "20\n");
	expect_samples("1", "1", "1\n");
	expect_samples("", NULL, NO_SAMPLE("") "0\n");
	expect_samples("0", NULL, NO_SAMPLE("0") "0\n");
	expect_samples("-1", NULL, NO_SAMPLE("-1") "0\n");
	expect_samples("4294967296", NULL, NO_SAMPLE("4294967296") "0\n");
	expect_samples("99999999999999999999", NULL, NO_SAMPLE("99999999999999999999") "0\n");
	expect_samples(" 1", NULL, NO_SAMPLE(" 1") "0\n");
	expect_samples("1k", NULL, NO_SAMPLE("1k") "0\n");
	expect_samples("1", "", NO_OBJECTS("") "64\n");
	expect_samples("1", "0", NO_OBJECTS("0") "64\n");
	expect_samples("1", "65536", NO_OBJECTS("65536") "64\n");
	expect_samples("on", "many", NO_SAMPLE("on") NO_OBJECTS("many") "0\n");
}

/* Is any of the budget claimed after much use of a cache? */
static void see_at_hand(void *data)
{
	void *objects[400];

	set(data);
	struct kmem_cache *s = make(data, 1000);
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		objects[i] = kmem_cache_alloc(s, GFP_KERNEL);
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		kmem_cache_free(s, objects[i]);
	fprintf(stderr, "%s\n", slab_at_hand() ? "some" : "none");
}

#define NO_AT_HAND(value) \
	"slab: SLAB_AT_HAND=" value " is not a number from 0 to 4294967295: ignored\n"

static void test_at_hand(void **state)
{
	static const char *const cases[][2] = {
		{ "0", "none\n" },
		{ "100000000", "some\n" },
		{ "", NO_AT_HAND("") "some\n" },
		{ "64M", NO_AT_HAND("64M") "some\n" },
		{ "-1", NO_AT_HAND("-1") "some\n" },
		{ "4294967296", NO_AT_HAND("4294967296") "some\n" },
	};
	struct run run = { 0 };
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		run.set[0][0] = "SLAB_AT_HAND";
		run.set[0][1] = cases[i][0];
		expect(see_at_hand, &run, cases[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_letters),		cmocka_unit_test(test_names),
		cmocka_unit_test(test_blocks),		cmocka_unit_test(test_wrong_letters),
		cmocka_unit_test(test_flags_of_caches), cmocka_unit_test(test_keep_small),
		cmocka_unit_test(test_kmalloc),		cmocka_unit_test(test_trace),
		cmocka_unit_test(test_failslab),	cmocka_unit_test(test_failslab_seed),
		cmocka_unit_test(test_wrong_failslab),	cmocka_unit_test(test_policy),
		cmocka_unit_test(test_switches),	cmocka_unit_test(test_sanitizer_switch),
		cmocka_unit_test(test_nomerge),		cmocka_unit_test(test_sample),
		cmocka_unit_test(test_at_hand),
	};

	/* Whatever the test runs in; nothing of the library has been used yet. */
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		unsetenv(names[i]);
	/* A tool would have the program not look at what it has freed. */
	setenv("SLAB_SANITIZER", "0", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
