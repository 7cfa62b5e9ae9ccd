/* SPDX-License-Identifier: MIT */

/* Caches in a shared object, and dlclose(): clean after their end, reported before it. */

#include "harness.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <slab/slab-static.h>

#include "forms.h"
#include "plugin.h"

static void *handle;
static const struct plugin *plugin;

static void load(void)
{
	handle = dlopen(PLUGIN, RTLD_NOW | RTLD_LOCAL);
	if (!handle)
		fprintf(stderr, "%s\n", dlerror());
	CHECK(handle);
	plugin = dlsym(handle, "plugin");
	CHECK(plugin);
}

static void unload(void)
{
	const void *gone = plugin;

	CHECK(dlclose(handle) == 0);
	/* Else all of this proves nothing. */
	Dl_info info;
	CHECK(!dladdr(gone, &info));
}

static void *use(struct kmem_cache *s, const struct forms *forms)
{
	void *object = forms->alloc(s, GFP_KERNEL);

	CHECK(object);
	memset(object, 0x5e, 64);
	forms->free(s, forms->alloc(s, GFP_KERNEL));
	return object;
}

static void test_destroyed_before(void **state)
{
	const struct forms *forms = *state;

	for (int round = 0; round < 3; round++) {
		load();
		assert_int_equal(plugin->set_up(), 0);
		for (int i = 0; i < PLUGIN_CACHES; i++) {
			forms->free(plugin->cache(i), use(plugin->cache(i), forms));
			assert_int_equal(kmem_cache_destroy(plugin->cache(i)), 0);
		}
		EXPECT_REPORT("", unload());
	}
}

/* Never used, or only of another's storage: nothing is alive. */
static void test_nothing_alive(void **state)
{
	(void)state;
	load();
	EXPECT_REPORT("", unload());
}

/* The first use of a defined cache may be in a constructor of the object that holds it. */
static void test_used_by_constructor(void **state)
{
	(void)state;
	load();
	assert_non_null(plugin->early());
	assert_true(is_filled_with(plugin->early(), 64, 0));
	assert_int_equal(ksize(plugin->early()), 64);
	assert_int_equal(slabinfo_of("plugin_early").active, 1);
	EXPECT_REPORT("", unload());
	struct slabinfo info;
	assert_false(slabinfo_find("plugin_early", &info));
}

static void test_destroyed_by_destructor(void **state)
{
	const struct forms *forms = *state;

	load();
	assert_int_equal(plugin->set_up(), 0);
	for (int i = 0; i < PLUGIN_CACHES; i++)
		forms->free(plugin->cache(i), use(plugin->cache(i), forms));
	*plugin->tidy = true;
	EXPECT_REPORT("", unload());
}

static bool stop;

/* Load, use, end and unload, all the time. */
static void *come_and_go(void *forms)
{
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		load();
		CHECK(plugin->set_up() == 0);
		for (int i = 0; i < PLUGIN_CACHES; i++) {
			struct kmem_cache *s = plugin->cache(i);

			((const struct forms *)forms)->free(s, use(s, forms));
		}
		*plugin->tidy = true;
		unload();
	}
	return NULL;
}

/* Wherever the other thread was, caches work here; the linker may be locked for good. */
static void use_after_fork(void *data)
{
	const struct forms *forms = data;
	struct kmem_cache *s = kmem_cache_create("forked", 64, NULL, 0);

	forms->free(s, use(s, forms));
	CHECK(slabinfo_of("forked").active == 0);
	CHECK(kmem_cache_destroy(s) == 0);
}

static void test_fork_beside(void **state)
{
	/* QEMU's fork() does not hold all of its own locks. */
	if (on_emulator())
		return;
	stop = false;
	thread_handle *thread = thread_start(come_and_go, *state);
	for (size_t i = 0; i < scaled(100); i++)
		assert_true(exited_with(in_child(use_after_fork, *state), 0));
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	thread_join(thread);
}

struct holder {
	pthread_barrier_t barrier;
	const struct forms *forms;
};

/* Keeps objects of the plugin's cache at hand while it is destroyed and unloaded. */
static void *hold(void *data)
{
	struct holder *holder = data;
	struct kmem_cache *s = plugin->cache(PLUGIN_DEFINED);

	holder->forms->free(s, use(s, holder->forms));
	pthread_barrier_wait(&holder->barrier);
	pthread_barrier_wait(&holder->barrier);
	kfree(kmalloc(64, GFP_KERNEL));
	return NULL;
}

static void test_held_by_threads(void **state)
{
	struct holder holder = { .forms = *state };
	thread_handle *threads[3];

	pthread_barrier_init(&holder.barrier, NULL, ARRAY_SIZE(threads) + 1);
	load();
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++)
		threads[i] = thread_start(hold, &holder);
	pthread_barrier_wait(&holder.barrier);
	assert_int_equal(kmem_cache_destroy(plugin->cache(PLUGIN_DEFINED)), 0);
	EXPECT_REPORT("", unload());
	pthread_barrier_wait(&holder.barrier);
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++)
		thread_join(threads[i]);
	pthread_barrier_destroy(&holder.barrier);
}

