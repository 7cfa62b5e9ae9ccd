/* SPDX-License-Identifier: MIT */
#include "cache.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debug.h"
#include "fork.h"
#include "guard.h"
#include "harden.h"
#include "inspect.h"
#include "large.h"
#include "meta.h"
#include "os.h"
#include "owner.h"
#include "pages.h"
#include "partition.h"
#include "random.h"
#include "rcu.h"
#include "report.h"
#include "sanitizer.h"
#include "share.h"
#include "slab.h"
#include "slots.h"
#include "symbol.h"
#include "waiting.h"
#include "wipe.h"

KMEM_CACHE_OPAQUE_CHECK();

#define KNOWN_FLAGS                                                                      \
	(SLAB_HWCACHE_ALIGN | SLAB_PANIC | SLAB_NO_MERGE | SLAB_TYPESAFE_BY_RCU |        \
	 SLAB_RECLAIM_ACCOUNT | SLAB_NOLEAKTRACE | SLAB_NO_USER_FLAGS | SLAB_CACHE_DMA | \
	 SLAB_CACHE_DMA32 | SLAB_ACCOUNT | SLAB_DEBUG_FLAGS)

#define MIN_ALIGN	   8u /* of a long long, also where pointers are shorter */
#define MAX_SHEAF_CAPACITY 4096u
/* Objects named in the report of a refused destroy. */
#define MAX_LISTED 16

struct lock caches_lock = LOCK_INIT;
static uint64_t nr_published;			 /* ever */
static uint64_t slots_taken[SLOTS / 64] = { 1 }; /* slot 0 is the one of zeros */

void caches_walk(void (*fn)(struct slab_barn *barn, void *data), void *data)
{
	list_for_each (node, &slab_beacon.caches) {
		fn(list_entry(node, struct slab_barn, node), data);
	}
}

/* Objects that are as long as many others, on this thread's sheaf, go back. */
static void give_back_large(struct slab_barn *barn, void *data)
{
	void *objects[16];
	size_t n = 1;

	(void)data;
	while (barn->object_size > KMALLOC_MAX_CACHE_SIZE && n) {
		n = slot_pop_many(slab_slot_at(barn->slot), objects, 16);
		lock(&barn->store->lock);
		store_put(barn, objects, n, false);
		unlock(&barn->store->lock);
	}
}

static void decay_one(struct slab_barn *barn, void *data)
{
	give_back_large(barn, data);
	if (barn_decay(barn))
		slots_decay(barn);
}

/* All caches at once, so that the ones that are idle let go as well. */
void caches_decay(void)
{
	static uint64_t last_ms;
	uint64_t now = os_now_ms();

	/* Relaxed: two threads at once only do the work twice. */
	if (now - __atomic_load_n(&last_ms, __ATOMIC_RELAXED) < DECAY_MS / 2)
		return;
	__atomic_store_n(&last_ms, now, __ATOMIC_RELAXED);
	if (!trylock(&caches_lock))
		return;
	caches_walk(decay_one, NULL);
	unlock(&caches_lock);
	threads_decay();
	large_decay();
	pages_decay();
}

/* The byte offset of a free slot, 0 if all are taken. */
static size_t slot_claim(void)
{
	for (size_t word = 0; word < SLOTS / 64; word++) {
		uint64_t free = ~slots_taken[word];

		if (free) {
			size_t bit = (size_t)__builtin_ctzll(free);
			slots_taken[word] |= (uint64_t)1 << bit;
			return (word * 64 + bit) * sizeof(struct slab_slot);
		}
	}
	return 0;
}

static void slot_release(size_t offset)
{
	size_t index = offset / sizeof(struct slab_slot);

	if (index)
		slots_taken[index / 64] &= ~((uint64_t)1 << index % 64);
}

static bool power_of_two(size_t n)
{
	return n && !(n & (n - 1));
}

static bool window_fits(size_t offset, size_t size, size_t whole)
{
	return offset <= whole && size <= whole - offset;
}

static bool freeptr_fits(const struct kmem_cache_init *init)
{
	const struct kmem_cache_args *args = &init->args;

	return window_fits(args->freeptr_offset, sizeof(void *), init->size) &&
	       args->freeptr_offset % sizeof(void *) == 0 &&
	       (args->ctor || init->flags & SLAB_TYPESAFE_BY_RCU);
}

