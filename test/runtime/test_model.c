/* SPDX-License-Identifier: MIT */

/*
 * Random operations against a simple reference: a list of what is allocated, each object filled
 * with a pattern of its own that must still be there when it is freed. An object handed out twice,
 * or two that overlap, break a pattern; the numbers must be those of slabinfo_print(); destroying a
 * cache lists what the reference holds. SEED=n runs one failure again.
 */

#include "harness.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <slab/slab-static.h>

#include "forms.h"

#define CACHES	   8
#define MAX_LIVE   2000
#define MAX_BULK   300
#define LISTED_MAX 16
#define THREADS	   8

/* Large objects are filled at both ends only. */
#define WHOLE_MAX ((size_t)4096)
#define EDGE	  ((size_t)1024)

/* What a ctor leaves; the keys of the reference start above. */
#define KEY_CTOR 1

struct live {
	void *object;
	size_t size;
	uint64_t key;
	struct kmem_cache *cache; /* NULL: of kmalloc() */
};

struct reference {
	struct live *live;
	size_t nr;
	size_t max;
};

struct model_cache {
	struct kmem_cache_opaque shadow;
	struct kmem_cache *cache; /* &shadow, or created */
	char name[32];
	size_t size;
	size_t align;
	bool ctor;
	struct reference reference;
};

static uint64_t next_key(void)
{
	static uint64_t last = 1000;

	return __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED) * UINT64_C(0x9e3779b97f4a7c15);
}

static void fill(const struct live *live)
{
	if (live->size <= WHOLE_MAX) {
		pattern_fill(live->object, live->size, live->key);
		return;
	}
	pattern_fill(live->object, EDGE, live->key);
	pattern_fill((char *)live->object + live->size - EDGE, EDGE, live->key);
}

static bool holds(const struct live *live)
{
	if (live->size <= WHOLE_MAX)
		return pattern_holds(live->object, live->size, live->key);
	return pattern_holds(live->object, EDGE, live->key) &&
	       pattern_holds((char *)live->object + live->size - EDGE, EDGE, live->key);
}

static void reference_add(struct reference *reference, struct live live)
{
	CHECK(live.object);
	CHECK(reference->nr < reference->max);
	fill(&live);
	reference->live[reference->nr++] = live;
}

/* Take a random one out, after a look at its pattern. */
static struct live reference_take(struct reference *reference, struct rng *rng)
{
	size_t i = rng_below(rng, reference->nr);
	struct live live = reference->live[i];

	CHECK(holds(&live));
	reference->live[i] = reference->live[--reference->nr];
	return live;
}

static struct reference reference_make(size_t max)
{
	struct reference reference = { calloc(max, sizeof(struct live)), 0, max };

	CHECK(reference.live);
	return reference;
}

static size_t random_size(struct rng *rng)
{
	size_t kind = rng_below(rng, 100);

	if (kind < 60)
		return 1 + rng_below(rng, 256);
	if (kind < 85)
		return 1 + rng_below(rng, 4096);
	if (kind < 97)
		return 1 + rng_below(rng, 65536);
	return 1 + rng_below(rng, 3000000);
}

/* Only objects of 8 bytes and more have one: room for a key. */
static void ctor(void *object)
{
	*(uint64_t *)object = KEY_CTOR;
}

static void model_setup(struct model_cache *model, struct rng *rng)
{
	struct kmem_cache_args args = { 0 };
	slab_flags_t flags = rng_chance(rng, 30) ? SLAB_HWCACHE_ALIGN : 0;

	model->size = random_size(rng);
	model->ctor = model->size >= sizeof(uint64_t) && rng_chance(rng, 30);
	model->align = rng_chance(rng, 30) ? (size_t)1 << rng_below(rng, 13) : 0;
	args.align = model->align;
	args.ctor = model->ctor ? ctor : NULL;
	args.sheaf_capacity = rng_chance(rng, 20) ? (unsigned)rng_below(rng, 600) : 0;
	if (rng_chance(rng, 50)) {
		model->cache = to_kmem_cache(&model->shadow);
		CHECK(kmem_cache_setup_args(model->cache, model->name, model->size, args, flags) ==
		      0);
	} else {
		model->cache = kmem_cache_create(model->name, model->size, &args, flags);
		CHECK(model->cache);
	}
	size_t most = ((size_t)4 << 20) / model->size;
	model->reference.max = most < 5 ? 5 : most > MAX_LIVE ? MAX_LIVE : most;
	CHECK(model->reference.nr == 0);
}

