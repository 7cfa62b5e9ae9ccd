/* SPDX-License-Identifier: MIT */

/* The parts inside, where the outside would take long to reach every case. */

#include "harness.h"

#include <stdlib.h>
#include <string.h>

#include "barn.h"
#include "fault.h"
#include "list.h"
#include "meta.h"
#include "pages.h"
#include "slab.h"

static bool to_be_spread(size_t stride, size_t align)
{
	return (stride == 4096 || stride == 8192 || stride == 12288) && align <= 64;
}

/* Objects of a store, laid out on no memory: what would be at @index, from the start of a slab. */
static size_t place_of(const struct slab_store *store, uint32_t index)
{
	static const struct slab at_zero;

	return (size_t)(object_at(store, &at_zero, index) - at_zero.span.base);
}

/* Each object follows the one before, ends in the slab, and its bytes and those behind are its. */
static void check_places(const struct slab_store *store)
{
	for (uint32_t i = 0; i < store->per_slab; i++) {
		size_t place = place_of(store, i);
		bool last = i + 1 == store->per_slab;
		size_t next = last ? store->slab_bytes : place_of(store, i + 1);

		CHECK(next - place >= store->stride);
		CHECK(last || next - place <= store->stride + store->row_pad);
		CHECK(object_index(store, place) == i);
		CHECK(object_index(store, place + store->stride - 1) == i);
		CHECK(last || object_index(store, next - 1) == i);
	}
	CHECK(object_index(store, store->slab_bytes - 1) >= store->per_slab - 1);
}

/* Every stride: the geometry holds, and objects are found at each place as a division would. */
static void test_geometry(void **state)
{
	(void)state;
	size_t step = scaled(100) == 100 ? 8 : 8 * 37;

	for (size_t size = 8; size <= KMALLOC_MAX_SIZE; size += step) {
		struct slab_store store = { 0 };
		size_t stride = size + (to_be_spread(size, 8) ? 64 : 0);

		store_init(&store, size, 8);
		CHECK(store.stride == stride);
		CHECK(store.slab_bytes % UNIT == 0);
		CHECK(store.per_slab > 0);
		/* Of the objects that there is room for a few at most give way to rows. */
		CHECK(store.per_slab <= store.slab_bytes / stride);
		CHECK(!store.row_pad ||
		      store.slab_bytes - store.per_slab * stride <= store.slab_bytes / 64);
		/* A slab is a few units at most, unless it must hold one large object. */
		CHECK(store.slab_bytes <= SEGMENT || store.per_slab == 1);
		for (uint32_t inuse = 1; inuse < store.per_slab; inuse++)
			CHECK((inuse * store.fill_scale >> 16) < SLAB_FILLS);
		check_places(&store);
	}
}

/* In how many of the sets of a processor's first cache the first lines of a slab's objects are. */
static size_t sets_used(const struct slab_store *store)
{
	uint64_t used = 0;

	for (uint32_t i = 0; i < store->per_slab; i++)
		used |= (uint64_t)1 << place_of(store, i) % SET_PERIOD / CACHE_LINE;
	return (size_t)__builtin_popcountll(used);
}

