/* SPDX-License-Identifier: MIT */
#include "stack.h"

#include <execinfo.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "fork.h"
#include "meta.h"
#include "os.h"

#define BUCKETS 4096
/* Frames of the library itself, before the one that called it. */
#define SKIP_MAX 12

/* Stacks by hash, the newest first. They are never taken out, so readers need no lock. */
static const struct stack *buckets[BUCKETS];

/* The first call of backtrace() loads libgcc. */
static bool started;

static __thread uint32_t thread_id;

/* FNV-1a over whole addresses. */
static uint64_t hash_of(void *const *frames, uint32_t nr)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (uint32_t i = 0; i < nr; i++)
		hash = (hash ^ (uintptr_t)frames[i]) * UINT64_C(0x100000001b3);
	return hash;
}

/* Look among those from @from up to @until, which was looked at before. */
static const struct stack *find(const struct stack *from, const struct stack *until, uint64_t hash,
				void *const *frames, uint32_t nr)
{
	for (; from != until; from = from->next)
		if (from->hash == hash && from->nr == nr &&
		    memcmp(from->frames, frames, nr * sizeof(*frames)) == 0)
			return from;
	return NULL;
}

static struct stack *stack_make(uint64_t hash, void *const *frames, uint32_t nr, gfp_t gfp)
{
	struct stack *stack = meta_alloc(sizeof(*stack) + nr * sizeof(*frames), gfp);

	if (stack) {
		stack->hash = hash;
		stack->nr = nr;
		memcpy(stack->frames, frames, nr * sizeof(*frames));
	}
	return stack;
}

static const struct stack *stack_keep(void *const *frames, uint32_t nr, gfp_t gfp)
{
	uint64_t hash = hash_of(frames, nr);
	/* By the upper bits, which depend on all frames. */
	const struct stack **bucket = &buckets[(hash >> 32) % BUCKETS];
	const struct stack *seen = NULL;
	struct stack *mine = NULL;

	for (;;) {
		/* Acquire: pairs with the release below. */
		const struct stack *head = __atomic_load_n(bucket, __ATOMIC_ACQUIRE);
		const struct stack *known = find(head, seen, hash, frames, nr);

		if (known || (!mine && !(mine = stack_make(hash, frames, nr, gfp)))) {
			meta_free(mine, sizeof(*mine) + nr * sizeof(*frames));
			return known;
		}
		mine->next = head;
		seen = head;
		if (__atomic_compare_exchange_n(bucket, &head, mine, false, __ATOMIC_RELEASE,
						__ATOMIC_RELAXED))
			return mine;
	}
}

const struct stack *stack_capture(const void *caller, gfp_t gfp)
{
	void *frames[SKIP_MAX + STACK_FRAMES];

	/* Relaxed: two threads at once only load it twice. */
	if (!__atomic_load_n(&started, __ATOMIC_RELAXED) && !(gfp & __GFP_DIRECT_RECLAIM))
		return NULL;
	int found = backtrace(frames, SKIP_MAX + STACK_FRAMES);
	uint32_t nr = found > 0 ? (uint32_t)found : 0;
	uint32_t first = 0;

	__atomic_store_n(&started, true, __ATOMIC_RELAXED);
	while (first < nr && first < SKIP_MAX && frames[first] != caller)
		first++;
	if (first == nr || frames[first] != caller) { /* not unwound as far as that */
		frames[0] = (void *)caller;
		first = 0;
		nr = 1;
	}
	nr -= first;
	if (nr > STACK_FRAMES)
		nr = STACK_FRAMES;
	return stack_keep(frames + first, nr, gfp);
}

/* The thread has another number in the child. */
static void forget_thread_id(void)
{
	thread_id = 0;
}

struct track track_now(const struct stack *stack, gfp_t gfp)
{
	if (!thread_id && gfp & __GFP_DIRECT_RECLAIM) {
		fork_in_child(FORK_STACK, forget_thread_id);
		thread_id = os_thread_id();
	}
	struct track track = { stack, os_now_ms(), thread_id };

	return track;
}
