/* SPDX-License-Identifier: MIT */

/* The life of a cache, and what each misuse of it says, word for word. */

#include "harness.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include <slab/slab-static.h>

#include "drifted/slab/holder.h"
#include "forms.h"
#include "harden.h"

static void ctor(void *object)
{
	memset(object, 0xc7, 8);
}

static void test_setup_twice(void **state)
{
	static struct kmem_cache_opaque shadow;
	const struct forms *forms = *state;
	struct kmem_cache *s = to_kmem_cache(&shadow);

	assert_int_equal(kmem_cache_setup(s, "first", 32, 0, 0, NULL), 0);
	void *object = forms->alloc(s, GFP_KERNEL);
	EXPECT_REPORT("slab: cache second: set up already, as first\n",
		      assert_int_equal(kmem_cache_setup(s, "second", 64, 0, 0, NULL), -EBUSY));
	/* It goes on as it was. */
	assert_int_equal(kmem_cache_size(s), 32);
	assert_int_equal(slabinfo_of("first").active, 1);
	forms->free(s, object);
	assert_int_equal(kmem_cache_destroy(s), 0);
	/* After its end it may be something else. */
	assert_int_equal(kmem_cache_setup(s, "second", 64, 0, 0, NULL), 0);
	assert_int_equal(kmem_cache_size(s), 64);
	object = forms->alloc(s, GFP_KERNEL);
	assert_int_equal(ksize(object), 64);
	forms->free(s, object);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void test_setup_after_failure(void **state)
{
	static struct kmem_cache_opaque shadow;
	static const struct kmem_cache_opaque fresh;
	const struct forms *forms = *state;
	struct kmem_cache *s = to_kmem_cache(&shadow);

	memset(&shadow, 0, sizeof(shadow));
	EXPECT_REPORT("slab: cache bad: size is not within 1 and KMALLOC_MAX_SIZE\n",
		      assert_int_equal(kmem_cache_setup(s, "bad", 0, 0, 0, NULL), -EINVAL));
	assert_memory_equal(&shadow, &fresh, sizeof(shadow));
	assert_int_equal(kmem_cache_setup(s, "good", 32, 0, 0, NULL), 0);
	forms->free(s, forms->alloc(s, GFP_KERNEL));
	assert_int_equal(kmem_cache_destroy(s), 0);
	EXPECT_REPORT("slab: cache bad: size is not within 1 and KMALLOC_MAX_SIZE\n",
		      assert_int_equal(kmem_cache_setup(s, "bad", 0, 0, 0, NULL), -EINVAL));
	assert_int_equal(kmem_cache_setup(s, "good again", 32, 0, 0, NULL), 0);
	forms->free(s, forms->alloc(s, GFP_KERNEL));
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void test_before_setup(void **state)
{
	static struct kmem_cache_opaque shadow;
	const struct forms *forms = *state;
	struct kmem_cache *s = to_kmem_cache(&shadow);
	void *object = &shadow;
	void *objects[2];

	memset(&shadow, 0, sizeof(shadow));
	errno = 0;
	EXPECT_REPORT(
		text("slab: BUG cache %p: kmem_cache_alloc() before it is set up\n", (void *)s),
		object = forms->alloc(s, GFP_KERNEL));
	assert_null(object);
	assert_int_equal(errno, EINVAL);
	EXPECT_REPORT(
		text("slab: BUG cache %p: kmem_cache_alloc() before it is set up\n", (void *)s),
		assert_null(forms->zalloc(s, GFP_NOWAIT)));
	EXPECT_REPORT(
		text("slab: BUG cache %p: kmem_cache_alloc() before it is set up\n", (void *)s),
		assert_int_equal(kmem_cache_alloc_bulk(s, GFP_KERNEL, 2, objects), 0));
	EXPECT_REPORT(text("slab: BUG cache %p: kmem_cache_prefill_sheaf() before it is set up\n",
			   (void *)s),
		      assert_null(kmem_cache_prefill_sheaf(s, GFP_KERNEL, 1)));
	EXPECT_REPORT(
		text("slab: BUG cache %p: kmem_cache_free() before it is set up\n", (void *)s),
		forms->free(s, &shadow));
	objects[0] = &shadow;
	EXPECT_REPORT(
		text("slab: BUG cache %p: kmem_cache_free() before it is set up\n", (void *)s),
		kmem_cache_free_bulk(s, 1, objects));
	EXPECT_REPORT(
		text("slab: BUG cache %p: kmem_cache_shrink() before it is set up\n", (void *)s),
		assert_int_equal(kmem_cache_shrink(s), -EINVAL));
	EXPECT_REPORT(
		text("slab: BUG cache %p: kmem_cache_size() before it is set up\n", (void *)s),
		assert_int_equal(kmem_cache_size(s), 0));
	EXPECT_REPORT("slab: BUG cache: kmem_cache_destroy() of a cache that is not set up\n",
		      assert_int_equal(kmem_cache_destroy(s), -EINVAL));
	/* NULL is freed without a look at the cache. */
	EXPECT_REPORT("", forms->free(s, NULL));
	assert_int_equal(kmem_cache_setup(s, "late", 32, 0, 0, NULL), 0);
	forms->free(s, forms->alloc(s, GFP_KERNEL));
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void after_destroy(const struct forms *forms, struct kmem_cache *s, const char *name)
{
	void *object = s;
	void *objects[2];

	errno = 0;
	EXPECT_REPORT(text("slab: BUG %s: kmem_cache_alloc() after kmem_cache_destroy()\n", name),
		      object = forms->alloc(s, GFP_KERNEL));
	assert_null(object);
	assert_int_equal(errno, EINVAL);
	EXPECT_REPORT(text("slab: BUG %s: kmem_cache_alloc() after kmem_cache_destroy()\n", name),
		      assert_int_equal(kmem_cache_alloc_bulk(s, GFP_KERNEL, 2, objects), 0));
	EXPECT_REPORT(
		text("slab: BUG %s: kmem_cache_prefill_sheaf() after kmem_cache_destroy()\n", name),
		assert_null(kmem_cache_prefill_sheaf(s, GFP_KERNEL, 1)));
	EXPECT_REPORT(text("slab: BUG %s: kmem_cache_free() after kmem_cache_destroy()\n", name),
		      forms->free(s, s));
	EXPECT_REPORT(text("slab: BUG %s: kmem_cache_shrink() after kmem_cache_destroy()\n", name),
		      assert_int_equal(kmem_cache_shrink(s), -EINVAL));
	EXPECT_REPORT(text("slab: BUG %s: kmem_cache_size() after kmem_cache_destroy()\n", name),
		      assert_int_equal(kmem_cache_size(s), 0));
	EXPECT_REPORT(
		text("slab: BUG %s: kmem_cache_destroy() of a cache that is not set up\n", name),
		assert_int_equal(kmem_cache_destroy(s), -EINVAL));
}

static void test_after_destroy(void **state)
{
	static struct kmem_cache_opaque shadow;
	static struct kmem_cache_opaque defined_used, defined_unused;
	static const struct kmem_cache_init init = {
		.name = "defined",
		.size = 32,
		.shadow_size = KMEM_CACHE_SIZE,
		.shadow_align = KMEM_CACHE_ALIGN,
		.shadow_layout = KMEM_CACHE_LAYOUT,
	};
	const struct forms *forms = *state;
	struct kmem_cache *s = to_kmem_cache(&shadow);
	char name[] = "gone";

	assert_int_equal(kmem_cache_setup(s, name, 32, 0, 0, NULL), 0);
	memset(name, 'x', 4);
	forms->free(s, forms->alloc(s, GFP_KERNEL));
	assert_int_equal(kmem_cache_destroy(s), 0);
	after_destroy(forms, s, "gone");

	/* A long name is told by its beginning. */
	assert_int_equal(kmem_cache_setup(s, "a name of some length", 32, 0, 0, NULL), 0);
	assert_int_equal(kmem_cache_destroy(s), 0);
	after_destroy(forms, s, "a name of some ");

	/* Those of DEFINE_KMEM_CACHE(), used or not. */
	defined_used = (struct kmem_cache_opaque){ .init = &init };
	forms->free(to_kmem_cache(&defined_used),
		    forms->alloc(to_kmem_cache(&defined_used), GFP_KERNEL));
	assert_int_equal(kmem_cache_destroy(&defined_used), 0);
	after_destroy(forms, to_kmem_cache(&defined_used), "defined");
	defined_unused = (struct kmem_cache_opaque){ .init = &init };
	EXPECT_REPORT("", assert_int_equal(kmem_cache_destroy(&defined_unused), 0));
	after_destroy(forms, to_kmem_cache(&defined_unused), "defined");
}

/* Another cache takes the place that a destroyed one had in the threads: it stays out of there. */
static void test_place_taken_over(void **state)
{
	static struct kmem_cache_opaque old, new;
	const struct forms *forms = *state;
	void *objects[10];

	memset(&old, 0, sizeof(old));
	assert_int_equal(kmem_cache_setup(&old, "old", 64, 0, 0, NULL), 0);
	unsigned int slot = old.slot;
	forms->free(to_kmem_cache(&old), forms->alloc(to_kmem_cache(&old), GFP_KERNEL));
	assert_int_equal(kmem_cache_destroy(&old), 0);
	assert_int_equal(kmem_cache_setup(&new, "new", 64, 0, 0, NULL), 0);
	assert_int_equal(new.slot, slot);
	assert_int_equal(kmem_cache_alloc_bulk(&new, GFP_KERNEL, 10, objects), 10);
	for (size_t i = 0; i < 10; i++)
		forms->free(to_kmem_cache(&new), objects[i]);
	after_destroy(forms, to_kmem_cache(&old), "old");
	assert_int_equal(slabinfo_of("new").active, 0);
	assert_int_equal(kmem_cache_destroy(&new), 0);
}

/* Each object that is still allocated is named, the cache goes on, and ends when they are free. */
static void test_destroy_busy(void **state)
{
	const struct forms *forms = *state;
	struct kmem_cache *s = kmem_cache_create("busy", 32, NULL, 0);
	void *objects[40];

	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		objects[i] = forms->alloc(s, GFP_KERNEL);
	/* At hand: not live. */
	for (size_t i = 2; i < ARRAY_SIZE(objects); i++)
		forms->free(s, objects[i]);
	memset(objects[0], 0x5e, 32);
	bool in_order = (uintptr_t)objects[0] < (uintptr_t)objects[1];
	EXPECT_REPORT(text("slab: BUG busy: kmem_cache_destroy() with 2 objects allocated\n"
			   "slab: busy: object %p is still allocated\n"
			   "slab: busy: object %p is still allocated\n",
			   objects[!in_order], objects[in_order]),
		      assert_int_equal(kmem_cache_destroy(s), -EBUSY));
	assert_true(is_filled_with(objects[0], 32, 0x5e));
	assert_int_equal(slabinfo_of("busy").active, 2);
	forms->free(s, objects[0]);
	assert_ptr_equal(forms->alloc(s, GFP_KERNEL), objects[0]);
	forms->free(s, objects[0]);
	EXPECT_REPORT(text("slab: BUG busy: kmem_cache_destroy() with 1 object allocated\n"
			   "slab: busy: object %p is still allocated\n",
			   objects[1]),
		      assert_int_equal(kmem_cache_destroy(s), -EBUSY));
	kfree(objects[1]);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* A long listing ends at some point; the number is right. */
static void test_destroy_very_busy(void **state)
{
	struct kmem_cache *s = kmem_cache_create("very-busy", 32, NULL, 0);
	static void *objects[5000];
	size_t lines = 0;
	(void)state;

	assert_int_equal(kmem_cache_alloc_bulk(s, GFP_KERNEL, 5000, objects), 5000);
	capture_begin();
	int error = kmem_cache_destroy(s);
	const char *said = capture_end();
	assert_int_equal(error, -EBUSY);
	assert_non_null(
		strstr(said, "BUG very-busy: kmem_cache_destroy() with 5000 objects allocated\n"));
	for (const char *c = said; *c; c++)
		lines += *c == '\n';
	assert_in_range(lines, 2, 40);
	kmem_cache_free_bulk(s, 5000, objects);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void test_wrong_shadow(void **state)
{
	static struct kmem_cache_opaque shadow;
	static const struct kmem_cache_opaque fresh;
	static const char message[] =
		"slab: cache drifted: the caller was compiled with another struct "
		"kmem_cache_opaque\n";
	struct kmem_cache_init init = {
		.name = "drifted",
		.size = 32,
		.shadow_size = KMEM_CACHE_SIZE,
		.shadow_align = KMEM_CACHE_ALIGN,
		.shadow_layout = KMEM_CACHE_LAYOUT,
	};
	struct kmem_cache *s = to_kmem_cache(&shadow);
	size_t size = 0;
	size_t align = 0;
	(void)state;

	init.shadow_size = KMEM_CACHE_SIZE - 8;
	EXPECT_REPORT(message, assert_int_equal(__kmem_cache_setup(s, &init), -EINVAL));
	init.shadow_size = KMEM_CACHE_SIZE + 8;
	EXPECT_REPORT(message, assert_int_equal(__kmem_cache_setup(s, &init), -EINVAL));
	init.shadow_size = KMEM_CACHE_SIZE;
	init.shadow_align = KMEM_CACHE_ALIGN * 2;
	EXPECT_REPORT(message, assert_int_equal(__kmem_cache_setup(s, &init), -EINVAL));
	init.shadow_align = KMEM_CACHE_ALIGN;
	init.shadow_layout = NULL;
	EXPECT_REPORT(message, assert_int_equal(__kmem_cache_setup(s, &init), -EINVAL));
	init.shadow_layout = KMEM_CACHE_LAYOUT "0";
	EXPECT_REPORT(message, assert_int_equal(__kmem_cache_setup(s, &init), -EINVAL));
	assert_memory_equal(&shadow, &fresh, sizeof(shadow));

	kmem_cache_layout(&size, &align);
	assert_int_equal(size, sizeof(struct kmem_cache_opaque));
	assert_int_equal(align, __alignof__(struct kmem_cache_opaque));
}

/* As large and as aligned, so that the fields alone tell. */
static void test_wrong_fields(void **state)
{
	(void)state;
	assert_int_equal(drifted_size, KMEM_CACHE_SIZE);
	assert_int_equal(drifted_align, KMEM_CACHE_ALIGN);
	assert_int_not_equal(drifted_slot, offsetof(struct kmem_cache_opaque, slot));
	EXPECT_REPORT("slab: cache drifted: the caller was compiled with another struct "
		      "kmem_cache_opaque\n",
		      assert_int_equal(drifted_setup(), -EINVAL));
	assert_true(drifted_is_fresh());
	EXPECT_REPORT("slab: cache drifted_defined: the caller was compiled with another struct "
		      "kmem_cache_opaque\n",
		      assert_null(drifted_alloc()));
	assert_int_equal(errno, EINVAL);
}

struct refusal {
	const char *name;
	size_t size;
	slab_flags_t flags;
	struct kmem_cache_args args;
	const char *says;
};

static const char says_size[] = "size is not within 1 and KMALLOC_MAX_SIZE";
static const char says_align[] = "align is no power of two of at most SLAB_MAX_ALIGN";
static const char says_flags[] = "flags holds unknown bits";
static const char says_window[] = "useroffset and usersize are no window within the object";
static const char says_freeptr[] =
	"freeptr_offset is outside the object, misaligned, or without a ctor";
static const char says_capacity[] = "sheaf_capacity is too large";

static const struct refusal refusals[] = {
	{ NULL, 32, 0, { 0 }, "name is NULL" },
	{ "n", 0, 0, { 0 }, says_size },
	{ "n", KMALLOC_MAX_SIZE + 1, 0, { 0 }, says_size },
	{ "n", SIZE_MAX, 0, { 0 }, says_size },
	{ "n", 32, 0, { .align = 3 }, says_align },
	{ "n", 32, 0, { .align = 24 }, says_align },
	{ "n", 32, 0, { .align = SLAB_MAX_ALIGN * 2 }, says_align },
	{ "n", 32, 0, { .align = SIZE_MAX }, says_align },
	{ "n", 32, 0x80000000u, { 0 }, says_flags },
	{ "n", 32, SLAB_HWCACHE_ALIGN | 0x200u, { 0 }, says_flags },
	{ "n", 32, 0, { .useroffset = 33, .usersize = 1 }, says_window },
	{ "n", 32, 0, { .useroffset = 32, .usersize = 1 }, says_window },
	{ "n", 32, 0, { .usersize = 33 }, says_window },
	{ "n", 32, 0, { .useroffset = 8, .usersize = SIZE_MAX - 4 }, says_window },
	{ "n", 32, 0, { .useroffset = 8 }, says_window },
	{ "n", 32, 0, { .freeptr_offset = 0, .use_freeptr_offset = true }, says_freeptr },
	{ "n",
	  32,
	  0,
	  { .freeptr_offset = 33 - sizeof(void *), .use_freeptr_offset = true, .ctor = ctor },
	  says_freeptr },
	{ "n",
	  32,
	  0,
	  { .freeptr_offset = 32, .use_freeptr_offset = true, .ctor = ctor },
	  says_freeptr },
	{ "n",
	  32,
	  0,
	  { .freeptr_offset = SIZE_MAX - 7, .use_freeptr_offset = true, .ctor = ctor },
	  says_freeptr },
	{ "n",
	  32,
	  0,
	  { .freeptr_offset = sizeof(void *) / 2, .use_freeptr_offset = true, .ctor = ctor },
	  says_freeptr },
	{ "n",
	  sizeof(void *) / 2,
	  0,
	  { .freeptr_offset = 0, .use_freeptr_offset = true, .ctor = ctor },
	  says_freeptr },
	{ "n", 32, 0, { .sheaf_capacity = 4097 }, says_capacity },
	{ "n", 32, 0, { .reserved = 1 }, "reserved is not zero" },
};

static struct kmem_cache *create_refused(const struct refusal *refusal)
{
	return kmem_cache_create(refusal->name, refusal->size, &refusal->args, refusal->flags);
}

static void test_bad_arguments(void **state)
{
	static struct kmem_cache_opaque shadow;
	static const struct kmem_cache_opaque fresh;
	struct kmem_cache *s = to_kmem_cache(&shadow);
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		const struct refusal *bad = &refusals[i];
		const char *says =
			text("slab: cache %s: %s\n", bad->name ? bad->name : "(null)", bad->says);

		EXPECT_REPORT(says, assert_int_equal(kmem_cache_setup_args(s, bad->name, bad->size,
									   bad->args, bad->flags),
						     -EINVAL));
		assert_memory_equal(&shadow, &fresh, sizeof(shadow));
		errno = 0;
		EXPECT_REPORT(says, assert_null(create_refused(bad)));
		assert_int_equal(errno, EINVAL);
	}
}

/* The five-argument form checks the same. */
static void test_bad_arguments_five(void **state)
{
	(void)state;
	EXPECT_REPORT(text("slab: cache n: %s\n", says_size),
		      assert_null(kmem_cache_create("n", 0, 0, 0, NULL)));
	EXPECT_REPORT(text("slab: cache n: %s\n", says_align),
		      assert_null(kmem_cache_create("n", 8, 5, 0, NULL)));
	EXPECT_REPORT(text("slab: cache n: %s\n", says_window),
		      assert_null(kmem_cache_create_usercopy("n", 8, 0, 0, 4, 5, NULL)));
	errno = 0;
	EXPECT_REPORT("slab: cache n: args is no struct kmem_cache_args *\n",
		      assert_null(kmem_cache_create("n", 8, (void *)(uintptr_t)says_size, 0)));
	assert_int_equal(errno, EINVAL);
}

/* What is just right. */
static void test_edge_arguments(void **state)
{
	static const struct refusal edges[] = {
		{ "", 32, 0, { 0 }, NULL },
		{ "edge", 1, 0, { 0 }, NULL },
		{ "edge", KMALLOC_MAX_SIZE, 0, { .align = SLAB_MAX_ALIGN }, NULL },
		{ "edge", 32, 0, { .useroffset = 31, .usersize = 1 }, NULL },
		{ "edge", 32, 0, { .usersize = 32 }, NULL },
		{ "edge",
		  32,
		  0,
		  { .freeptr_offset = 24, .use_freeptr_offset = true, .ctor = ctor },
		  NULL },
		{ "edge", 32, 0, { .freeptr_offset = 1 }, NULL },
		{ "edge", 32, 0, { .sheaf_capacity = 4096 }, NULL },
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(edges); i++) {
		struct kmem_cache *s = create_refused(&edges[i]);

		assert_non_null(s);
		void *object = kmem_cache_alloc(s, GFP_KERNEL);
		assert_non_null(object);
		kmem_cache_free(s, object);
		assert_int_equal(kmem_cache_destroy(s), 0);
	}
}

/* Every bit that is none of the public flags, alone and beside a good one. */
static void test_unknown_flags(void **state)
{
	const slab_flags_t known =
		SLAB_HWCACHE_ALIGN | SLAB_PANIC | SLAB_NO_MERGE | SLAB_TYPESAFE_BY_RCU |
		SLAB_RECLAIM_ACCOUNT | SLAB_TEMPORARY | SLAB_NOLEAKTRACE | SLAB_NO_USER_FLAGS |
		SLAB_CACHE_DMA | SLAB_CACHE_DMA32 | SLAB_ACCOUNT | SLAB_CONSISTENCY_CHECKS |
		SLAB_RED_ZONE | SLAB_POISON | SLAB_STORE_USER | SLAB_TRACE | SLAB_FAILSLAB;
	(void)state;

	for (unsigned int bit = 0; bit < 32; bit++) {
		const slab_flags_t flag = 1u << bit;

		if (flag & known)
			continue;
		EXPECT_REPORT(text("slab: cache n: %s\n", says_flags),
			      assert_null(kmem_cache_create("n", 8, NULL, flag)));
		assert_int_equal(errno, EINVAL);
		EXPECT_REPORT(
			text("slab: cache n: %s\n", says_flags),
			assert_null(kmem_cache_create("n", 8, 0, flag | SLAB_HWCACHE_ALIGN, NULL)));
	}
}

#ifndef SLAB_RCU
static void test_no_rcu(void **state)
{
	static struct kmem_cache_opaque shadow;
	(void)state;

	assert_int_equal(kmem_cache_setup(&shadow, "rcu", 32, 0, SLAB_TYPESAFE_BY_RCU, NULL),
			 -EOPNOTSUPP);
	errno = 0;
	assert_null(kmem_cache_create("rcu", 32, NULL, SLAB_TYPESAFE_BY_RCU));
	assert_int_equal(errno, EOPNOTSUPP);
}
#endif

static void panic_at_setup(void *data)
{
	static struct kmem_cache_opaque shadow;

	(void)data;
	(void)kmem_cache_setup(&shadow, "panic", 0, 0, SLAB_PANIC, NULL);
}

static void panic_at_create(void *data)
{
	(void)data;
	(void)kmem_cache_create("panic", 32, NULL, SLAB_PANIC | 1u << 31);
}

static void panic_at_create_five(void *data)
{
	(void)data;
	(void)kmem_cache_create("panic", 32, 3, SLAB_PANIC, NULL);
}

static void panic_at_create_usercopy(void *data)
{
	(void)data;
	(void)kmem_cache_create_usercopy("panic", 32, 0, SLAB_PANIC, 30, 3, NULL);
}

static void panic_at_create_without_args(void *data)
{
	(void)kmem_cache_create("panic", 32, data, SLAB_PANIC);
}

static DEFINE_KMEM_CACHE(panicking, long, SLAB_PANIC, .align = 3);

static void panic_at_first_use(void *data)
{
	(void)data;
	(void)kmem_cache_alloc(&panicking, GFP_KERNEL);
}

static void test_panic(void **state)
{
	(void)state;
	assert_true(killed_by(in_child(panic_at_setup, NULL), SIGABRT));
	assert_true(child_said(text("slab: cache panic: %s\n"
				    "slab: cache panic: cannot be set up: Invalid argument\n",
				    says_size)));
	assert_true(killed_by(in_child(panic_at_create, NULL), SIGABRT));
	assert_true(child_said("slab: cache panic: flags holds unknown bits\n"
			       "slab: cache panic: cannot be set up: Invalid argument\n"));
	assert_true(killed_by(in_child(panic_at_create_five, NULL), SIGABRT));
	assert_true(child_said(text("slab: cache panic: %s\n"
				    "slab: cache panic: cannot be set up: Invalid argument\n",
				    says_align)));
	assert_true(killed_by(in_child(panic_at_create_usercopy, NULL), SIGABRT));
	assert_true(child_said(text("slab: cache panic: %s\n"
				    "slab: cache panic: cannot be set up: Invalid argument\n",
				    says_window)));
	assert_true(killed_by(in_child(panic_at_create_without_args, &panicking), SIGABRT));
	assert_true(child_said("slab: cache panic: args is no struct kmem_cache_args *\n"
			       "slab: cache panic: cannot be set up: Invalid argument\n"));
	assert_true(killed_by(in_child(panic_at_first_use, NULL), SIGABRT));
	assert_true(child_said(text("slab: cache panicking: %s\n"
				    "slab: cache panicking: cannot be set up: Invalid argument\n",
				    says_align)));
}

static void nofail_unset(void *data)
{
	static struct kmem_cache_opaque shadow;
	const struct forms *forms = data;

	forms->alloc(to_kmem_cache(&shadow), GFP_KERNEL | __GFP_NOFAIL);
}

static void test_nofail_unset(void **state)
{
	assert_true(killed_by(in_child(nofail_unset, *state), SIGABRT));
	assert_non_null(strstr(child_stderr(),
			       "slab: cache: an allocation that must not fail failed: Invalid "
			       "argument\n"));
}

/*
 * Wrong frees are found, at the latest when their sheaf is flushed, with debug flags at once, and
 * do no harm.
 */
static void test_wrong_frees(void **state)
{
	const struct forms *forms = *state;
	struct kmem_cache *s = kmem_cache_create("wronged", 48, NULL, 0);
	struct kmem_cache *other = kmem_cache_create("other", 48, NULL, 0);
	char *a = forms->alloc(s, GFP_KERNEL);
	char *b = forms->alloc(s, GFP_KERNEL);
	char *foreign = forms->alloc(other, GFP_KERNEL);
	char *large = kmalloc(100000, GFP_KERNEL);
	int local = 0;

	forms->free(s, a);
	EXPECT_WRONG_FREE(text("slab: BUG wronged: double free: %p\n", (void *)a),
			  forms->free(s, a), assert_int_equal(kmem_cache_shrink(s), 1));
	EXPECT_WRONG_FREE(text("slab: BUG wronged: invalid free: %p\n", (void *)(b + 8)),
			  forms->free(s, b + 8), assert_int_equal(kmem_cache_shrink(s), 1));
	EXPECT_WRONG_FREE(
		text("slab: BUG wronged: object is not of this cache: %p\n", (void *)foreign),
		forms->free(s, foreign), assert_int_equal(kmem_cache_shrink(s), 1));
	EXPECT_WRONG_FREE(
		text("slab: BUG wronged: object is not of this cache: %p\n", (void *)large),
		forms->free(s, large), assert_int_equal(kmem_cache_shrink(s), 1));
	EXPECT_WRONG_FREE(
		text("slab: BUG wronged: object is not of this cache: %p\n", (void *)&local),
		forms->free(s, &local), assert_int_equal(kmem_cache_shrink(s), 1));
	/* Beyond the last object that was ever handed out. */
	size_t far = slabinfo_of("wronged").per_slab - 1;
	char *base = (char *)((uintptr_t)a & ~(uintptr_t)65535);
	EXPECT_WRONG_FREE(text("slab: BUG wronged: invalid free: %p\n", (void *)(base + far * 48)),
			  forms->free(s, base + far * 48),
			  assert_int_equal(kmem_cache_shrink(s), 1));
	/* In the rest behind the last object. */
	EXPECT_WRONG_FREE(text("slab: BUG wronged: invalid free: %p\n", (void *)(base + 65535)),
			  forms->free(s, base + 65535), assert_int_equal(kmem_cache_shrink(s), 1));

	/* The cache is sound: one object out, none given out twice. */
	assert_int_equal(slabinfo_of("wronged").active, 1);
	assert_int_equal(slabinfo_of("other").active, 1);
	void *objects[300];
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++) {
		objects[i] = forms->alloc(s, GFP_KERNEL);
		pattern_fill(objects[i], 48, i);
	}
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++) {
		assert_ptr_not_equal(objects[i], b);
		assert_true(pattern_holds(objects[i], 48, i));
		forms->free(s, objects[i]);
	}
	forms->free(s, b);
	forms->free(other, foreign);
	kfree(large);
	assert_int_equal(kmem_cache_destroy(s), 0);
	assert_int_equal(kmem_cache_destroy(other), 0);
}

/* The same at the flushes that go on by themselves: many frees, each object twice. */
static void test_double_frees_flushed(void **state)
{
	const struct forms *forms = *state;
	struct kmem_cache *s = kmem_cache_create("doubled", 48, NULL, 0);
	void *objects[3000];
	size_t lines = 0;

	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		objects[i] = forms->alloc(s, GFP_KERNEL);
	capture_begin();
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		forms->free(s, objects[i]);
	/* With debug flags each has its history, and what is captured has an end. */
	size_t twice = debugging() ? 100 : 1000;
	for (size_t i = 0; i < twice; i++)
		forms->free(s, objects[i]);
	int left = kmem_cache_shrink(s);
	const char *said = capture_end();
	assert_int_equal(left, 0);
	for (const char *line = said; *line; line = strchr(line, '\n') + 1, lines++)
		assert_int_equal(strncmp(line, "slab: BUG doubled: ", 19), 0);
	assert_int_equal(lines, twice);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH_FORMS(test_setup_twice),
		BOTH_FORMS(test_setup_after_failure),
		BOTH_FORMS(test_before_setup),
		BOTH_FORMS(test_after_destroy),
		BOTH_FORMS(test_place_taken_over),
		BOTH_FORMS(test_destroy_busy),
		cmocka_unit_test(test_destroy_very_busy),
		cmocka_unit_test(test_wrong_shadow),
		cmocka_unit_test(test_wrong_fields),
		cmocka_unit_test(test_bad_arguments),
		cmocka_unit_test(test_bad_arguments_five),
		cmocka_unit_test(test_edge_arguments),
		cmocka_unit_test(test_unknown_flags),
#ifndef SLAB_RCU
		cmocka_unit_test(test_no_rcu),
#endif
		cmocka_unit_test(test_panic),
		BOTH_FORMS(test_nofail_unset),
		BOTH_FORMS(test_wrong_frees),
		BOTH_FORMS(test_double_frees_flushed),
	};

	return cmocka_run_group_tests_name("life", tests, NULL, NULL);
}