/* Smaller objects stand in rows, unless an alignment is wanted, at next to no cost. */
static void test_rows(void **state)
{
	static const struct {
		size_t size, objects, sets;
	} sizes[] = {
		{ 64, 1024, 64 }, { 128, 511, 64 }, { 192, 341, 64 }, { 256, 255, 64 },
		{ 384, 170, 64 }, { 512, 127, 64 }, { 768, 84, 64 },  { 1024, 63, 63 },
		{ 2048, 63, 63 }, { 3072, 21, 21 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		size_t size = sizes[i].size;

		for (size_t align = 8; align <= 4096; align *= 2) {
			struct slab_store store = { 0 };

			store_init(&store, size, align);
			check_places(&store);
			if (align > 64) {
				CHECK(!store.row_pad);
				continue;
			}
			assert_int_equal(store.per_slab, sizes[i].objects);
			assert_int_equal(sets_used(&store), sizes[i].sets);
			assert_true(store.slab_bytes * 100 <= store.per_slab * size * 102);
			for (uint32_t j = 0; j < store.per_slab; j++)
				CHECK(place_of(&store, j) % align == 0);
		}
	}
}

static void test_stride(void **state)
{
	(void)state;
	for (size_t align = 8; align <= SLAB_MAX_ALIGN; align *= 2) {
		for (size_t size = 1; size < 3 * align && size <= 70000; size += 1 + align / 16) {
			struct slab_store store = { 0 };

			store_init(&store, size, align);
			CHECK(store.stride % align == 0);
			CHECK(store.stride >= size && store.stride < size + align);
		}
	}
}

/* Pages are a line further apart, unless an alignment is wanted, and cost next to nothing more. */
static void test_spread(void **state)
{
	(void)state;
	for (size_t size = 4096; size <= 65536; size += 4096) {
		for (size_t align = 8; align <= 4096; align *= 2) {
			struct slab_store store = { 0 }, equal = { 0 };
			bool spread = to_be_spread(size, align);

			store_init(&store, size - 7, align);
			assert_int_equal(store.stride, size + (spread ? 64 : 0));
			if (!spread)
				continue;
			assert_true(store.slab_bytes * 100 <= store.per_slab * size * 102);
			assert_int_equal(SEGMENT % store.slab_bytes, 0);
			/* What may share its slabs would make the same. */
			store_init(&equal, store.stride, align);
			assert_int_equal(equal.stride, store.stride);
			assert_int_equal(equal.slab_bytes, store.slab_bytes);
		}
	}
}

static char name[] = "store";

/* Every object of a slab can be taken and put, in any order, on real memory. */
static void test_take_and_put(void **state)
{
	static const size_t strides[] = { 8,	 16,	24,	56,	 64,	 72,
					  104,	 256,	1000,	2048,	 4096,	 5000,
					  65536, 70000, 300000, 1 << 20, 3 << 20 };
	struct rng rng = rng_make(test_seed(), 1);
	static void *objects[8192];
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(strides); i++) {
		struct slab_store store = { 0 };
		struct slab_barn barn = { .name = name };

		store_init(&store, strides[i], 8);
		store.keep_empty = 1;
		assert_true(store_join(&store, &barn, GFP_KERNEL));
		size_t n = store.per_slab;
		assert_true(slab_grow(&store, GFP_KERNEL));
		assert_int_equal(store_take(&barn, objects + n, n), n);
		assert_int_equal(barn.nr_inuse, n);
		assert_int_equal(store_take(&barn, objects + n, 1), 0);
		/* Popped from the end, they come in order of address. */
		for (size_t j = 1; j < n; j++)
			assert_in_range((char *)objects[j - 1] - (char *)objects[j], store.stride,
					store.stride + store.row_pad);
		for (size_t j = n; j > 1; j--) {
			size_t other = rng_below(&rng, j);
			void *object = objects[j - 1];

			objects[j - 1] = objects[other];
			objects[other] = object;
		}
		for (size_t done = 0; done < n;) {
			size_t some = 1 + rng_below(&rng, n - done);

			store_put(&barn, objects + done, some, false);
			done += some;
			assert_int_equal(barn.nr_inuse, n - done);
		}
		/* Each once more, and all between: refused. */
		EXPECT_REPORT(text("slab: BUG store: double free: %p\n", objects[0]),
			      store_put(&barn, objects, 1, false));
		EXPECT_REPORT("", store_put(&barn, objects, n, true));
		for (size_t off = 1; off < strides[i]; off += 1 + strides[i] / 9) {
			void *between = (char *)objects[0] + off;

			EXPECT_REPORT(text("slab: BUG store: invalid free: %p\n", between),
				      store_put(&barn, &between, 1, false));
		}
		assert_int_equal(barn.nr_inuse, 0);
		assert_int_equal(store.nr_slabs, 1);
		store_trim(&store, 0);
		assert_int_equal(store.nr_slabs, 0);
	}
}

