/* SPDX-License-Identifier: MIT */

/* Attributes by name, and what kmem_cache_validate() finds in broken books. */

#include "harness.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <slab/slab-static.h>

#include "cache.h"
#include "fault.h"
#include "slab.h"
#include "slots.h"

static void ctor(void *object)
{
	memset(object, 0, 8);
}

static char shown[64];

/* What an attribute reads as, or the error. */
static const char *show(struct kmem_cache *s, const char *name)
{
	int length = kmem_cache_attr_show(s, name, shown, sizeof(shown));

	if (length < 0)
		return text("%d", length);
	assert_int_equal(length, strlen(shown));
	return shown;
}

static size_t number(struct kmem_cache *s, const char *name)
{
	char *end;
	size_t value = strtoul(show(s, name), &end, 10);

	assert_string_equal(end, "\n");
	return value;
}

static void test_constants(void **state)
{
	struct kmem_cache_args args = {
		.align = 32, .useroffset = 8, .usersize = 16, .sheaf_capacity = 100, .ctor = ctor
	};
	struct kmem_cache *s = kmem_cache_create("constants", 100, &args,
						 SLAB_RECLAIM_ACCOUNT | SLAB_CONSISTENCY_CHECKS |
							 SLAB_NO_USER_FLAGS);
	(void)state;

	assert_string_equal(show(s, "object_size"), "100\n");
	assert_string_equal(show(s, "slab_size"), "128\n");
	assert_string_equal(show(s, "align"), "32\n");
	assert_string_equal(show(s, "usersize"), "16\n");
	assert_string_equal(show(s, "aliases"), "0\n");
	assert_string_equal(show(s, "reclaim_account"), "1\n");
	assert_string_equal(show(s, "sanity_checks"), "1\n");
	assert_string_equal(show(s, "hwcache_align"), "0\n");
	assert_string_equal(show(s, "cpu_slabs"), "0\n");
	assert_string_equal(show(s, "slabs_cpu_partial"), "0(0)\n");
	assert_string_equal(show(s, "ctor"), text("%#zx\n", (size_t)ctor));
	assert_true(number(s, "sheaf_capacity") >= 100);
	/* The slab's pages hold its objects, half of them would not. */
	size_t pages = (size_t)4096 << number(s, "order");
	assert_true(pages >= number(s, "objs_per_slab") * 128);
	assert_true(pages / 2 < (number(s, "objs_per_slab") + 1) * 128);
	kmem_cache_destroy(s);
}

static void test_flags(void **state)
{
	static const struct {
		const char *name;
		slab_flags_t flag;
	} flags[] = {
		{ "cache_dma", SLAB_CACHE_DMA },
		{ "failslab", SLAB_FAILSLAB },
		{ "hwcache_align", SLAB_HWCACHE_ALIGN },
		{ "poison", SLAB_POISON },
		{ "reclaim_account", SLAB_RECLAIM_ACCOUNT },
		{ "red_zone", SLAB_RED_ZONE },
		{ "sanity_checks", SLAB_CONSISTENCY_CHECKS },
		{ "store_user", SLAB_STORE_USER },
		{ "trace", SLAB_TRACE },
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		struct kmem_cache *s =
			kmem_cache_create("flag", 64, NULL, flags[i].flag | SLAB_NO_USER_FLAGS);

		for (size_t j = 0; j < ARRAY_SIZE(flags); j++)
			assert_string_equal(show(s, flags[j].name), i == j ? "1\n" : "0\n");
		kmem_cache_destroy(s);
	}
}

static void test_counts(void **state)
{
	struct kmem_cache *s = kmem_cache_create("counts", 1000, NULL, SLAB_NO_MERGE);
	size_t per_slab = number(s, "objs_per_slab");
	size_t n = per_slab + 1; /* a full slab and a part of one */
	void **objects = calloc(n, sizeof(*objects));
	(void)state;

	assert_string_equal(show(s, "slabs"), "0\n");
	assert_int_equal(kmem_cache_alloc_bulk(s, GFP_KERNEL, n, objects), n);
	assert_int_equal(number(s, "objects"), n);
	assert_int_equal(number(s, "slabs"), 2);
	assert_int_equal(number(s, "total_objects"), 2 * per_slab);
	assert_int_equal(number(s, "partial"), 1);
	/* What the slabs do not count as free: held by us, or at hand. */
	assert_int_equal(per_slab + number(s, "objects_partial"), n + number(s, "objects_at_hand"));
	kmem_cache_free_bulk(s, n, objects);
	assert_string_equal(show(s, "objects"), "0\n");
	assert_int_equal(kmem_cache_attr_store(s, "shrink", "1\n"), 0);
	assert_string_equal(show(s, "slabs"), "0\n");
	assert_string_equal(show(s, "objects_at_hand"), "0\n");
	free(objects);
	kmem_cache_destroy(s);
}

