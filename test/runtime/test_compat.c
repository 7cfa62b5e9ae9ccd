/* SPDX-License-Identifier: MIT */
/* Code as it stands in the kernel, under the kernel's include paths. */
#include "harness.h"

#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/mempool.h>
#include <linux/slab-static.h>
#include <linux/slab.h>
#include <linux/types.h>
#ifdef SLAB_RCU
#include <linux/rcupdate.h>
#endif

#include <errno.h>

#include <cmocka.h>

struct session {
	u64 id;
	__le32 flags;
	atomic_t users;
	struct list_head list;
#ifdef SLAB_RCU
	struct rcu_head rcu;
#endif
};

static struct kmem_cache *session_cache;

static struct session *session_new(u64 id, gfp_t gfp)
{
	struct session *session = kmem_cache_alloc_lru(session_cache, NULL, gfp | __GFP_ZERO);

	if (!session)
		return ERR_PTR(-ENOMEM);
	if (!id) {
		kmem_cache_free(session_cache, session);
		return ERR_PTR(-EINVAL);
	}
	session->id = id;
	return session;
}

static int start(void **state)
{
	(void)state;
	session_cache = KMEM_CACHE(session, SLAB_HWCACHE_ALIGN | SLAB_ACCOUNT | SLAB_PANIC);
	return session_cache ? 0 : -1;
}

static int stop(void **state)
{
	(void)state;
	return kmem_cache_destroy(session_cache);
}

/* What <linux/cleanup.h> has, comes with <linux/slab.h>, too; errors in pointers are left alone. */
static struct session *session_new_or_error(u64 id)
{
	struct session *session __free(kfree) = session_new(id, GFP_KERNEL);

	if (IS_ERR(session))
		return ERR_PTR(PTR_ERR(session));
	return_ptr(session);
}

static void test_cleanup(void **state)
{
	(void)state;
	EXPECT_REPORT("", assert_int_equal(PTR_ERR(session_new_or_error(0)), -EINVAL));
	struct session *session = session_new_or_error(3);
	assert_int_equal(session->id, 3);
	kfree(session);
}

static void test_errors_in_pointers(void **state)
{
	struct session *session = session_new(0, GFP_KERNEL);
	(void)state;

	assert_true(IS_ERR(session));
	assert_true(IS_ERR_OR_NULL(session));
	assert_int_equal(PTR_ERR(session), -EINVAL);
	assert_int_equal(PTR_ERR_OR_ZERO(session), -EINVAL);
	assert_int_equal(PTR_ERR((int *)ERR_CAST(session)), -EINVAL);
	assert_true(IS_ERR_OR_NULL(NULL));
	assert_false(IS_ERR(NULL));

	session = session_new(1, GFP_NOFS);
	assert_false(IS_ERR_OR_NULL(session));
	assert_int_equal(PTR_ERR_OR_ZERO(session), 0);
	assert_int_equal(session->users.counter, 0);
	kmem_cache_free(session_cache, session);
	/* The last address of an object is none of an error. */
	assert_false(IS_ERR_VALUE((uintptr_t)-MAX_ERRNO - 1));
	assert_true(IS_ERR_VALUE((uintptr_t)-MAX_ERRNO));
}

static void test_types(void **state)
{
	(void)state;
	assert_int_equal(sizeof(u8) + sizeof(u16) + sizeof(u32) + sizeof(u64), 15);
	assert_int_equal(sizeof(s8) + sizeof(s16) + sizeof(s32) + sizeof(s64), 15);
	assert_true((s8)-1 < 0 && (s16)-1 < 0 && (s32)-1 < 0 && (s64)-1 < 0);
	assert_true(sizeof(__be16) == 2 && sizeof(__be32) == 4 && sizeof(__be64) == 8);
	struct wire {
		char before;
		__aligned_u64 number;
	};
	assert_int_equal(offsetof(struct wire, number), 8);
	assert_int_equal(__GFP_BITS_MASK & (GFP_KERNEL | GFP_ATOMIC | GFP_HIGHUSER),
			 GFP_KERNEL | GFP_ATOMIC | GFP_HIGHUSER);
	assert_true(gfpflags_allow_blocking(GFP_NOIO));
	assert_false(gfpflags_allow_blocking(GFP_ATOMIC));
	void *object = kmalloc(1, GFP_DMA | GFP_KERNEL);
	assert_int_equal((uintptr_t)object % ARCH_KMALLOC_MINALIGN, 0);
	assert_int_equal((uintptr_t)object % ARCH_SLAB_MINALIGN, 0);
	kfree(object);
}

#ifdef SLAB_RCU
static struct session __rcu *current_session = RCU_INITIALIZER(NULL);

static void test_rcu(void **state)
{
	struct session *old, *new = session_new(2, GFP_KERNEL);
	(void)state;

	assert_null(rcu_access_pointer(current_session));
	assert_int_equal(sizeof(struct callback_head), sizeof(old->rcu));
	RCU_INIT_POINTER(current_session, session_new(1, GFP_KERNEL));
	rcu_read_lock();
	assert_true(rcu_read_lock_held());
	assert_int_equal(rcu_dereference(current_session)->id, 1);
	old = rcu_replace_pointer(current_session, new, true);
	assert_int_equal(rcu_dereference_check(current_session, true)->id, 2);
	assert_int_equal(old->id, 1);
	rcu_read_unlock();
	kfree_rcu(old, rcu);
	old = rcu_dereference_protected(current_session, true);
	assert_ptr_equal(rcu_access_pointer(current_session), new);
	rcu_assign_pointer(current_session, NULL);
	assert_null(rcu_dereference_raw(current_session));
	synchronize_rcu();
	kmem_cache_free(session_cache, old);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_errors_in_pointers),
		cmocka_unit_test(test_cleanup),
		cmocka_unit_test(test_types),
#ifdef SLAB_RCU
		cmocka_unit_test(test_rcu),
#endif
	};

	return cmocka_run_group_tests(tests, start, stop);
}
