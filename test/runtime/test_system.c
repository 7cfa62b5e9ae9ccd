/* SPDX-License-Identifier: MIT */

/*
 * What the runtime asks of the system, and what it does when the system refuses. All its calls, and
 * all locks that it takes, come through here: linked with --wrap.
 */

#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cache.h"
#include "harden.h"
#include "large.h"
#include "map.h"
#include "os.h"
#include "pages.h"
#include "slab.h"

#define MIB ((size_t)1 << 20)

enum call {
	MMAP,
	MUNMAP,
	MADVISE,
	MPROTECT,
	MREMAP,
	CALLS,
};

static const char *const call_names[CALLS] = { "mmap", "munmap", "madvise", "mprotect", "mremap" };

static size_t calls[CALLS];
static bool refused[CALLS];	       /* always */
static enum call refused_once = CALLS; /* the call after `first` others of its kind */
static size_t first;
static bool watching;
static size_t under_lock; /* calls while the thread held a lock */
static size_t locks;
static __thread int held;

/* Is this call to fail? */
static bool refuse(enum call call)
{
	__atomic_add_fetch(&calls[call], 1, __ATOMIC_RELAXED);
	if (watching && held)
		__atomic_add_fetch(&under_lock, 1, __ATOMIC_RELAXED);
	bool hit = refused[call];
	if (call == refused_once && !first--) {
		refused_once = CALLS;
		hit = true;
	}
	if (hit)
		errno = call == MMAP || call == MUNMAP ? ENOMEM : EPERM;
	return hit;
}

/* Its name where an off_t has 64 bits anyway. */
void *__real_mmap64(void *start, size_t size, int access, int flags, int fd, off_t offset);
void *__wrap_mmap64(void *start, size_t size, int access, int flags, int fd, off_t offset);
int __real_munmap(void *start, size_t size);
int __wrap_munmap(void *start, size_t size);
int __real_madvise(void *start, size_t size, int advice);
int __wrap_madvise(void *start, size_t size, int advice);
int __real_mprotect(void *start, size_t size, int access);
int __wrap_mprotect(void *start, size_t size, int access);
void *__real_mremap(void *start, size_t size, size_t new_size, int flags, void *target);
void *__wrap_mremap(void *start, size_t size, size_t new_size, int flags, void *target);
int __real_pthread_mutex_lock(pthread_mutex_t *mutex);
int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex);
int __real_pthread_mutex_trylock(pthread_mutex_t *mutex);
int __wrap_pthread_mutex_trylock(pthread_mutex_t *mutex);
int __real_pthread_mutex_unlock(pthread_mutex_t *mutex);
int __wrap_pthread_mutex_unlock(pthread_mutex_t *mutex);

void *__wrap_mmap64(void *start, size_t size, int access, int flags, int fd, off_t offset)
{
	return refuse(MMAP) ? MAP_FAILED : __real_mmap64(start, size, access, flags, fd, offset);
}

int __wrap_munmap(void *start, size_t size)
{
	return refuse(MUNMAP) ? -1 : __real_munmap(start, size);
}

int __wrap_madvise(void *start, size_t size, int advice)
{
	return refuse(MADVISE) ? -1 : __real_madvise(start, size, advice);
}

int __wrap_mprotect(void *start, size_t size, int access)
{
	return refuse(MPROTECT) ? -1 : __real_mprotect(start, size, access);
}

void *__wrap_mremap(void *start, size_t size, size_t new_size, int flags, void *target)
{
	return refuse(MREMAP) ? MAP_FAILED : __real_mremap(start, size, new_size, flags, target);
}

static int note_lock(int error)
{
	held += !error;
	locks += !error;
	return error;
}

int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex)
{
	return note_lock(__real_pthread_mutex_lock(mutex));
}

int __wrap_pthread_mutex_trylock(pthread_mutex_t *mutex)
{
	return note_lock(__real_pthread_mutex_trylock(mutex));
}

int __wrap_pthread_mutex_unlock(pthread_mutex_t *mutex)
{
	held--;
	return __real_pthread_mutex_unlock(mutex);
}

/* The same number of pieces of each size, some of them changed to another one. */
static const size_t sizes[] = { 100,	    5000,	70000,	 9000,	 300000,
				MIB - 1000, MIB + 1000, 3 * MIB, 9 * MIB };

#define ROUNDS 3
#define PIECES (ROUNDS * ARRAY_SIZE(sizes))

static size_t size_of_piece(size_t i)
{
	return sizes[i % ARRAY_SIZE(sizes)];
}