static void test_min_partial(void **state)
{
	struct kmem_cache *s = kmem_cache_create("kept", 30000, NULL, SLAB_NO_MERGE);
	void *objects[40];
	(void)state;

	assert_string_equal(show(s, "min_partial"), "0\n");
	assert_int_equal(kmem_cache_attr_store(s, "min_partial", "3"), 0);
	assert_string_equal(show(s, "min_partial"), "3\n");
	assert_int_equal(kmem_cache_alloc_bulk(s, GFP_KERNEL, ARRAY_SIZE(objects), objects),
			 ARRAY_SIZE(objects));
	assert_true(number(s, "slabs") > 3);
	kmem_cache_free_bulk(s, ARRAY_SIZE(objects), objects);
	slots_reclaim(s->barn);
	assert_string_equal(show(s, "slabs"), "3\n");
	assert_int_equal(kmem_cache_attr_store(s, "min_partial", "0"), 0);
	assert_string_equal(show(s, "slabs"), "0\n");
	kmem_cache_destroy(s);
}

static void test_aliases(void **state)
{
	struct kmem_cache *s = kmem_cache_create("one", 2008, NULL, SLAB_NO_USER_FLAGS);
	struct kmem_cache *other = kmem_cache_create("other", 2008, NULL, SLAB_NO_USER_FLAGS);
	(void)state;

	assert_string_equal(show(s, "aliases"), "1\n");
	kmem_cache_destroy(other);
	assert_string_equal(show(s, "aliases"), "0\n");
	kmem_cache_destroy(s);
}

static void test_errors(void **state)
{
	static struct kmem_cache_opaque fresh;
	struct kmem_cache *s = kmem_cache_create("errors", 100, NULL, 0);
	(void)state;

	assert_int_equal(kmem_cache_attr_show(s, "object", shown, sizeof(shown)), -ENOENT);
	assert_int_equal(kmem_cache_attr_store(s, "object", "1"), -ENOENT);
	assert_int_equal(kmem_cache_attr_store(s, "objects", "1"), -EACCES);
	if (!debugging()) {
		assert_int_equal(kmem_cache_attr_show(s, "alloc_calls", shown, sizeof(shown)),
				 -ENOSYS);
		assert_int_equal(kmem_cache_attr_show(s, "free_calls", shown, sizeof(shown)),
				 -ENOSYS);
	}
	/* "100\n" and the NUL. */
	strcpy(shown, "before");
	assert_int_equal(kmem_cache_attr_show(s, "object_size", shown, 4), -ENOSPC);
	assert_string_equal(shown, "before");
	assert_int_equal(kmem_cache_attr_show(s, "object_size", shown, 5), 4);
	assert_int_equal(kmem_cache_attr_show(s, "shrink", shown, 0), -ENOSPC);
	assert_int_equal(kmem_cache_attr_show(s, "shrink", shown, 1), 0);

	static const char *const bad[] = { "",	    "\n",  "x",
					   "-1",    " 1",  "1 ",
					   "1\n\n", "0x1", "99999999999999999999999" };
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(kmem_cache_attr_store(s, "min_partial", bad[i]), -EINVAL);
	assert_string_equal(show(s, "min_partial"), "1\n");
	assert_int_equal(kmem_cache_attr_store(s, "shrink", "0"), -EINVAL);
	assert_int_equal(kmem_cache_attr_store(s, "validate", "2"), -EINVAL);
	assert_int_equal(kmem_cache_attr_store(s, "cpu_partial", "1"), -EINVAL);
	assert_int_equal(kmem_cache_attr_store(s, "cpu_partial", "0"), 0);

	const char *unready = "slab: BUG cache %p: kmem_cache_%s() before it is set up\n";
	EXPECT_REPORT(text(unready, &fresh, "attr_show"),
		      assert_int_equal(kmem_cache_attr_show(&fresh, "order", shown, 9), -EINVAL));
	EXPECT_REPORT(text(unready, &fresh, "attr_store"),
		      assert_int_equal(kmem_cache_attr_store(&fresh, "shrink", "1"), -EINVAL));
	EXPECT_REPORT(text(unready, &fresh, "validate"),
		      assert_int_equal(kmem_cache_validate(&fresh), -EINVAL));
	kmem_cache_destroy(s);
}