static void check_object(const struct model_cache *model, const void *object, bool zeroed)
{
	size_t align = model->align > 8 ? model->align : 8;

	CHECK(object);
	CHECK(((uintptr_t)object & (align - 1)) == 0);
	if (zeroed) {
		CHECK(is_filled_with(object, model->size, 0));
	} else if (model->ctor) {
		/* As constructed, or with the pattern that was left in it: it begins with its key.
		 */
		struct live left = { (void *)(uintptr_t)object, model->size, 0, NULL };

		memcpy(&left.key, object, sizeof(left.key));
		CHECK(left.key == KEY_CTOR || holds(&left));
	}
}

static void reference_new(struct model_cache *model, void *object)
{
	struct live live = { object, model->size, next_key(), model->cache };

	reference_add(&model->reference, live);
}

static const struct forms *random_forms(struct rng *rng)
{
	return rng_chance(rng, 50) ? &called : &inlined;
}

static void op_alloc(struct model_cache *model, struct rng *rng)
{
	const struct forms *forms = random_forms(rng);
	bool zeroed = rng_chance(rng, 20);

	if (model->reference.nr == model->reference.max)
		return;
	void *object = zeroed ? forms->zalloc(model->cache, GFP_KERNEL)
			      : forms->alloc(model->cache, GFP_KERNEL);
	check_object(model, object, zeroed);
	reference_new(model, object);
}

static void op_free(struct model_cache *model, struct rng *rng)
{
	if (!model->reference.nr)
		return;
	struct live live = reference_take(&model->reference, rng);
	if (rng_chance(rng, 10))
		kfree(live.object);
	else
		random_forms(rng)->free(model->cache, live.object);
}

static void op_alloc_bulk(struct model_cache *model, struct rng *rng)
{
	void *objects[MAX_BULK];
	size_t n = rng_below(rng, MAX_BULK + 1);
	bool zeroed = rng_chance(rng, 20);

	if (n > model->reference.max - model->reference.nr)
		n = model->reference.max - model->reference.nr;
	CHECK(kmem_cache_alloc_bulk(model->cache, GFP_KERNEL | (zeroed ? __GFP_ZERO : 0), n,
				    objects) == (int)n);
	/* First look at all, then write: a write must not hide what another object shows. */
	for (size_t i = 0; i < n; i++)
		check_object(model, objects[i], zeroed);
	for (size_t i = 0; i < n; i++)
		reference_new(model, objects[i]);
}

static void op_free_bulk(struct model_cache *model, struct rng *rng)
{
	void *objects[MAX_BULK];
	size_t n = rng_below(rng, MAX_BULK + 1);

	if (n > model->reference.nr)
		n = model->reference.nr;
	for (size_t i = 0; i < n; i++)
		objects[i] = reference_take(&model->reference, rng).object;
	kmem_cache_free_bulk(rng_chance(rng, 20) ? NULL : model->cache, n, objects);
}

/* Set some aside, take a few of them, give the rest back. */
static void op_sheaf(struct model_cache *model, struct rng *rng)
{
	struct slab_sheaf *sheaf =
		kmem_cache_prefill_sheaf(model->cache, GFP_KERNEL, (unsigned)rng_below(rng, 200));

	CHECK(sheaf);
	if (rng_chance(rng, 30))
		CHECK(kmem_cache_refill_sheaf(model->cache, GFP_KERNEL, &sheaf,
					      (unsigned)rng_below(rng, 400)) == 0);
	while (model->reference.nr < model->reference.max && rng_chance(rng, 90)) {
		void *object = kmem_cache_alloc_from_sheaf(model->cache, GFP_NOWAIT, sheaf);

		if (!object)
			break;
		check_object(model, object, false);
		reference_new(model, object);
	}
	kmem_cache_return_sheaf(model->cache, GFP_KERNEL, sheaf);
}