/* Under a sanitizer the beginning is as good as all of it. */
static size_t marked(size_t size)
{
	return SANITIZED && size > 20000 ? 20000 : size;
}

static size_t take_pieces(char **pieces)
{
	size_t n = 0;

	for (size_t i = 0; i < PIECES; i++) {
		pieces[i] = i % 2 ? kzalloc(size_of_piece(i), GFP_KERNEL)
				  : kmalloc(size_of_piece(i), GFP_KERNEL);
		if (!pieces[i])
			continue;
		if (i % 2)
			CHECK(is_filled_with(pieces[i], marked(size_of_piece(i)), 0));
		pattern_fill(pieces[i], marked(size_of_piece(i)), i);
		n++;
	}
	return n;
}

/* Longer, much longer, much shorter; what was there stays, also where there is no memory. */
static void change_piece(char **piece, size_t i)
{
	size_t size = size_of_piece(i);
	size_t to = i % 3 == 0 ? size + size / 16 : i % 3 == 1 ? 3 * size : size / 3;
	size_t less = to < size ? to : size;
	char *changed = krealloc(*piece, to, GFP_KERNEL);

	if (changed) {
		CHECK(pattern_holds(changed, marked(less), i));
		changed[to - 1] = 1;
		*piece = changed;
	} else {
		CHECK(pattern_holds(*piece, marked(size), i));
	}
}

/* Take, change and free; false: something was refused. */
static bool use_memory(void)
{
	char *pieces[PIECES];
	size_t taken = take_pieces(pieces);

	for (size_t i = 0; i < PIECES; i++)
		if (pieces[i])
			change_piece(&pieces[i], i);
	/* Not in order, so that there are holes for a while. */
	for (size_t i = 0; i < PIECES; i += 2)
		kfree(pieces[i]);
	for (size_t i = 1; i < PIECES; i += 2)
		kfree(pieces[i]);
	return taken == PIECES;
}

static struct kmem_cache *other;

/* Give back what can be, and what could not be until now. */
static size_t mapped_at_rest(void)
{
	size_t spans, mapped;

	for (int i = 0; i < 100; i++)
		kfree(kmalloc(20 * MIB, GFP_KERNEL));
	kmem_cache_shrink(other);
	pages_held(&spans, &mapped);
	return mapped;
}

static void test_no_call_under_lock(void **state)
{
	(void)state;
	watching = true;
	for (int i = 0; i < 3; i++) {
		assert_true(use_memory());
		kmem_cache_shrink(other);
	}
	watching = false;
	assert_int_equal(under_lock, 0);
	for (enum call call = MMAP; call <= MADVISE; call++)
		if (!calls[call])
			fail_msg("no %s", call_names[call]);
}

/* Each call of each kind fails once, and after all that no more is mapped than before. */
static void test_each_call_fails_once(void **state)
{
	/* Emulated, each takes half a second. */
	const size_t step = on_emulator() ? 10 : 1;
	size_t before;
	(void)state;

	for (int i = 0; i < 3; i++)
		use_memory();
	before = mapped_at_rest();
	for (enum call call = MMAP; call < CALLS; call++) {
		bool hit = true;

		for (size_t n = 0; hit; n += step) {
			kmem_cache_shrink(other);
			refused_once = call;
			first = n;
			use_memory();
			kmem_cache_shrink(other);
			hit = refused_once == CALLS;
			refused_once = CALLS;
			if (n > 1000)
				fail_msg("%s: no end", call_names[call]);
		}
		/* What one kind of cache has at hand may lie in other segments than before. */
		if (mapped_at_rest() > before + 2 * SEGMENT)
			fail_msg("%s: mapped %zu, before %zu", call_names[call], mapped_at_rest(),
				 before);
	}
}

/* A process without madvise() and mremap(), as a filter of system calls may have it. */
static void test_without_some_calls(void **state)
{
	size_t before = mapped_at_rest();
	(void)state;

	refused[MADVISE] = refused[MREMAP] = true;
	for (int i = 0; i < 3; i++)
		assert_true(use_memory());
	refused[MADVISE] = refused[MREMAP] = false;
	assert_in_range(mapped_at_rest(), 0, before + 2 * SEGMENT);
}