/* All can be read, or say why not, and the list is in order. */
static void test_names(void **state)
{
	struct kmem_cache *s = kmem_cache_create("names", 100, NULL, 0);
	const char *before = "";
	unsigned int i;
	(void)state;

	for (i = 0; kmem_cache_attr_name(i); i++) {
		const char *name = kmem_cache_attr_name(i);
		int length = kmem_cache_attr_show(s, name, shown, sizeof(shown));

		assert_true(strcmp(before, name) < 0);
		before = name;
		assert_true(length >= 0 || length == -ENOSYS);
		if (length > 0)
			assert_int_equal(shown[length - 1], '\n');
	}
	assert_true(i > 30);
	assert_null(kmem_cache_attr_name(i + 1));
	kmem_cache_destroy(s);
}

/* ---- alloc_calls and free_calls ---- */

#define NOINLINE __attribute__((noinline))

static struct kmem_cache *tracked_cache(void)
{
	struct kmem_cache *s =
		kmem_cache_create("tracked", 64, NULL, SLAB_STORE_USER | SLAB_NO_USER_FLAGS);

	CHECK(s);
	return s;
}

/* One line of such an attribute. */
struct calls {
	size_t objects;
	char place[300];
	unsigned long long youngest, average, oldest; /* ULLONG_MAX: no age is said */
	unsigned int first_thread, last_thread;
};

static char listing[200000];

static bool parse_calls(const char *line, struct calls *calls)
{
	int end = 0;

	*calls = (struct calls){ .youngest = ULLONG_MAX };
	if (sscanf(line, "%zu %299s%n", &calls->objects, calls->place, &end) != 2)
		return false;
	line += end;
	if (*line == '\n')
		return true;
	if (sscanf(line, " age=%llu/%llu/%llu%n", &calls->youngest, &calls->average, &calls->oldest,
		   &end) != 3) {
		if (sscanf(line, " age=%llu%n", &calls->youngest, &end) != 1)
			return false;
		calls->average = calls->oldest = calls->youngest;
	}
	line += end;
	if (sscanf(line, " pid=%u-%u%n", &calls->first_thread, &calls->last_thread, &end) != 2) {
		if (sscanf(line, " pid=%u%n", &calls->first_thread, &end) != 1)
			return false;
		calls->last_thread = calls->first_thread;
	}
	return line[end] == '\n';
}

/* Read an attribute line by line; return how many there are. */
static size_t list_calls(struct kmem_cache *s, const char *name, struct calls *calls, size_t most)
{
	int length = kmem_cache_attr_show(s, name, listing, sizeof(listing));
	size_t n = 0;

	assert_int_equal(length, strlen(listing));
	for (const char *line = listing; *line; line = strchr(line, '\n') + 1) {
		assert_true(n < most);
		assert_true(parse_calls(line, &calls[n++]));
	}
	return n;
}

/* A function by name where the library can tell it, else any place in this program. */
static bool is_in(const struct calls *calls, const char *function)
{
#ifdef SLAB_DWFL
	size_t length = strlen(function);
	size_t offset;
	size_t size;

	return strncmp(calls->place, function, length) == 0 &&
	       sscanf(calls->place + length, "+0x%zx/0x%zx", &offset, &size) == 2 && offset <= size;
#else
	(void)function;
	return strstr(calls->place, "+0x") != NULL;
#endif
}

/* Written to behind a call, with another value behind each, so that it stays a call of its own. */
static volatile int behind;

static NOINLINE void take_one(struct kmem_cache *s, void **object)
{
	*object = kmem_cache_alloc(s, GFP_KERNEL);
	behind = 1;
}

static NOINLINE void take_other(struct kmem_cache *s, void **object)
{
	*object = kmem_cache_alloc(s, GFP_KERNEL);
	behind = 2;
}