/* Was the holder compiled with the shadow that this library has? */
static bool shadow_is_ours(const struct kmem_cache_init *init)
{
	return init->shadow_size == sizeof(struct kmem_cache) &&
	       init->shadow_align == KMEM_CACHE_ALIGN && init->shadow_layout &&
	       strcmp(init->shadow_layout, KMEM_CACHE_LAYOUT) == 0;
}

/* What is wrong with the arguments of a setup, NULL if nothing. */
static const char *bad_argument(const struct kmem_cache_init *init)
{
	const struct kmem_cache_args *args = &init->args;

	if (!shadow_is_ours(init))
		return "the caller was compiled with another struct kmem_cache_opaque";
	if (!init->name)
		return "name is NULL";
	if (!init->size || init->size > KMALLOC_MAX_SIZE)
		return "size is not within 1 and KMALLOC_MAX_SIZE";
	if (args->align && (!power_of_two(args->align) || args->align > SLAB_MAX_ALIGN))
		return "align is no power of two of at most SLAB_MAX_ALIGN";
	if (init->flags & ~KNOWN_FLAGS)
		return "flags holds unknown bits";
	if (!window_fits(args->useroffset, args->usersize, init->size) ||
	    (args->useroffset && !args->usersize))
		return "useroffset and usersize are no window within the object";
	if (args->use_freeptr_offset && !freeptr_fits(init))
		return "freeptr_offset is outside the object, misaligned, or without a ctor";
	if (args->sheaf_capacity > MAX_SHEAF_CAPACITY)
		return "sheaf_capacity is too large";
	if (args->reserved)
		return "reserved is not zero";
	return NULL;
}

static int check_arguments(const struct kmem_cache_init *init)
{
	const char *wrong = bad_argument(init);

	if (wrong) {
		report("cache %s: %s", init->name ? init->name : "(null)", wrong);
		return -EINVAL;
	}
	return 0;
}

static size_t object_align(const struct kmem_cache_init *init)
{
	size_t align = init->args.align ? init->args.align : init->align;

	if (init->flags & SLAB_HWCACHE_ALIGN) {
		size_t line = CACHE_LINE;

		while (init->size <= line / 2)
			line /= 2;
		align = align > line ? align : line;
	}
	return align > MIN_ALIGN ? align : MIN_ALIGN;
}

/*
 * Objects in a sheaf at first: fewer the larger they are, some 32 KiB of them at most. Filled up to
 * the size of the memory that the sheaf occupies anyway, or would with long pointers: shorter ones
 * are no reason to hoard more. But no more than 256 KiB of objects, or one.
 */
static uint32_t sheaf_capacity(const struct kmem_cache_init *init)
{
	static const struct {
		size_t size;
		uint32_t capacity;
	} steps[] = { { 64, 126 }, { 256, 62 }, { 1024, 30 }, { 4096, 14 }, { 16384, 6 } };
	uint32_t capacity = 2;

	for (size_t i = sizeof(steps) / sizeof(steps[0]); i-- > 0;)
		if (init->size <= steps[i].size)
			capacity = steps[i].capacity;
	if (init->args.sheaf_capacity > capacity)
		capacity = init->args.sheaf_capacity;

	enum { HEAD = 16, POINTER = 8, HEAVY = 256 << 10 };
	size_t bytes = meta_roundup(HEAD + capacity * POINTER);
	size_t room = (bytes - HEAD) / POINTER;
	if (room * init->size > HEAVY && !init->args.sheaf_capacity)
		room = init->size < HEAVY ? HEAVY / init->size : 1;
	return (uint32_t)room;
}

static char *name_copy(const char *name, gfp_t gfp)
{
	size_t size = strlen(name) + 1;
	char *copy = size <= META_MAX ? meta_alloc(size, gfp) : NULL;

	return copy ? memcpy(copy, name, size) : NULL;
}

static void name_free(char *name)
{
	if (name)
		meta_free(name, strlen(name) + 1);
}