static void check_numbers(const struct model_cache *model)
{
	CHECK(kmem_cache_validate(model->cache) == 0);
	struct slabinfo info = slabinfo_of(model->name);

	CHECK(info.active == model->reference.nr);
	CHECK(info.size == model->size);
	CHECK(info.objects >= info.active);
	CHECK(info.objects == info.slabs * info.per_slab);
	CHECK(info.active_slabs <= info.slabs);
	CHECK(info.active_slabs * info.per_slab >= info.active);
}

static void op_shrink(struct model_cache *model)
{
	CHECK(kmem_cache_shrink(model->cache) == (model->reference.nr != 0));
	check_numbers(model);
}

static bool is_live(const struct model_cache *model, const void *object)
{
	for (size_t i = 0; i < model->reference.nr; i++)
		if (model->reference.live[i].object == object)
			return true;
	return false;
}

/* Each line names a live object, and no two the same one; the last says how many are not named. */
static void check_listing(const struct model_cache *model, const char *said)
{
	void *seen[LISTED_MAX];
	char expected[128];
	size_t lines = 0;
	size_t n = model->reference.nr;

	snprintf(expected, sizeof(expected),
		 "slab: BUG %s: kmem_cache_destroy() with %zu object%s allocated\n", model->name, n,
		 n == 1 ? "" : "s");
	CHECK(strncmp(said, expected, strlen(expected)) == 0);
	const char *line = strchr(said, '\n') + 1;
	for (; *line && lines < LISTED_MAX; line = strchr(line, '\n') + 1) {
		const char *object = strstr(line, ": object ");

		CHECK(object);
		CHECK(sscanf(object, ": object %p is still", &seen[lines]) == 1);
		CHECK(is_live(model, seen[lines]));
		for (size_t i = 0; i < lines; i++)
			CHECK(seen[i] != seen[lines]);
		lines++;
	}
	CHECK(lines == (n < LISTED_MAX ? n : LISTED_MAX));
	expected[0] = '\0';
	if (n > LISTED_MAX)
		snprintf(expected, sizeof(expected), "slab: %s: and %zu more\n", model->name,
			 n - LISTED_MAX);
	CHECK(strcmp(line, expected) == 0);
}

static void op_destroy(struct model_cache *model, struct rng *rng)
{
	if (model->reference.nr) {
		capture_begin();
		int error = kmem_cache_destroy(model->cache);
		const char *said = capture_end();
		CHECK(error == -EBUSY);
		check_listing(model, said);
		if (rng_chance(rng, 50))
			return;
		while (model->reference.nr)
			op_free(model, rng);
	}
	CHECK(kmem_cache_destroy(model->cache) == 0);
	model_setup(model, rng);
}

static void op_kmalloc(struct reference *pieces, struct rng *rng)
{
	struct live live = { .size = random_size(rng), .key = next_key() };
	bool zeroed = rng_chance(rng, 30);

	if (pieces->nr == pieces->max)
		return;
	live.object = zeroed ? kzalloc(live.size, GFP_KERNEL) : kmalloc(live.size, GFP_KERNEL);
	CHECK(live.object && ksize(live.object) >= live.size);
	if (zeroed)
		CHECK(is_filled_with(live.object, live.size, 0));
	reference_add(pieces, live);
}

static void op_kfree(struct reference *pieces, struct rng *rng)
{
	if (pieces->nr)
		kfree(reference_take(pieces, rng).object);
}

