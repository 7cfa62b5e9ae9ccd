/* SPDX-License-Identifier: MIT */

/*
 * GFP_NOWAIT makes no system call: each case runs in a child whose thread is killed by the kernel
 * for any call but write() and the exit. What it may not do for want of memory, it must do without.
 */

#include "harness.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <slab/slab-static.h>

#include "forms.h"

#define OBJECTS 5000

struct nowait_case {
	const struct forms *forms;
	struct kmem_cache *cache;
	void (*run)(struct nowait_case *nowait);
	size_t got;
	void *objects[OBJECTS];
};

/* No more system calls for the calling thread. */
static bool forbid_calls(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_write, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { ARRAY_SIZE(filter), filter };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* Sanitizers, Valgrind and emulators make calls of their own, and containers may forbid filters. */
static void try_to_forbid(void *data)
{
	(void)data;
	_exit(forbid_calls() ? 0 : 1);
}

static bool can_forbid_calls(void)
{
	return !SANITIZED && !on_valgrind() && in_child(try_to_forbid, NULL) == 0;
}

static void *run_alone(void *data)
{
	struct nowait_case *nowait = data;

	CHECK(forbid_calls());
	nowait->run(nowait);
	_exit(0);
}

static void run_in_this_thread(void *data)
{
	run_alone(data);
}

static void run_in_fresh_thread(void *data)
{
	in_thread(run_alone, data);
}

static void take_all(struct nowait_case *nowait)
{
	nowait->got = 0;
	while (nowait->got < OBJECTS) {
		void *object = nowait->forms->alloc(nowait->cache, GFP_NOWAIT);

		if (!object)
			break;
		nowait->objects[nowait->got++] = object;
	}
}

/* Slabs of the cache that are there are used up, whatever thread it is. */
static void take_from_slabs(struct nowait_case *nowait)
{
	take_all(nowait);
	CHECK(nowait->got >= 100);
	CHECK(nowait->forms->alloc(nowait->cache, GFP_ATOMIC) == NULL || nowait->got == OBJECTS);
}

/* No memory is held: NULL. */
static void take_nothing(struct nowait_case *nowait)
{
	errno = 0;
	CHECK(!nowait->forms->alloc(nowait->cache, GFP_NOWAIT));
	CHECK(errno == ENOMEM);
	CHECK(!nowait->forms->zalloc(nowait->cache, GFP_ATOMIC));
	CHECK(kmem_cache_alloc_bulk(nowait->cache, GFP_NOWAIT, 10, nowait->objects) == 0);
}

/* More than there is: what was gathered goes back, without a call either. */
static void bulk_too_many(struct nowait_case *nowait)
{
	errno = 0;
	CHECK(kmem_cache_alloc_bulk(nowait->cache, GFP_NOWAIT, OBJECTS, nowait->objects) == 0);
	CHECK(errno == ENOMEM);
	take_from_slabs(nowait);
}

/* Objects that are set aside, taken and given back; more than there is cannot be set aside. */
static void set_aside(struct nowait_case *nowait)
{
	struct kmem_cache *s = nowait->cache;
	struct slab_sheaf *sheaf = kmem_cache_prefill_sheaf(s, GFP_NOWAIT, 100);

	CHECK(sheaf);
	CHECK(kmem_cache_refill_sheaf(s, GFP_ATOMIC, &sheaf, 120) == 0);
	CHECK(kmem_cache_refill_sheaf(s, GFP_NOWAIT, &sheaf, OBJECTS) == -ENOMEM);
	CHECK(kmem_cache_alloc_from_sheaf(s, GFP_NOWAIT | __GFP_ZERO, sheaf));
	kmem_cache_return_sheaf(s, GFP_NOWAIT, sheaf);
	CHECK(!kmem_cache_prefill_sheaf(s, GFP_NOWAIT, OBJECTS));
	take_from_slabs(nowait);
	/* Room for sheaves ends, too. */
	while (kmem_cache_prefill_sheaf(s, GFP_NOWAIT, 0))
		;
}

static void kmalloc_nowait(struct nowait_case *nowait)
{
	(void)nowait;
	void *small = kmalloc(100, GFP_NOWAIT);
	void *large = kmalloc((size_t)1 << 20, GFP_NOWAIT);
	void *zeroed = kzalloc(100, GFP_ATOMIC);

	CHECK(small && zeroed && is_filled_with(zeroed, 100, 0));
	CHECK(krealloc(small, 128, GFP_NOWAIT) == small);
	CHECK(!krealloc(zeroed, (size_t)3 << 20, GFP_ATOMIC));
	(void)large;
	CHECK(!kmalloc((size_t)3 << 20, GFP_NOWAIT));
}

static DEFINE_KMEM_CACHE(defined, char[64], 0);

/* Set up on the way, from memory that is held, until there is no more. */
static void first_use(struct nowait_case *nowait)
{
	static struct kmem_cache_opaque many[2000];
	size_t n = 0;

	CHECK(nowait->forms->alloc(to_kmem_cache(&defined), GFP_NOWAIT));
	do {
		CHECK(n < ARRAY_SIZE(many));
		many[n].init = defined.init;
	} while (nowait->forms->alloc(to_kmem_cache(&many[n++]), GFP_NOWAIT));
}

static void expect_quiet(const struct forms *forms, size_t size, size_t held,
			 void (*run)(struct nowait_case *nowait))
{
	static struct nowait_case nowait;
	static void *objects[OBJECTS];
	struct kmem_cache *s = kmem_cache_create("nowait", size, NULL, 0);

	nowait.forms = forms;
	nowait.cache = s;
	nowait.run = run;
	if (held) {
		/* One object stays, so that its slab does. */
		CHECK(kmem_cache_alloc_bulk(s, GFP_KERNEL, held, objects));
		kmem_cache_free_bulk(s, held - 1, objects);
	}
	assert_true(exited_with(in_child(run_in_this_thread, &nowait), 0));
	assert_true(exited_with(in_child(run_in_fresh_thread, &nowait), 0));
	if (held)
		kmem_cache_free(s, objects[held - 1]);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* The filter bites, else all of this proves nothing. */
static void make_a_call(struct nowait_case *nowait)
{
	(void)nowait;
	(void)getppid();
}

static void test_filter(void **state)
{
	static struct nowait_case nowait = { .run = make_a_call };
	(void)state;

	assert_true(killed_by(in_child(run_in_this_thread, &nowait), SIGSYS));
	assert_true(killed_by(in_child(run_in_fresh_thread, &nowait), SIGSYS));
}

static void test_from_slabs(void **state)
{
	expect_quiet(*state, 512, 300, take_from_slabs);
}

/* First of all: no segment is held yet. */
static void test_nothing_held(void **state)
{
	expect_quiet(*state, (size_t)3 << 20, 0, take_nothing);
	expect_quiet(*state, 64, 0, take_nothing);
}

static void test_bulk_too_many(void **state)
{
	expect_quiet(*state, 512, 300, bulk_too_many);
}

static void test_set_aside(void **state)
{
	(void)state;
	expect_quiet(&called, 512, 300, set_aside);
}

/* Before any other, also where its call site chooses the cache. */
static void first_kmalloc(struct nowait_case *nowait)
{
	take_nothing(nowait);
	CHECK(!kmalloc(64, GFP_NOWAIT));
}

static void test_first_kmalloc(void **state)
{
	(void)state;
	expect_quiet(&called, 64, 0, first_kmalloc);
}

static void test_first_use(void **state)
{
	expect_quiet(*state, 64, 300, first_use);
}

static void test_kmalloc(void **state)
{
	(void)state;
	kfree(kmalloc(100, GFP_KERNEL));
	expect_quiet(&called, 64, 0, kmalloc_nowait);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_kmalloc), /* no other test, nor a segment is held */
		cmocka_unit_test(test_filter),	      BOTH_FORMS(test_nothing_held),
		BOTH_FORMS(test_from_slabs),	      BOTH_FORMS(test_bulk_too_many),
		BOTH_FORMS(test_first_use),	      cmocka_unit_test(test_kmalloc),
		cmocka_unit_test(test_set_aside),
	};

	if (!can_forbid_calls()) {
		puts("1..0 # SKIP no system call filters here");
		return 0;
	}
	return cmocka_run_group_tests_name("nowait", tests, NULL, NULL);
}