/* Memory that the system does not take back loses its pages, and serves again, as zeros. */
static void check_unmap_refused(bool purged)
{
	enum { N = 8 };
	char *pieces[N];
	size_t mmaps;

	for (size_t i = 0; i < N; i++) {
		pieces[i] = kmalloc(9 * MIB, GFP_KERNEL);
		memset(pieces[i], 0x5e, 9 * MIB);
	}
	refused[MUNMAP] = true;
	refused[MADVISE] = !purged;
	for (size_t i = 0; i < N; i++)
		kfree(pieces[i]);
	for (size_t i = 0; purged && i < N; i++)
		assert_false(is_resident(pieces[i] + MIB, 8 * MIB));
	mmaps = calls[MMAP];
	refused[MMAP] = true;
	for (size_t i = 0; i < N; i++) {
		pieces[i] = kzalloc(9 * MIB, GFP_KERNEL);
		assert_non_null(pieces[i]);
		assert_true(is_filled_with(pieces[i], 9 * MIB, 0));
	}
	assert_int_equal(calls[MMAP], mmaps);
	/* A part of one serves as well. */
	kfree(pieces[0]);
	pieces[0] = kmalloc(4 * MIB, GFP_KERNEL);
	assert_non_null(pieces[0]);
	refused[MMAP] = refused[MUNMAP] = refused[MADVISE] = false;
	for (size_t i = 0; i < N; i++)
		kfree(pieces[i]);
}

static void test_unmap_refused(void **state)
{
	size_t before = mapped_at_rest();
	(void)state;

	check_unmap_refused(true);
	check_unmap_refused(false);
	assert_in_range(mapped_at_rest(), 0, before + SEGMENT);
}

/* As malloc(), which asks for a mapping of that size: under each way to overcommit the same. */
static void test_refuses_like_malloc(void **state)
{
	(void)state;
	for (size_t size = (size_t)64 * MIB; size && size < SIZE_MAX / 4; size *= 2) {
		char *mapping = __real_mmap64(NULL, size, PROT_READ | PROT_WRITE,
					      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (mapping != MAP_FAILED)
			assert_int_equal(__real_munmap(mapping, size), 0);
		char *piece = kmalloc(size, GFP_KERNEL);
		assert_int_equal(piece != NULL, mapping != MAP_FAILED);
		kfree(piece);
	}
}

/* glibc has an enum for what is limited, others an int: so a constant in each call. */
static void limit(int resource, size_t bytes)
{
	bool is_data = resource == RLIMIT_DATA;
	struct rlimit limit;

	CHECK((is_data ? getrlimit(RLIMIT_DATA, &limit) : getrlimit(RLIMIT_AS, &limit)) == 0);
	limit.rlim_cur = bytes;
	CHECK((is_data ? setrlimit(RLIMIT_DATA, &limit) : setrlimit(RLIMIT_AS, &limit)) == 0);
}

/* No room for 16 MiB more than is used: what does not fit is refused, and the rest goes on. */
static void live_within_limit(void *resource)
{
	enum { N = 64 };
	char *pieces[N];
	size_t n = 0;

	CHECK(use_memory());
	for (size_t i = 0; i < N; i++)
		CHECK((pieces[i] = kmalloc(3 * MIB, GFP_KERNEL)));
	limit(*(int *)resource, address_space() + 16 * MIB);
	for (size_t i = 0; i < N; i += 2)
		kfree(pieces[i]);
	for (size_t i = 0; i < N; i += 2) {
		pieces[i] = kmalloc(9 * MIB, GFP_KERNEL);
		n += pieces[i] != NULL;
	}
	CHECK(n > 0 && (n < N / 2 || *(int *)resource == RLIMIT_DATA));
	for (size_t i = 0; i < N; i++)
		kfree(pieces[i]);
	CHECK(use_memory());
}

static void test_limits(void **state)
{
	int resources[] = { RLIMIT_AS, RLIMIT_DATA };
	(void)state;

	if (!address_space()) /* cannot be told, as others use it as well */
		return;
	for (size_t i = 0; i < ARRAY_SIZE(resources); i++)
		assert_true(exited_with(in_child(live_within_limit, &resources[i]), 0));
}

/* Where runs of any length are entered in the map, without the memory for them. */
static void check_length(char *base, size_t bytes)
{
	struct rng rng = rng_make(test_seed(), bytes);
	struct span span = { .base = base, .bytes = bytes };
	size_t leaves = map_bytes();
	size_t entries = 0;

	assert_true(map_make_leaves(base, bytes, true, GFP_KERNEL));
	map_enter(&span);
	assert_ptr_equal(span_of(base), &span);
	for (int i = 0; i < 10000; i++) {
		size_t offset = (size_t)(rng_next(&rng) % bytes);

		assert_ptr_equal(map_find_large(base + offset), &span);
		entries += span_of(base + offset) != NULL;
	}
	assert_ptr_equal(map_find_large(base + bytes - 1), &span);
	assert_null(map_find_large(base - 1));
	assert_null(map_find_large(base + bytes));
	if (bytes > (size_t)1 << 34)
		assert_in_range(entries, 0, 10);
	map_forget(&span);
	for (size_t offset = 0; offset < bytes; offset += offset < 64 * MIB ? UNIT : bytes / 1000)
		assert_null(span_of(base + offset));
	assert_null(map_find_large(base + bytes / 2));
	assert_in_range(map_bytes() - leaves, 0, 64 * MIB);
}

/* A piece of 16 TiB has few entries, and is still found by each address. */
static void test_length_costs_nothing(void **state)
{
	(void)state;
	if (sizeof(void *) < 8)
		return;
	for (uintptr_t odd = 0; odd < 70; odd += odd < 3 ? 1 : 33)
		for (unsigned int shift = 21; shift <= 44; shift++)
			check_length((char *)(((uintptr_t)1 << 45) + odd * UNIT),
				     (((size_t)1 << shift) + odd * UNIT) & ~(UNIT - 1));
}

/* An address deep inside a large piece is none to free, and leads to the piece. */
static void test_inside_large(void **state)
{
	char *piece = kmalloc(9 * MIB, GFP_KERNEL);
	(void)state;

	for (size_t offset = 1; offset < 9 * MIB; offset += 700001) {
		EXPECT_REPORT(text("slab: BUG kfree: invalid free: %p\n", (void *)(piece + offset)),
			      kfree(piece + offset));
		assert_true(kmem_check_copy(piece + offset, 9 * MIB - offset));
		EXPECT_REPORT(text("slab: BUG kmalloc: copy of %zu bytes at %p is not within the "
				   "usercopy window\n",
				   ksize(piece), (void *)(piece + offset)),
			      assert_false(kmem_check_copy(piece + offset, ksize(piece))));
	}
	kfree(piece);
}

/* Does allocating and freeing, again and again, come to take no lock? Now and then it looks around.
 */
static bool comes_without_locks(size_t size)
{
	for (int tries = 0; tries < 50; tries++) {
		size_t before = locks;

		for (int i = 0; i < 100; i++)
			kfree(kmalloc(size, GFP_KERNEL));
		if (locks == before)
			return true;
	}
	return false;
}

static void test_pairs_without_locks(void **state)
{
	static const size_t some[] = { 8193,	10240, 10241,	30000,	 65537,	 300000,
				       MIB - 1, MIB,   MIB + 1, 3000000, 8 * MIB };
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(some); i++)
		if (some[i] > MIB || !debugging())
			assert_true(comes_without_locks(some[i]));
}