static void one_step(struct model_cache *models, struct reference *pieces, struct rng *rng)
{
	struct model_cache *model = &models[rng_below(rng, CACHES)];
	size_t op = rng_below(rng, 1000);
	/* Phases of growth and of decline, for full and empty sheaves and slabs. */
	size_t allocs = *(unsigned char *)&rng->state % 2 ? 300 : 500;

	if (op < allocs)
		op_alloc(model, rng);
	else if (op < 800)
		op_free(model, rng);
	else if (op < 840)
		op_alloc_bulk(model, rng);
	else if (op < 880)
		op_free_bulk(model, rng);
	else if (op < 930)
		op_kmalloc(pieces, rng);
	else if (op < 980)
		op_kfree(pieces, rng);
	else if (op < 985)
		op_sheaf(model, rng);
	else if (op < 990)
		check_numbers(model);
	else if (op < 997)
		op_shrink(model);
	else
		op_destroy(model, rng);
}

static void test_one_thread(void **state)
{
	static struct model_cache models[CACHES];
	struct rng rng = rng_make(test_seed(), 1);
	struct reference pieces = reference_make(200);
	(void)state;

	for (size_t i = 0; i < CACHES; i++) {
		snprintf(models[i].name, sizeof(models[i].name), "model-%zu", i);
		models[i].reference = reference_make(MAX_LIVE);
		model_setup(&models[i], &rng);
	}
	for (size_t step = 0; step < scaled(60000); step++)
		one_step(models, &pieces, &rng);
	for (size_t i = 0; i < CACHES; i++) {
		while (models[i].reference.nr)
			op_free(&models[i], &rng);
		op_shrink(&models[i]);
		CHECK(kmem_cache_destroy(models[i].cache) == 0);
		free(models[i].reference.live);
	}
	while (pieces.nr)
		op_kfree(&pieces, &rng);
	free(pieces.live);
}

/* Eight threads on four caches; each passes objects to the others, which free them. */

struct mailbox {
	pthread_mutex_t mutex;
	struct reference letters;
};

struct worker {
	struct rng rng;
	struct reference live;
};

static struct model_cache shared[4];
static struct mailbox mailboxes[THREADS];
static struct worker workers[THREADS];
static size_t steps_per_round;

static void send(struct worker *worker)
{
	struct mailbox *mailbox = &mailboxes[rng_below(&worker->rng, THREADS)];

	if (!worker->live.nr)
		return;
	struct live live = reference_take(&worker->live, &worker->rng);
	pthread_mutex_lock(&mailbox->mutex);
	bool fits = mailbox->letters.nr < mailbox->letters.max;
	if (fits)
		mailbox->letters.live[mailbox->letters.nr++] = live;
	pthread_mutex_unlock(&mailbox->mutex);
	if (!fits)
		kfree(live.object);
}

static void receive(struct worker *worker, struct mailbox *mailbox)
{
	pthread_mutex_lock(&mailbox->mutex);
	while (mailbox->letters.nr && worker->live.nr < worker->live.max)
		worker->live.live[worker->live.nr++] = mailbox->letters.live[--mailbox->letters.nr];
	pthread_mutex_unlock(&mailbox->mutex);
}

static void worker_free(struct worker *worker)
{
	if (!worker->live.nr)
		return;
	struct live live = reference_take(&worker->live, &worker->rng);
	if (!live.cache || rng_chance(&worker->rng, 10))
		kfree(live.object);
	else
		random_forms(&worker->rng)->free(live.cache, live.object);
}

static void worker_alloc(struct worker *worker)
{
	const struct model_cache *model = &shared[rng_below(&worker->rng, ARRAY_SIZE(shared))];
	const struct forms *forms = random_forms(&worker->rng);
	struct live live = { NULL, model->size, next_key(), model->cache };
	bool zeroed = rng_chance(&worker->rng, 10);

	if (worker->live.nr == worker->live.max)
		return;
	live.object = zeroed ? forms->zalloc(model->cache, GFP_KERNEL)
			     : forms->alloc(model->cache, GFP_KERNEL);
	check_object(model, live.object, zeroed);
	reference_add(&worker->live, live);
}