/* A store that has room for the cache's objects, or a new one. */
static bool find_store(struct slab_barn *barn, const struct kmem_cache_init *init, gfp_t gfp)
{
	bool debugged = init->flags & SLAB_DEBUG_FLAGS;
	size_t place = init->size + (debugged ? 0 : sanitizer_gap());

	if (share_store(barn, store_stride(place, barn->align), gfp))
		return true;
	struct slab_store *store = meta_alloc(sizeof(*store), gfp);
	if (!store)
		return false;
	if (!debugged) {
		store_init(store, place, barn->align);
	} else if (!debug_store_init(store, init, barn->align, gfp)) {
		meta_free(store, sizeof(*store));
		return false;
	}
	store->ctor = init->args.ctor;
	store->accounts = init->flags & SLAB_ACCOUNT;
	store->by_rcu = init->flags & SLAB_TYPESAFE_BY_RCU;
	/* Tools must not watch free objects that somebody may look at. */
	store->sanitized = sanitizer_on() && !debugged && !store->by_rcu;
	bool kept = debugged || store->by_rcu || store->ctor;
	store->wiped_out = !kept && wipe_on_alloc();
	store->wiped_in = !kept && wipe_on_free();
	/* A tool sees more where what was freed comes last. */
	if (!store->sanitized && random_order())
		store->random = random_start();
	bool joined = store_join(store, barn, gfp);
	if (joined && barn->shares)
		share_open(store);
	return joined;
}

static void barn_unmake(struct slab_barn *barn)
{
	name_free(barn->name);
	meta_free(barn, sizeof(*barn));
}

/* Each object passes its slab, where all that it needs is done. */
static bool wants_no_slot(const struct slab_barn *barn)
{
	const struct slab_store *store = barn->store;

	return barn->flags & SLAB_DEBUG_FLAGS || sanitizer_on() || store->wiped_out ||
	       store->wiped_in;
}

static struct slab_barn *barn_make(struct kmem_cache *s, const struct kmem_cache_init *init,
				   const void *owner, gfp_t gfp)
{
	struct slab_barn *barn = meta_alloc(sizeof(*barn), gfp);

	if (!barn)
		return NULL;
	barn->cache = s;
	barn->object_size = init->size;
	barn->align = object_align(init);
	barn->flags = init->flags;
	barn->useroffset = init->args.useroffset;
	barn->usersize = init->args.usersize;
	barn->owner = owner;
	barn->shares = may_share(init, owner);
	barn->name = name_copy(init->name, gfp);
	if (!barn->name || !find_store(barn, init, gfp)) {
		barn_unmake(barn);
		return NULL;
	}
	barn_init(barn, sheaf_capacity(init), barn->store->stride);
	barn->slot = wants_no_slot(barn) ? 0 : slot_claim();
	barn->guarded = guard_wants(barn);
	/* Each object needs more than the fast paths do, so they must not use the slot. */
	barn->quick = init->flags & SLAB_ACCOUNT || barn->guarded ? 0 : barn->slot;
	barn->fast = harden_fast_slot(barn->quick);
	return barn;
}

/*
 * The state last: a thread that finds the cache ready finds its slot, too, and so never a slot of
 * zeros in place of one that it has filled already. One that sees the slot first finds zeros there
 * and comes to cache_ready().
 */
static void cache_publish(struct kmem_cache *s, struct slab_barn *barn)
{
	s->barn = barn;
	s->object_size = barn->object_size;
	barn->serial = ++nr_published;
	list_add_tail(&slab_beacon.caches, &barn->node);
	/* Which copy of a class an allocation is for is found on the slow path. */
	__atomic_store_n(&s->slot, partition_splits(s) ? 0 : (uint32_t)barn->fast,
			 __ATOMIC_RELEASE);
	/* Release: pairs with the acquire of cache_ready(). */
	__atomic_store_n(&s->state, CACHE_READY, __ATOMIC_RELEASE);
}

/* Wants the lock of the caches held. */
static int setup_locked(struct kmem_cache *s, const struct kmem_cache_init *init, const void *owner,
			gfp_t gfp)
{
	int error = check_arguments(init);

	if (!error && init->flags & SLAB_TYPESAFE_BY_RCU)
		error = rcu_start();
	if (error)
		return error;
	if (s->state == CACHE_READY) {
		report("cache %s: set up already, as %s", init->name, s->barn->name);
		return -EBUSY;
	}
	struct slab_barn *barn = barn_make(s, init, owner, gfp);
	if (!barn)
		return -ENOMEM;
	cache_publish(s, barn);
	return 0;
}