static NOINLINE void give_back(struct kmem_cache *s, void *object)
{
	kmem_cache_free(s, object);
	behind = 3;
}

static void *take_in_thread(void *data)
{
	void **places = data;

	take_one(places[0], places[1]);
	return NULL;
}

static void test_alloc_calls(void **state)
{
	struct kmem_cache *s = tracked_cache();
	void *objects[15];
	struct calls calls[3];
	(void)state;

	assert_string_equal(show(s, "alloc_calls"), "No data\n");
	for (size_t i = 0; i < 3; i++)
		take_other(s, &objects[i]);
	for (size_t i = 3; i < 14; i++)
		take_one(s, &objects[i]);
	assert_int_equal(list_calls(s, "alloc_calls", calls, 3), 2);
	assert_int_equal(calls[0].objects, 11);
	assert_int_equal(calls[1].objects, 3);
	assert_true(is_in(&calls[0], "take_one"));
	assert_true(is_in(&calls[1], "take_other"));
	assert_true(calls[1].youngest <= calls[1].average && calls[1].average <= calls[1].oldest);
	assert_true(calls[1].oldest < ULLONG_MAX);
	assert_int_equal(calls[0].first_thread, calls[0].last_thread);
	assert_true(calls[0].first_thread > 0);
	/* By another thread as well. */
	void *places[] = { s, &objects[14] };
	thread_join(thread_start(take_in_thread, places));
	assert_int_equal(list_calls(s, "alloc_calls", calls, 3), 2);
	assert_int_equal(calls[0].objects, 12);
	assert_true(calls[0].first_thread < calls[0].last_thread);
	assert_true(calls[1].first_thread == calls[0].first_thread ||
		    calls[1].first_thread == calls[0].last_thread);
	/* What is freed is none of it. */
	for (size_t i = 3; i < 15; i++)
		kmem_cache_free(s, objects[i]);
	assert_int_equal(list_calls(s, "alloc_calls", calls, 3), 1);
	assert_true(is_in(&calls[0], "take_other"));
	for (size_t i = 0; i < 3; i++)
		kmem_cache_free(s, objects[i]);
	/* On its way from the slab to a caller. */
	assert_int_equal(store_take(s->barn, objects + 1, 1), 1);
	assert_string_equal(show(s, "alloc_calls"), "No data\n");
	store_put(s->barn, objects, 1, false);
	kmem_cache_destroy(s);
}

/* Of what is allocated now, who freed it before. */
static void test_free_calls(void **state)
{
	struct kmem_cache *s = tracked_cache();
	void *objects[5];
	struct calls calls[3];
	(void)state;

	for (size_t i = 0; i < 5; i++)
		take_one(s, &objects[i]);
	assert_string_equal(show(s, "free_calls"), "      5 <not-available>\n");
	for (size_t i = 0; i < 4; i++)
		give_back(s, objects[i]);
	assert_string_equal(show(s, "free_calls"), "      1 <not-available>\n");
	for (size_t i = 0; i < 4; i++)
		take_one(s, &objects[i]);
	assert_int_equal(list_calls(s, "free_calls", calls, 3), 2);
	assert_int_equal(calls[0].objects, 4);
	assert_true(is_in(&calls[0], "give_back"));
	assert_true(calls[0].oldest < ULLONG_MAX && calls[0].first_thread > 0);
	assert_int_equal(calls[1].objects, 1);
	assert_string_equal(calls[1].place, "<not-available>");
	for (size_t i = 0; i < 5; i++)
		give_back(s, objects[i]);
	kmem_cache_destroy(s);
}

/* One of 2^depth ways to take_one(). */
static NOINLINE void take_by(struct kmem_cache *s, void **object, size_t way, size_t depth)
{
	if (!depth) {
		take_one(s, object);
		behind = 4;
	} else if (way & 1) {
		take_by(s, object, way / 2, depth - 1);
		behind = 5;
	} else {
		take_by(s, object, way / 2, depth - 1);
		behind = 6;
	}
}