/* Refills come from the fullest slab, so that the others may become empty. */
static void test_fullest_first(void **state)
{
	struct slab_store store = { 0 };
	struct slab_barn barn = { .name = name };
	static void *objects[64];
	(void)state;

	store_init(&store, 4096, 4096);
	assert_true(store_join(&store, &barn, GFP_KERNEL));
	size_t n = store.per_slab;
	assert_int_equal(n, 16);
	for (int i = 0; i < 4; i++)
		assert_true(slab_grow(&store, GFP_KERNEL));
	assert_int_equal(store_take(&barn, objects + 64, 64), 64);
	/* objects[63] is the first one taken: slab k holds 63-16k down to 48-16k. */
	store_put(&barn, &objects[48], 14, false); /* 2 left in slab 0 */
	store_put(&barn, &objects[32], 2, false);  /* 14 left in slab 1 */
	store_put(&barn, &objects[16], 8, false);  /* 8 left in slab 2 */
	void *again[24];
	assert_int_equal(store_take(&barn, again + 2, 2), 2);
	assert_int_equal(span_of(again[0])->base, span_of(objects[34])->base);
	assert_int_equal(span_of(again[1])->base, span_of(objects[34])->base);
	assert_int_equal(store_take(&barn, again + 1, 1), 1);
	assert_int_equal(span_of(again[0])->base, span_of(objects[24])->base);
	store_put(&barn, again, 1, false);
	for (size_t i = 0; i < 64; i++)
		store_put(&barn, &objects[i], 1, true);
	assert_int_equal(barn.nr_inuse, 0);
	store_trim(&store, 0);
	assert_int_equal(store.nr_slabs, 0);
}

#define SPANS 300

static void check_span(const struct span *span, size_t bytes)
{
	CHECK(span->bytes == bytes);
	CHECK(((uintptr_t)span->base & (UNIT - 1)) == 0);
	for (size_t off = 0; off < bytes; off += UNIT) {
		CHECK(span_around(span->base + off) == span);
		CHECK(span_around(span->base + off + UNIT - 1) == span);
		/* A mark in each unit; the memory is there, and nobody else's. */
		CHECK(*(const struct span **)(void *)(span->base + off) == span);
	}
}

static void mark_span(const struct span *span)
{
	for (size_t off = 0; off < span->bytes; off += UNIT)
		*(const struct span **)(void *)(span->base + off) = span;
}

/* Runs of 1 to 32 units, and longer ones, come and go at random without touching each other. */
static void test_spans(void **state)
{
	static struct span spans[SPANS];
	static size_t sizes[SPANS];
	struct rng rng = rng_make(test_seed(), 2);
	(void)state;

	for (size_t step = 0; step < scaled(20000); step++) {
		size_t i = rng_below(&rng, SPANS);

		if (sizes[i]) {
			char *base = spans[i].base;

			check_span(&spans[i], sizes[i]);
			span_free(&spans[i]);
			CHECK(!span_around(base) && !span_around(base + sizes[i] - 1));
			sizes[i] = 0;
		} else {
			size_t units = rng_chance(&rng, 2) ? 33 + rng_below(&rng, 40)
							   : 1 + rng_below(&rng, 32);

			sizes[i] = units * UNIT;
			CHECK(span_alloc(&spans[i], sizes[i], NULL, GFP_KERNEL));
			mark_span(&spans[i]);
		}
		if (rng_chance(&rng, 1))
			pages_purge();
		if (rng_chance(&rng, 1))
			pages_decay();
	}
	for (size_t i = 0; i < SPANS; i++) {
		if (!sizes[i])
			continue;
		check_span(&spans[i], sizes[i]);
		span_free(&spans[i]);
		sizes[i] = 0;
	}
	pages_purge();
	for (size_t i = 0; i < SPANS; i++)
		CHECK(!spans[i].base || !is_resident(spans[i].base, UNIT));
}