void panic_if_asked(const char *name, slab_flags_t flags, int error)
{
	if (error && flags & SLAB_PANIC)
		report_fatal("cache %s: cannot be set up: %s", name ? name : "(null)",
			     strerror(-error));
}

static bool exiting;

static void at_exit(void)
{
	__atomic_store_n(&exiting, true, __ATOMIC_RELAXED);
}

static void register_at_exit(void)
{
	atexit(at_exit);
}

/* At exit the destructors of shared objects run as well, and mean nothing. */
static void watch_exit(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, register_at_exit);
}

/* The object that can be unloaded under the cache; of one that nobody holds only when it says so.
 */
static const void *owner_for(const struct kmem_cache *s, const struct kmem_cache_init *init)
{
	const void *address = init->args.owner ? init->args.owner : s;
	const char *file;

	return s->dynamic && !init->args.owner ? NULL : owner_of(address, &file);
}

/* @asked, and the debug flags that the environment adds. */
static struct kmem_cache_init with_debug_flags(const struct kmem_cache_init *asked)
{
	struct kmem_cache_init init = *asked;

	if (!bad_argument(asked))
		init.flags = (asked->flags & ~SLAB_DEBUG_FLAGS) |
			     debug_flags(asked, object_align(asked));
	return init;
}

/* @again: a cache that is ready is fine. */
static int setup(struct kmem_cache *s, const struct kmem_cache_init *asked, bool again, gfp_t gfp)
{
	const void *owner = owner_for(s, asked);
	struct kmem_cache_init init = with_debug_flags(asked);

	fork_register();
	if (owner)
		watch_exit();
	lock(&caches_lock);
	int error = again && s->state == CACHE_READY ? 0 : setup_locked(s, &init, owner, gfp);
	unlock(&caches_lock);
	panic_if_asked(init.name, init.flags, error);
	return error;
}

int __kmem_cache_setup(struct kmem_cache *s, const struct kmem_cache_init *init)
{
	return setup(s, init, false, GFP_KERNEL);
}

/* What to set up a DEFINE_KMEM_CACHE() cache with. */
static const struct kmem_cache_init *init_of(const struct kmem_cache *s)
{
	return s->init->later ? s->init->later() : s->init;
}

const char *cache_name(const struct kmem_cache *s)
{
	if (s->barn)
		return s->barn->name;
	if (s->last_name[0])
		return s->last_name;
	return s->init && !s->dynamic ? init_of(s)->name : "cache";
}

bool cache_ready(struct kmem_cache *s, const char *what, gfp_t gfp)
{
	uint32_t state = __atomic_load_n(&s->state, __ATOMIC_ACQUIRE);

	if (state == CACHE_READY)
		return true;
	if (state == CACHE_FRESH && s->init) {
		/* Unless another thread is faster. */
		int error = setup(s, init_of(s), true, gfp);
		if (error)
			errno = -error;
		return !error;
	}
	if (state == CACHE_DESTROYED)
		report_bug("%s: %s after kmem_cache_destroy()", cache_name(s), what);
	else
		report_bug("cache %p: %s before it is set up", (void *)s, what);
	errno = EINVAL;
	return false;
}

struct kmem_cache *__kmem_cache_create_args(const char *name, size_t size,
					    const struct kmem_cache_args *args, slab_flags_t flags)
{
	static const struct kmem_cache_args none = { 0 };
	struct kmem_cache_init init = {
		.name = name,
		.size = size,
		.flags = flags,
		.shadow_size = sizeof(struct kmem_cache),
		.shadow_align = KMEM_CACHE_ALIGN,
		.shadow_layout = KMEM_CACHE_LAYOUT,
		.args = args ? *args : none,
	};
	struct kmem_cache *s = meta_alloc(sizeof(*s), GFP_KERNEL);
	int error = -ENOMEM;

	if (s) {
		s->dynamic = true;
		error = __kmem_cache_setup(s, &init);
	}
	if (error) {
		meta_free(s, sizeof(*s));
		panic_if_asked(name, flags, error);
		errno = -error;
		return NULL;
	}
	return s;
}