/* One site, whatever led to it; and more stacks than the first table has room for. */
static void test_many_stacks(void **state)
{
	enum { DEPTH = 11, WAYS = 1 << DEPTH };
	struct kmem_cache *s = tracked_cache();
	void **objects = calloc(WAYS, sizeof(*objects));
	struct calls calls[3];
	(void)state;

	for (size_t way = 0; way < WAYS; way++)
		take_by(s, &objects[way], way, DEPTH);
	assert_int_equal(list_calls(s, "alloc_calls", calls, 3), 1);
	assert_int_equal(calls[0].objects, WAYS);
	assert_true(is_in(&calls[0], "take_one"));
	kmem_cache_free_bulk(s, WAYS, objects);
	/* The library's own calls are no site. */
	assert_int_equal(kmem_cache_alloc_bulk(s, GFP_KERNEL, 7, objects), 7);
	assert_int_equal(list_calls(s, "alloc_calls", calls, 3), 1);
	assert_int_equal(calls[0].objects, 7);
	assert_true(is_in(&calls[0], "test_many_stacks"));
	assert_int_equal(list_calls(s, "free_calls", calls, 3), 1);
	assert_true(is_in(&calls[0], "test_many_stacks"));
	kmem_cache_free_bulk(s, 7, objects);
	free(objects);
	kmem_cache_destroy(s);
}

static void test_calls_no_room(void **state)
{
	struct kmem_cache *s = tracked_cache();
	void *object;
	(void)state;

	take_one(s, &object);
	int length = kmem_cache_attr_show(s, "alloc_calls", listing, sizeof(listing));
	assert_true(length > 0);
	strcpy(listing, "before");
	assert_int_equal(kmem_cache_attr_show(s, "alloc_calls", listing, (size_t)length), -ENOSPC);
	assert_string_equal(listing, "before");
	/* For the table, and for the text. */
	for (long left = 0; left < 2; left++) {
		fault_after(left);
		int error = kmem_cache_attr_show(s, "alloc_calls", listing, sizeof(listing));
		fault_after(-1);
		assert_int_equal(error, -ENOMEM);
		assert_string_equal(listing, "before");
	}
	assert_true(kmem_cache_attr_show(s, "alloc_calls", listing, (size_t)length + 5) > 0);
	kmem_cache_free(s, object);
	kmem_cache_destroy(s);
}

static int validate_by_name(struct kmem_cache *s)
{
	return kmem_cache_attr_store(s, "validate", "1");
}

/* A cache with a full slab, a part of one, an empty one, and full sheaves in the barn. */
struct books {
	struct kmem_cache *s;
	struct slab_store *store;
	void **objects;
	size_t n;
};

static struct slab *first_slab(const struct books *books, unsigned int list)
{
	assert_false(list_empty(&books->store->slabs[list]));
	return list_entry(books->store->slabs[list].next, struct slab, node);
}

static void open_books(struct books *books)
{
	struct kmem_cache *s =
		kmem_cache_create("books", 1000, NULL, SLAB_NO_MERGE | SLAB_NO_USER_FLAGS);
	size_t per_slab = number(s, "objs_per_slab");
	size_t spare = 10 * number(s, "sheaf_capacity");

	books->s = s;
	books->store = s->barn->store;
	books->n = per_slab + 3;
	books->objects = calloc(books->n + spare, sizeof(void *));
	assert_int_equal(kmem_cache_alloc_bulk(s, GFP_KERNEL, books->n + spare, books->objects),
			 books->n + spare);
	kmem_cache_free_bulk(s, spare, books->objects + books->n);
	assert_true(slab_grow(books->store, GFP_KERNEL));
	assert_non_null(s->barn->full);
	assert_int_equal(kmem_cache_validate(s), 0);
}

static void close_books(struct books *books)
{
	assert_int_equal(validate_by_name(books->s), 0);
	kmem_cache_free_bulk(books->s, books->n, books->objects);
	free(books->objects);
	assert_int_equal(kmem_cache_destroy(books->s), 0);
}

/* One fault, with this report, once the books are changed like that; then they are put right. */
#define EXPECT_FAULT(expected, place, wrong)                                                  \
	do {                                                                                  \
		const char *report = (expected);                                              \
		__typeof__(place) right = (place);                                            \
		(place) = (wrong);                                                            \
		EXPECT_REPORT(report, assert_int_equal(kmem_cache_validate(books.s), 1));     \
		EXPECT_REPORT(report, assert_int_equal(validate_by_name(books.s), -EUCLEAN)); \
		(place) = right;                                                              \
	} while (0)