/* All 32 sizes of runs fill a segment exactly, wherever the holes are. */
static void test_runs(void **state)
{
	static struct span singles[SEGMENT_UNITS];
	(void)state;

	for (size_t units = 1; units <= SEGMENT_UNITS; units++) {
		struct span whole;
		struct span again;

		/* A segment of its own to look at. */
		CHECK(span_alloc(&whole, SEGMENT, NULL, GFP_KERNEL));
		CHECK(((uintptr_t)whole.base & (SEGMENT - 1)) == 0);
		span_free(&whole);
		CHECK(span_alloc(&whole, units * UNIT, NULL, GFP_KERNEL));
		mark_span(&whole);
		check_span(&whole, units * UNIT);
		span_free(&whole);
		/* What was just freed is taken again first, and only once. */
		CHECK(span_alloc(&again, units * UNIT, NULL, GFP_KERNEL));
		CHECK(again.base == whole.base);
		span_free(&again);
	}
	for (size_t i = 0; i < SEGMENT_UNITS; i++)
		CHECK(span_alloc(&singles[i], UNIT, NULL, GFP_KERNEL));
	for (size_t i = 0; i < SEGMENT_UNITS; i++)
		for (size_t j = 0; j < i; j++)
			CHECK(singles[i].base != singles[j].base);
	for (size_t i = 0; i < SEGMENT_UNITS; i++)
		span_free(&singles[i]);
	pages_purge();
}

static void test_span_of_foreign(void **state)
{
	static int datum;
	int local = 0;
	void *heap = malloc(1);
	(void)state;

	assert_null(span_of(&datum));
	assert_null(span_of(&local));
	assert_null(span_of(heap));
	assert_null(span_of(NULL));
	assert_null(span_of((void *)UINTPTR_MAX));
	assert_null(span_of((void *)((uintptr_t)1 << (sizeof(void *) * 8 - 1))));
	free(heap);
}

static void test_span_no_memory(void **state)
{
	struct span span;
	(void)state;

	fault_after(0);
	assert_false(span_alloc(&span, UNIT, NULL, GFP_KERNEL));
	assert_false(span_alloc(&span, SEGMENT * 2, NULL, GFP_KERNEL));
	fault_after(-1);
	assert_false(span_alloc(&span, SEGMENT * 2, NULL, GFP_NOWAIT));
}

/* Each class: rounded right, aligned, zeroed also when it was used before. */
static void test_meta(void **state)
{
	(void)state;
	for (size_t size = 1; size <= META_MAX; size += 1 + size / 33) {
		size_t whole = meta_roundup(size);
		unsigned char *pieces[8];

		size_t odd = whole % 3 ? whole : whole / 3;

		assert_true(whole >= size && whole % 64 == 0 && (odd & (odd - 1)) == 0);
		assert_true(whole <= 128 || whole / 3 * 2 < size);
		assert_true(whole == 64 || whole / 2 < size);
		assert_int_equal(meta_roundup(whole), whole);
		for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
			pieces[i] = meta_alloc(size, GFP_KERNEL);
			assert_non_null(pieces[i]);
			assert_int_equal((uintptr_t)pieces[i] % 64, 0);
			assert_true(is_filled_with(pieces[i], size, 0));
			memset(pieces[i], (int)(i + 1), whole);
		}
		for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
			assert_true(is_filled_with(pieces[i], whole, (unsigned char)(i + 1)));
			meta_free(pieces[i], size);
		}
		/* The same class, so the same memory. */
		void *again = meta_alloc(whole, GFP_NOWAIT);
		assert_ptr_equal(again, pieces[ARRAY_SIZE(pieces) - 1]);
		assert_true(is_filled_with(again, whole, 0));
		meta_free(again, whole);
	}
	meta_free(NULL, 100);
	fault_after(0);
	assert_null(meta_alloc(64, GFP_KERNEL));
	fault_after(-1);
}