static void worker_bulk(struct worker *worker)
{
	const struct model_cache *model = &shared[rng_below(&worker->rng, ARRAY_SIZE(shared))];
	void *objects[100];
	size_t n = rng_below(&worker->rng, ARRAY_SIZE(objects));

	if (n > worker->live.max - worker->live.nr)
		n = worker->live.max - worker->live.nr;
	CHECK(kmem_cache_alloc_bulk(model->cache, GFP_KERNEL, n, objects) == (int)n);
	for (size_t i = 0; i < n; i++)
		check_object(model, objects[i], false);
	for (size_t i = 0; i < n; i++) {
		struct live live = { objects[i], model->size, next_key(), model->cache };

		reference_add(&worker->live, live);
	}
	if (rng_chance(&worker->rng, 50))
		return;
	n = rng_below(&worker->rng, ARRAY_SIZE(objects));
	for (size_t i = 0; i < n && worker->live.nr; i++)
		worker_free(worker);
}

static void *work(void *data)
{
	size_t me = (size_t)(uintptr_t)data;
	struct worker *worker = &workers[me];

	for (size_t step = 0; step < steps_per_round; step++) {
		size_t op = rng_below(&worker->rng, 1000);

		if (op < 400)
			worker_alloc(worker);
		else if (op < 700)
			worker_free(worker);
		else if (op < 850)
			send(worker);
		else if (op < 900)
			receive(worker, &mailboxes[me]);
		else if (op < 930)
			worker_bulk(worker);
		else if (op < 960)
			op_kmalloc(&worker->live, &worker->rng);
		else if (op < 963)
			(void)kmem_cache_shrink(
				shared[rng_below(&worker->rng, ARRAY_SIZE(shared))].cache);
		else if (op < 965)
			free(slabinfo_text());
	}
	return NULL;
}

static size_t count_live(const struct kmem_cache *s)
{
	size_t count = 0;

	for (size_t i = 0; i < THREADS; i++) {
		for (size_t j = 0; j < workers[i].live.nr; j++)
			count += workers[i].live.live[j].cache == s;
		for (size_t j = 0; j < mailboxes[i].letters.nr; j++)
			count += mailboxes[i].letters.live[j].cache == s;
	}
	return count;
}

/* All threads start anew on new caches, which end with nothing allocated. */
static void one_round(struct rng *rng)
{
	thread_handle *threads[THREADS];

	for (size_t i = 0; i < ARRAY_SIZE(shared); i++)
		model_setup(&shared[i], rng);
	for (size_t i = 0; i < THREADS; i++)
		threads[i] = thread_start(work, (void *)(uintptr_t)i);
	for (size_t i = 0; i < THREADS; i++)
		thread_join(threads[i]);
	for (size_t i = 0; i < ARRAY_SIZE(shared); i++) {
		CHECK(kmem_cache_validate(shared[i].cache) == 0);
		CHECK(slabinfo_of(shared[i].name).active == count_live(shared[i].cache));
	}
	for (size_t i = 0; i < THREADS; i++) {
		while (mailboxes[i].letters.nr) {
			receive(&workers[i], &mailboxes[i]);
			while (workers[i].live.nr)
				worker_free(&workers[i]);
		}
		while (workers[i].live.nr)
			worker_free(&workers[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(shared); i++)
		CHECK(kmem_cache_destroy(shared[i].cache) == 0);
}

static void test_eight_threads(void **state)
{
	struct rng rng = rng_make(test_seed(), 2);
	(void)state;

	steps_per_round = scaled(4000);
	for (size_t i = 0; i < ARRAY_SIZE(shared); i++)
		snprintf(shared[i].name, sizeof(shared[i].name), "shared-%zu", i);
	for (size_t i = 0; i < THREADS; i++) {
		workers[i].rng = rng_make(test_seed(), 10 + i);
		workers[i].live = reference_make(500);
		mailboxes[i].letters = reference_make(100);
		pthread_mutex_init(&mailboxes[i].mutex, NULL);
	}
	for (int round = 0; round < 10; round++)
		one_round(&rng);
	for (size_t i = 0; i < THREADS; i++) {
		free(workers[i].live.live);
		free(mailboxes[i].letters.live);
		pthread_mutex_destroy(&mailboxes[i].mutex);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_thread),
		cmocka_unit_test(test_eight_threads),
	};

	return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