static void test_broken_slabs(void **state)
{
	struct books books;
	struct slab_store other = { 0 };
	(void)state;

	open_books(&books);
	struct slab *full = first_slab(&books, SLAB_FULL);
	struct slab *empty = first_slab(&books, SLAB_EMPTY);
	void *base = full->span.base;

	EXPECT_FAULT(text("slab: BUG books: %p: slab of another store\n", base), full->span.store,
		     &other);
	EXPECT_FAULT(text("slab: BUG books: %p: slab of another size\n", base), full->span.bytes,
		     full->span.bytes + UNIT);
	EXPECT_FAULT(text("slab: BUG books: %p: frontier behind the last object\n", base),
		     full->frontier, full->frontier + 1);
	EXPECT_FAULT(text("slab: BUG books: %p: objects in use and free map disagree\n", base),
		     full->inuse, full->inuse - 1);
	EXPECT_FAULT(text("slab: BUG books: %p: objects in use and free map disagree\n", base),
		     full->free[0], 2);
	EXPECT_FAULT(text("slab: BUG books: %p: object above the frontier marked free\n",
			  (void *)empty->span.base),
		     empty->free[0], 2);
	EXPECT_FAULT(text("slab: BUG books: %p: slab in the wrong list\n", base), full->list, 1);
	char *start = (char *)base + UNIT * 32;
	EXPECT_FAULT(text("slab: BUG books: %p: slab that its address does not lead to\n",
			  (void *)start),
		     full->span.base, start);
	close_books(&books);
}

static void test_broken_lists(void **state)
{
	struct books books;
	struct slab_store *store;
	(void)state;

	open_books(&books);
	store = books.store;
	struct list *node = &first_slab(&books, SLAB_FULL)->node;
	capture_begin();
	struct list *prev = node->prev;
	node->prev = node;
	assert_true(kmem_cache_validate(books.s) > 0);
	node->prev = prev;
	assert_non_null(strstr(capture_end(),
			       text("slab: BUG books: %p: broken list of slabs\n", (void *)node)));
	EXPECT_FAULT(text("slab: BUG books: %p: list of slabs noted wrongly\n",
			  (void *)&store->slabs[0]),
		     store->fills, store->fills ^ 1);
	EXPECT_FAULT(text("slab: BUG books: %zu slabs noted, but %zu counted\n",
			  store->nr_slabs + 1, store->nr_slabs),
		     store->nr_slabs, store->nr_slabs + 1);
	EXPECT_FAULT(text("slab: BUG books: %zu empty slabs noted, but %zu counted\n",
			  store->nr_empty + 1, store->nr_empty),
		     store->nr_empty, store->nr_empty + 1);
	close_books(&books);
}

static void test_broken_barn(void **state)
{
	struct books books;
	struct slab_barn *barn;
	(void)state;

	open_books(&books);
	barn = books.s->barn;
	struct slab *empty = first_slab(&books, SLAB_EMPTY);
	EXPECT_FAULT(text("slab: BUG books: %zu objects in use noted, but %zu counted\n",
			  barn->nr_inuse - 1, barn->nr_inuse),
		     barn->nr_inuse, barn->nr_inuse - 1);
	EXPECT_FAULT(text("slab: BUG books: %u full sheaves noted, but %u counted\n",
			  barn->nr_full + 1, barn->nr_full),
		     barn->nr_full, barn->nr_full + 1);
	EXPECT_FAULT(text("slab: BUG books: %zu objects on full sheaves noted, but %zu counted\n",
			  barn->nr_held - 1, barn->nr_held),
		     barn->nr_held, barn->nr_held - 1);
	EXPECT_FAULT(text("slab: BUG books: %u empty sheaves noted, but %u counted\n",
			  barn->nr_empty + 1, barn->nr_empty),
		     barn->nr_empty, barn->nr_empty + 1);
	EXPECT_FAULT(
		text("slab: BUG books: %p: sheaf neither full nor empty\n", (void *)barn->full),
		barn->full->count, 1);
	/* Between two objects, of a slab that takes all of its own to be free, of no slab. */
	void *not_ours[] = { (char *)barn->full->objects[0] + 1, empty->span.base, &books };
	for (size_t i = 0; i < ARRAY_SIZE(not_ours); i++)
		EXPECT_FAULT(
			text("slab: BUG books: %p: free object that it cannot have\n", not_ours[i]),
			barn->full->objects[0], not_ours[i]);
	close_books(&books);
}