/* A piece that grows by and by is moved seldom, and keeps what is in it. */
static void test_growing(void **state)
{
	size_t before = calls[MMAP] + calls[MUNMAP] + calls[MREMAP];
	char *piece = NULL;
	(void)state;

	for (size_t size = 4096; size <= 64 * MIB; size += 4096) {
		piece = krealloc(piece, size, GFP_KERNEL);
		assert_non_null(piece);
		piece[size - 4096] = (char)(size >> 12);
		assert_true(ksize(piece) >= size);
	}
	assert_in_range(calls[MMAP] + calls[MUNMAP] + calls[MREMAP] - before, 1, 300);
	for (size_t size = 4096; size <= 64 * MIB; size += 4096)
		assert_int_equal(piece[size - 4096], (char)(size >> 12));
	/* Much shorter: the rest goes back. */
	piece = krealloc(piece, 3 * MIB, GFP_KERNEL);
	assert_false(is_resident(piece + 4 * MIB, 60 * MIB));
	for (size_t size = 4096; size <= 3 * MIB; size += 4096)
		assert_int_equal(piece[size - 4096], (char)(size >> 12));
	kfree(piece);
}

/* What is kept mapped is taken for the next piece of such a size, and unmapped after a while. */
static void test_kept(void **state)
{
	char *piece = kmalloc(3 * MIB, GFP_KERNEL);
	char *again;
	(void)state;

	if (on_valgrind())
		return;
	memset(piece, 0x5e, 3 * MIB);
	kfree(piece);
	again = kzalloc(3 * MIB - UNIT, GFP_KERNEL);
	assert_ptr_equal(again, piece);
	assert_int_equal(ksize(again), 3 * MIB - UNIT);
	assert_true(is_filled_with(again, 3 * MIB - UNIT, 0));
	/* What it did not ask for is cleared when it is. */
	assert_int_equal(piece[3 * MIB - 1], 0x5e);
	assert_ptr_equal(krealloc(again, 3 * MIB, GFP_KERNEL | __GFP_ZERO), piece);
	assert_int_equal(piece[3 * MIB - 1], 0);
	kfree(again);
	for (int i = 0; i < 10; i++)
		large_decay();
	assert_false(is_resident(piece, 3 * MIB));
}