struct kmem_cache *__kmem_cache_default_args(const char *name, size_t size, const void *null,
					     slab_flags_t flags)
{
	if (!null)
		return __kmem_cache_create_args(name, size, NULL, flags);
	report("cache %s: args is no struct kmem_cache_args *", name);
	panic_if_asked(name, flags, -EINVAL);
	errno = EINVAL;
	return NULL;
}

struct kmem_cache *__kmem_cache_create(const char *name, size_t size, size_t align,
				       slab_flags_t flags, void (*ctor)(void *object))
{
	return kmem_cache_create_usercopy(name, size, align, flags, 0, 0, ctor);
}

struct kmem_cache *kmem_cache_create_usercopy(const char *name, size_t size, size_t align,
					      slab_flags_t flags, size_t useroffset,
					      size_t usersize, void (*ctor)(void *object))
{
	struct kmem_cache_args args = {
		.align = align,
		.useroffset = useroffset,
		.usersize = usersize,
		.ctor = ctor,
	};

	return __kmem_cache_create_args(name, size, &args, flags);
}

/* The objects that keep a cache alive, some of them by name. */
struct leaks {
	char name[64];
	size_t live;
	size_t listed;
	const void *objects[MAX_LISTED];
	struct track tracks[MAX_LISTED];
	const struct slab_store *store;
};

static void note_leak(void *object, void *data)
{
	struct leaks *leaks = data;

	if (leaks->listed < MAX_LISTED)
		leaks->objects[leaks->listed++] = object;
}

static struct track track_of(const struct leaks *leaks, const void *object)
{
	return guard_owns(object) ? guard_track(object) : debug_track(leaks->store, object);
}

/* Wants the store's lock held. */
static void leaks_find(struct leaks *leaks, struct slab_barn *barn)
{
	snprintf(leaks->name, sizeof(leaks->name), "%s", barn->name);
	leaks->live = barn->nr_inuse + guard_count(barn);
	leaks->listed = 0;
	leaks->store = barn->store;
	store_walk_live(barn, note_leak, leaks);
	guard_walk(barn, note_leak, leaks);
	for (size_t i = 0; i < leaks->listed; i++)
		leaks->tracks[i] = track_of(leaks, leaks->objects[i]);
}

/* After a line that says why. No lock of a store. */
static void leaks_print(const struct leaks *leaks)
{
	struct symbols symbols = SYMBOLS_INIT;

	for (size_t i = 0; i < leaks->listed; i++) {
		report("%s: object %p is still allocated", leaks->name, leaks->objects[i]);
		report_count_error();
		debug_print_track(&symbols, "Allocated", &leaks->tracks[i]);
	}
	symbols_close(&symbols);
	if (leaks->live > leaks->listed)
		report("%s: and %zu more", leaks->name, leaks->live - leaks->listed);
	report_bug_end();
}

/* Leave the store; return it if that was the last cache in it. */
static struct slab_store *leave_store(struct slab_barn *barn)
{
	struct slab_store *store = barn->store;

	lock(&store->lock);
	bool last = store_leave(store, barn);
	if (last)
		store_trim(store, 0);
	unlock(&store->lock);
	if (last)
		share_close(store);
	else if (barn->shares)
		share_open(store);
	return last ? store : NULL;
}

/* The cache keeps nothing outside of itself: the holder may let go of it now. */
static void cache_unpublish(struct kmem_cache *s)
{
	__atomic_store_n(&s->slot, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&s->state, CACHE_DESTROYED, __ATOMIC_RELEASE);
	strncpy(s->last_name, s->barn->name, sizeof(s->last_name) - 1);
	s->barn = NULL;
}

/* What comes of a cache that is destroyed. */
struct end {
	struct slab_store *store; /* empty; NULL if others use it */
	struct leaks leaks;	  /* if there are some, it goes on */
};

/* Wants the lock of the caches held. */
static int destroy_locked(struct kmem_cache *s, struct end *end)
{
	struct slab_barn *barn = s->barn;

	if (s->state == CACHE_FRESH && s->init) { /* defined, and never used */
		__atomic_store_n(&s->state, CACHE_DESTROYED, __ATOMIC_RELEASE);
		return 0;
	}
	if (s->state != CACHE_READY) {
		report_bug("%s: kmem_cache_destroy() of a cache that is not set up", cache_name(s));
		return -EINVAL;
	}
	slots_reclaim(barn);
	lock(&barn->store->lock);
	leaks_find(&end->leaks, barn);
	unlock(&barn->store->lock);
	if (end->leaks.live)
		return -EBUSY;
	cache_unpublish(s);
	end->store = leave_store(barn);
	list_del(&barn->node);
	slot_release(barn->slot);
	barn_unmake(barn);
	return 0;
}