static void test_broken_tags(void **state)
{
	struct kmem_cache *s = kmem_cache_create("tagged", 2008, NULL, SLAB_NO_USER_FLAGS);
	struct kmem_cache *other = kmem_cache_create("other", 2008, NULL, SLAB_NO_USER_FLAGS);
	char *mine = kmem_cache_alloc(s, GFP_KERNEL);
	char *its = kmem_cache_alloc(other, GFP_KERNEL);
	struct slab *slab = (struct slab *)span_of(mine);
	(void)state;

	assert_ptr_equal(slab, span_of(its));
	assert_int_equal(kmem_cache_validate(s), 0);
	uint8_t *tag = &slab->tags[(size_t)(mine - slab->span.base) / s->barn->store->stride];
	uint8_t right = *tag;
	static const uint8_t nobodys[] = { STORE_SHARERS - 1, STORE_SHARERS, 255 };
	for (size_t i = 0; i < ARRAY_SIZE(nobodys); i++) {
		*tag = nobodys[i];
		EXPECT_REPORT(text("slab: BUG tagged: %p: object in use that belongs to no cache\n",
				   (void *)slab->span.base),
			      assert_int_equal(kmem_cache_validate(s), 1));
	}
	/* It is the other's now: one too few here, one too many there. */
	*tag = (uint8_t)other->barn->tag;
	size_t n = s->barn->nr_inuse;
	size_t m = other->barn->nr_inuse;
	EXPECT_REPORT(text("slab: BUG tagged: %zu objects in use noted, but %zu counted\n"
			   "slab: BUG other: %zu objects in use noted, but %zu counted\n",
			   n, n - 1, m, m + 1),
		      assert_int_equal(kmem_cache_validate(s), 2));
	*tag = right;
	uint8_t *tags = slab->tags;
	slab->tags = NULL;
	EXPECT_REPORT(text("slab: BUG tagged: %p: slab without tags\n", (void *)slab->span.base),
		      assert_int_equal(kmem_cache_validate(s), 1));
	slab->tags = tags;
	kmem_cache_free(s, mine);
	kmem_cache_free(other, its);
	assert_int_equal(kmem_cache_validate(other), 0);
	kmem_cache_destroy(s);
	kmem_cache_destroy(other);
}

static bool stop;

/* Uses the cache from other threads while it is asked about everything. */
static void *use(void *data)
{
	void *objects[100];

	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		CHECK(kmem_cache_alloc_bulk((struct kmem_cache *)data, GFP_KERNEL,
					    ARRAY_SIZE(objects), objects));
		kmem_cache_free_bulk((struct kmem_cache *)data, ARRAY_SIZE(objects), objects);
	}
	return NULL;
}

static void test_threads(void **state)
{
	struct kmem_cache *s = kmem_cache_create("asked", 500, NULL, SLAB_NO_MERGE);
	thread_handle *threads[3];
	(void)state;

	__atomic_store_n(&stop, false, __ATOMIC_RELAXED);
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++)
		threads[i] = thread_start(use, s);
	for (size_t round = 0; round < scaled(200); round++) {
		for (unsigned int i = 0; kmem_cache_attr_name(i); i++)
			show(s, kmem_cache_attr_name(i));
		CHECK(kmem_cache_validate(s) == 0);
		CHECK(kmem_cache_attr_store(s, "min_partial", round % 2 ? "0" : "9") == 0);
		CHECK(kmem_cache_attr_store(s, "shrink", "1") == 0);
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++)
		thread_join(threads[i]);
	assert_string_equal(show(s, "objects"), "0\n");
	kmem_cache_destroy(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_constants),     cmocka_unit_test(test_flags),
		cmocka_unit_test(test_counts),	      cmocka_unit_test(test_min_partial),
		cmocka_unit_test(test_aliases),	      cmocka_unit_test(test_errors),
		cmocka_unit_test(test_names),	      cmocka_unit_test(test_alloc_calls),
		cmocka_unit_test(test_free_calls),    cmocka_unit_test(test_many_stacks),
		cmocka_unit_test(test_calls_no_room), cmocka_unit_test(test_broken_slabs),
		cmocka_unit_test(test_broken_lists),  cmocka_unit_test(test_broken_barn),
		cmocka_unit_test(test_broken_tags),   cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