/* Without leave to wait there is what is left of the chunk, and then nothing. */
static void test_meta_nowait(void **state)
{
	void *pieces[100];
	size_t n = 0;
	(void)state;

	while (n < ARRAY_SIZE(pieces) && (pieces[n] = meta_alloc(META_MAX, GFP_NOWAIT)) != NULL)
		n++;
	assert_in_range(n, 0, ARRAY_SIZE(pieces) - 1);
	while (n)
		meta_free(pieces[--n], META_MAX);
}

/* Pieces of all sizes at once do not overlap, also over the ends of chunks. */
static void test_meta_mixed(void **state)
{
	enum { PIECES = 500 };
	static unsigned char *pieces[PIECES];
	static size_t sizes[PIECES];
	struct rng rng = rng_make(test_seed(), 3);
	(void)state;

	for (size_t step = 0; step < scaled(20000); step++) {
		size_t i = rng_below(&rng, PIECES);

		if (pieces[i]) {
			CHECK(pattern_holds(pieces[i], sizes[i], (uintptr_t)&pieces[i]));
			meta_free(pieces[i], sizes[i]);
			pieces[i] = NULL;
		} else {
			sizes[i] = 1 + rng_below(&rng, (size_t)64 << rng_below(&rng, 11));
			pieces[i] = meta_alloc(sizes[i], GFP_KERNEL);
			CHECK(pieces[i]);
			pattern_fill(pieces[i], sizes[i], (uintptr_t)&pieces[i]);
		}
	}
	for (size_t i = 0; i < PIECES; i++) {
		if (!pieces[i])
			continue;
		CHECK(pattern_holds(pieces[i], sizes[i], (uintptr_t)&pieces[i]));
		meta_free(pieces[i], sizes[i]);
	}
}

/* A sheaf that counts as full. */
static struct slab_sheaf *full_sheaf(uint32_t capacity)
{
	struct slab_sheaf *sheaf = sheaf_alloc(capacity, GFP_KERNEL);

	assert_non_null(sheaf);
	assert_int_equal(sheaf->capacity, capacity);
	assert_int_equal(sheaf->count, 0);
	sheaf->count = capacity;
	return sheaf;
}

static void test_barn(void **state)
{
	struct slab_barn barn = { 0 };
	struct slab_sheaf *sheaf = full_sheaf(30);
	(void)state;

	barn_init(&barn, 30, 64);
	assert_null(barn_get_full(&barn));
	assert_null(barn_get_empty(&barn));
	assert_true(barn_put_full(&barn, sheaf));
	assert_null(barn_get_empty(&barn));
	assert_ptr_equal(barn_get_full(&barn), sheaf);
	assert_true(barn_put_empty(&barn, sheaf));
	assert_null(barn_get_full(&barn));
	assert_ptr_equal(barn_get_empty(&barn), sheaf);
	sheaf_free(sheaf);
	sheaf_free(NULL);
}

/* It takes a bounded number of objects, and of empty sheaves, and gives each back. */
static void test_barn_bounds(void **state)
{
	static const struct {
		uint32_t capacity;
		size_t stride, most;
	} cases[] = {
		{ 126, 16, BARN_OBJECTS },
		{ 126, 64, BARN_OBJECTS },
		{ 14, 4096, BARN_BYTES / 4096 },
		{ 30, 1024, BARN_BYTES / 1024 },
		{ 2, (size_t)3 << 20, BARN_MIN * 2 },
		{ 4094, 64, BARN_MIN * 4094 },
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct slab_barn barn = { 0 };
		struct slab_sheaf *sheaf = full_sheaf(cases[i].capacity);
		size_t held = 0;

		barn_init(&barn, cases[i].capacity, cases[i].stride);
		for (; barn_put_full(&barn, sheaf); sheaf = full_sheaf(cases[i].capacity))
			held += sheaf->count;
		assert_int_equal(held, cases[i].most / cases[i].capacity * cases[i].capacity);
		assert_int_equal(barn.nr_held, held);
		assert_int_equal(barn_idle(&barn), 0);
		sheaf_free(barn_get_full(&barn));
		assert_int_equal(barn_idle(&barn), held - cases[i].capacity);
		for (; barn.full; held -= cases[i].capacity)
			sheaf_free(barn_get_full(&barn));
		assert_int_equal(held, cases[i].capacity);
		assert_int_equal(barn.nr_held, 0);

		uint32_t empty = 0;
		for (; barn_put_empty(&barn, sheaf); sheaf = full_sheaf(cases[i].capacity))
			empty++;
		assert_int_equal(empty, BARN_EMPTY);
		sheaf_free(sheaf);
		for (; (sheaf = barn_get_empty(&barn)) != NULL; empty--)
			sheaf_free(sheaf);
		assert_int_equal(empty, 0);
	}
}