/* Zeros of pages that nobody has written to cost no memory, in a slab or not. */
static void test_fresh_zeros(void **state)
{
	enum { N = 16 };
	char *pieces[N];
	(void)state;

	if (HARDENED || debugging())
		return;
	for (size_t size = 20000; size < 4 * MIB; size *= 3) {
		size_t untouched = 0;

		for (size_t i = 0; i < N; i++) {
			pieces[i] = kzalloc(size, GFP_KERNEL);
			untouched += !is_resident(pieces[i] + 8192, 8192);
		}
		assert_true(untouched >= N / 4);
		for (size_t i = 0; i < N; i++) {
			assert_true(is_filled_with(pieces[i], size, 0));
			kfree(pieces[i]);
		}
	}
}

/* The locks that it takes to create one more cache are no more when there are many of its size. */
static void test_caches_by_the_thousand(void **state)
{
	enum { N = 3000 };
	static struct kmem_cache *caches[N];
	size_t least = 0;
	(void)state;

	for (size_t i = 0; i < N; i++) {
		size_t before = locks;

		caches[i] = kmem_cache_create("one-of-many", 4000, NULL, 0);
		assert_non_null(caches[i]);
		if (i == 0)
			least = locks - before;
		assert_in_range(locks - before, 1, least + 10);
	}
	/* One that leaves makes room for another. */
	const struct slab_store *store = caches[5]->barn->store;
	assert_int_equal(kmem_cache_destroy(caches[5]), 0);
	caches[5] = kmem_cache_create("one-of-many", 4000, NULL, 0);
	assert_ptr_equal(caches[5]->barn->store, store);
	for (size_t i = 0; i < N; i++)
		assert_int_equal(kmem_cache_destroy(caches[i]), 0);
}

/* Lines of /proc/self/maps. */
static size_t count_mappings(void)
{
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	char some[4096];
	size_t n = 0;
	ssize_t length;

	CHECK(fd >= 0);
	while ((length = read(fd, some, sizeof(some))) > 0)
		for (ssize_t i = 0; i < length; i++)
			n += some[i] == '\n';
	close(fd);
	return n;
}

/* Run as a program of its own, which samples each allocation. */
static int sample_all(void)
{
	size_t most = os_most_mappings();
	size_t before = count_mappings();

	for (size_t i = 0; i < 65535; i++)
		CHECK(kmalloc(64, GFP_KERNEL));
	CHECK(count_mappings() > before + most / 10);
	CHECK(count_mappings() < before + most / 4 + 100);
	return 0;
}

static void test_sampling_leaves_mappings(void **state)
{
	const char *program = *state;
	char line[200] = "";

	if (SANITIZED || on_valgrind() || on_emulator()) /* they map a lot themselves */
		return;
	FILE *output = popen(text("SLAB_SAMPLE=1 SLAB_SAMPLE_OBJECTS=65535 "
				  "env -u SLAB_DEBUG '%s' sample 2>&1",
				  program),
			     "r");
	size_t most = os_most_mappings();

	assert_non_null(output);
	CHECK(fgets(line, sizeof(line), output) || most >= 8 * 65535);
	if (most < 8 * 65535)
		assert_string_equal(line, text("slab: SLAB_SAMPLE_OBJECTS: %zu objects instead of "
					       "65535, as the system allows %zu mappings\n",
					       most / 8, most));
	assert_int_equal(pclose(output), 0);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return sample_all();
	const struct CMUnitTest tests[] = {
		/* While little memory has been used yet. */
		cmocka_unit_test(test_fresh_zeros),
		cmocka_unit_test(test_no_call_under_lock),
		cmocka_unit_test(test_each_call_fails_once),
		cmocka_unit_test(test_without_some_calls),
		cmocka_unit_test(test_unmap_refused),
		cmocka_unit_test(test_refuses_like_malloc),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_length_costs_nothing),
		cmocka_unit_test(test_inside_large),
		cmocka_unit_test(test_pairs_without_locks),
		cmocka_unit_test(test_growing),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_caches_by_the_thousand),
		{ "test_sampling_leaves_mappings", test_sampling_leaves_mappings, NULL, NULL,
		  argv[0] },
	};

	other = kmem_cache_create("other", 64, NULL, 0);
	return cmocka_run_group_tests_name("system", tests, NULL, NULL);
}