/* The report names the cache, the file, and each object. */
static void test_alive(void **state)
{
	const struct forms *forms = *state;

	for (int round = 0; round < 2; round++) {
		load();
		char *object = use(plugin->cache(PLUGIN_DEFINED), forms);
		EXPECT_REPORT(text("slab: BUG plugin_defined: %s is unloaded and takes the cache "
				   "with it, 1 object allocated\n"
				   "slab: plugin_defined: object %p is still allocated\n",
				   PLUGIN, (void *)object),
			      unload());
		/* The object outlives its cache, and may be freed. */
		assert_true(is_filled_with(object, 64, 0x5e));
		assert_int_equal(ksize(object), 64);
		EXPECT_REPORT("", kfree(object));
		EXPECT_REPORT(text("slab: BUG plugin_defined: double free: %p\n", (void *)object),
			      kfree(object));
	}
}

static void test_alive_unused(void **state)
{
	const struct forms *forms = *state;

	load();
	assert_int_equal(plugin->set_up(), 0);
	forms->free(plugin->cache(PLUGIN_SET_UP), use(plugin->cache(PLUGIN_SET_UP), forms));
	EXPECT_REPORT(text("slab: BUG plug: %s is unloaded and takes the cache with it, "
			   "0 objects allocated\n",
			   PLUGIN),
		      unload());
}

/* A created cache that says whose it is. */
static void test_owner_of_created(void **state)
{
	const struct forms *forms = *state;

	load();
	struct kmem_cache *s = plugin->create();
	void *object = use(s, forms);
	EXPECT_REPORT(text("slab: BUG plugin_created: %s is unloaded and takes the cache with it, "
			   "1 object allocated\n"
			   "slab: plugin_created: object %p is still allocated\n",
			   PLUGIN, object),
		      unload());
	kfree(object);
	/* What is left says so. */
	EXPECT_REPORT("slab: BUG plugin_created: kmem_cache_alloc() after kmem_cache_destroy()\n",
		      assert_null(forms->alloc(s, GFP_KERNEL)));
}

/* Threads that had objects at hand go on, and end, as if nothing had been. */
static void test_alive_held_by_threads(void **state)
{
	struct holder holder = { .forms = *state };

	pthread_barrier_init(&holder.barrier, NULL, 2);
	load();
	thread_handle *thread = thread_start(hold, &holder);
	pthread_barrier_wait(&holder.barrier);
	EXPECT_REPORT(text("slab: BUG plugin_defined: %s is unloaded and takes the cache with it, "
			   "0 objects allocated\n",
			   PLUGIN),
		      unload());
	pthread_barrier_wait(&holder.barrier);
	thread_join(thread);
	pthread_barrier_destroy(&holder.barrier);
}

/* A cache of an object that may be unloaded shares with none, whoever comes first. */
static void test_never_shares(void **state)
{
	const struct forms *forms = *state;
	struct kmem_cache *before = kmem_cache_create("before", 64, NULL, 0);
	char *theirs[] = { forms->alloc(before, GFP_KERNEL), NULL };

	load();
	struct kmem_cache *s = plugin->cache(PLUGIN_DEFINED);
	char *mine = forms->alloc(s, GFP_KERNEL);
	struct kmem_cache *after = kmem_cache_create("after", 64, NULL, 0);
	theirs[1] = forms->alloc(after, GFP_KERNEL);
	for (size_t i = 0; i < 2; i++)
		assert_int_not_equal((uintptr_t)mine >> 16, (uintptr_t)theirs[i] >> 16);
	forms->free(before, theirs[0]);
	forms->free(after, theirs[1]);
	forms->free(s, mine);
	assert_int_equal(kmem_cache_destroy(before), 0);
	assert_int_equal(kmem_cache_destroy(after), 0);
	assert_int_equal(kmem_cache_destroy(s), 0);
	EXPECT_REPORT("", unload());
}

static void leave_with_plugin(void *data)
{
	load();
	use(plugin->cache(PLUGIN_DEFINED), data);
	exit(7);
}

/* The end of the program is not an unloading. */
static void test_exit(void **state)
{
	assert_true(exited_with(in_child(leave_with_plugin, *state), 7));
	assert_null(strstr(child_stderr(), "slab:"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH_FORMS(test_destroyed_before),
		cmocka_unit_test(test_nothing_alive),
		cmocka_unit_test(test_used_by_constructor),
		BOTH_FORMS(test_destroyed_by_destructor),
		BOTH_FORMS(test_fork_beside),
		BOTH_FORMS(test_held_by_threads),
		BOTH_FORMS(test_alive),
		BOTH_FORMS(test_alive_unused),
		BOTH_FORMS(test_owner_of_created),
		BOTH_FORMS(test_alive_held_by_threads),
		BOTH_FORMS(test_never_shares),
		BOTH_FORMS(test_exit),
	};

	return cmocka_run_group_tests_name("unload", tests, NULL, NULL);
}