static void visit_often(struct slab_barn *barn)
{
	for (int i = 0; i < BARN_BUSY; i++)
		barn_visit(barn);
}

/* Sheaves grow under load up to a bound, and shrink when it is over. */
static void test_barn_adapts(void **state)
{
	static const struct {
		uint32_t least;
		size_t stride;
		bool grows;
	} cases[] = {
		{ 126, 16, true },   { 126, 64, true },	 { 62, 256, true },
		{ 30, 1024, true },  { 14, 4096, true }, { 2, (size_t)1 << 20, false },
		{ 4094, 64, false },
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct slab_barn barn = { 0 };

		barn_init(&barn, cases[i].least, cases[i].stride);
		for (int round = 0; round < 10; round++)
			visit_often(&barn);
		uint32_t most = barn.capacity;
		size_t more = 2 * (size_t)most + 3;
		assert_int_equal(most > cases[i].least, cases[i].grows);
		assert_true(!cases[i].grows ||
			    (most <= SHEAF_OBJECTS && most * cases[i].stride <= SHEAF_BYTES));
		assert_true(more > SHEAF_OBJECTS || more * cases[i].stride > SHEAF_BYTES);
		/* Sheaves of another capacity are not kept empty. */
		struct slab_sheaf *small = full_sheaf(cases[i].least);
		assert_int_equal(barn_put_empty(&barn, small), !cases[i].grows);
		assert_ptr_equal(barn_get_empty(&barn), cases[i].grows ? NULL : small);
		sheaf_free(small);
		/* What is in use stays as it is, what is not becomes small step by step. */
		barn_adapt(&barn);
		visit_often(&barn);
		barn_adapt(&barn);
		assert_int_equal(barn.capacity, most);
		for (int round = 0; round < 10; round++)
			barn_adapt(&barn);
		assert_int_equal(barn.capacity, cases[i].least);
	}
}

struct node {
	int value;
	struct list list;
};

static void test_list(void **state)
{
	struct list head = LIST_INIT(head);
	struct node nodes[5];
	int expected = 0;
	(void)state;

	assert_true(list_empty(&head));
	for (int i = 1; i < 5; i++) {
		nodes[i].value = i;
		list_add_tail(&head, &nodes[i].list);
	}
	nodes[0].value = 0;
	list_add(&head, &nodes[0].list);
	list_for_each (node, &head) {
		assert_int_equal(list_entry(node, struct node, list)->value, expected++);
		list_del(node);
	}
	assert_int_equal(expected, 5);
	assert_true(list_empty(&head));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list),	       cmocka_unit_test(test_meta_nowait),
		cmocka_unit_test(test_meta),	       cmocka_unit_test(test_meta_mixed),
		cmocka_unit_test(test_barn),	       cmocka_unit_test(test_barn_bounds),
		cmocka_unit_test(test_barn_adapts),    cmocka_unit_test(test_geometry),
		cmocka_unit_test(test_stride),	       cmocka_unit_test(test_rows),
		cmocka_unit_test(test_spread),	       cmocka_unit_test(test_span_of_foreign),
		cmocka_unit_test(test_runs),	       cmocka_unit_test(test_spans),
		cmocka_unit_test(test_span_no_memory), cmocka_unit_test(test_take_and_put),
		cmocka_unit_test(test_fullest_first),
	};

	return cmocka_run_group_tests_name("units", tests, NULL, NULL);
}