static void report_leaks(const struct leaks *leaks)
{
	report_bug_begin("%s: kmem_cache_destroy() with %zu object%s allocated", leaks->name,
			 leaks->live, leaks->live == 1 ? "" : "s");
	leaks_print(leaks);
}

static void store_end(struct slab_store *store, const void *caller)
{
	if (store->by_rcu)
		rcu_drain(); /* its slabs still refer to it */
	debug_store_end(store, caller);
	lock_end(&store->lock);
	meta_free(store, sizeof(*store));
}

int(kmem_cache_destroy)(struct kmem_cache *s)
{
	struct end end = { 0 };

	if (!s)
		return 0;
	/* Objects that are as good as free are not leaks. */
	rcu_drain();
	waiting_free_all();
	lock(&caches_lock);
	int error = destroy_locked(s, &end);
	unlock(&caches_lock);
	if (end.leaks.live)
		report_leaks(&end.leaks);
	if (end.store)
		store_end(end.store, __builtin_return_address(0));
	pages_settle();
	/* What is left is what a late user finds, until the memory is a cache again. */
	if (!error && s->dynamic)
		meta_free(s, sizeof(*s));
	return error;
}

/*
 * The holder's memory goes away with the cache in it. What threads have at hand is taken back;
 * objects that are still allocated stay so, and may be freed by kfree().
 */
static void lose(struct slab_barn *barn, const char *file)
{
	struct leaks leaks;

	slots_reclaim(barn);
	lock(&barn->store->lock);
	leaks_find(&leaks, barn);
	store_no_fast_free(barn->store);
	store_trim(barn->store, 0);
	unlock(&barn->store->lock);
	cache_unpublish(barn->cache);
	barn->cache = NULL;
	slot_release(barn->slot);
	barn->slot = 0;
	barn->quick = 0;
	barn->fast = 0;
	report_bug_begin("%s: %s is unloaded and takes the cache with it, %zu object%s allocated",
			 leaks.name, file, leaks.live, leaks.live == 1 ? "" : "s");
	leaks_print(&leaks);
	debug_flush(barn->store, NULL);
}

void slab_holder_unloaded(const void *address)
{
	const char *file;
	const void *owner =
		__atomic_load_n(&exiting, __ATOMIC_RELAXED) ? NULL : owner_of(address, &file);

	if (!owner)
		return;
	rcu_drain();
	waiting_free_all();
	lock(&caches_lock);
	list_for_each (node, &slab_beacon.caches) {
		struct slab_barn *barn = list_entry(node, struct slab_barn, node);

		if (barn->owner == owner && barn->cache)
			lose(barn, file);
	}
	unlock(&caches_lock);
}

int(kmem_cache_shrink)(struct kmem_cache *s)
{
	if (!cache_ready(s, "kmem_cache_shrink()", GFP_KERNEL))
		return -EINVAL;
	struct slab_barn *barn = s->barn;

	waiting_free_all();
	slot_empty_mine(barn);
	slots_shrink(barn);
	lock(&barn->store->lock);
	barn_empty(barn);
	store_trim(barn->store, 0);
	size_t left = barn->nr_inuse + guard_count(barn);
	unlock(&barn->store->lock);
	debug_flush(barn->store, __builtin_return_address(0));
	lock(&caches_lock);
	caches_walk(give_back_large, NULL);
	unlock(&caches_lock);
	large_purge();
	pages_purge();
	return left != 0;
}

size_t(kmem_cache_size)(struct kmem_cache *s)
{
	return cache_ready(s, "kmem_cache_size()", GFP_KERNEL) ? s->object_size : 0;
}

void kmem_cache_layout(size_t *size, size_t *align)
{
	struct placed {
		char before;
		struct kmem_cache cache;
	};

	*size = sizeof(struct kmem_cache);
	*align = offsetof(struct placed, cache);
}
