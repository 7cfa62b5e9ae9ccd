/* SPDX-License-Identifier: MIT */
#ifndef SLAB_SLAB_FLAGS_H
#define SLAB_SLAB_FLAGS_H

/*
 * Flags of allocations (gfp_t) and of caches (slab_flags_t). Names and meanings are Linux's; the
 * values are this library's own and may change with its major version. Those of gfp_t fit in
 * __GFP_BITS_SHIFT bits, and what changes an allocation keeps off the low six: code from the kernel
 * has marks of its own in both places.
 */

/*
 * Functions that hot code calls: through the address that the dynamic linker fills in, without a
 * stub in between.
 */
#ifdef __has_attribute
#if __has_attribute(noplt)
#define SLAB_CALL __attribute__((noplt))
#endif
#endif
#ifndef SLAB_CALL
#define SLAB_CALL
#endif

/** gfp_t - flags of an allocation: GFP_*, maybe with __GFP_* */
typedef unsigned int gfp_t;

/** slab_flags_t - flags of a cache: SLAB_* */
typedef unsigned int slab_flags_t;

/**
 * __GFP_DMA, __GFP_HIGHMEM, __GFP_DMA32, __GFP_MOVABLE, __GFP_RECLAIMABLE - accepted hints on zones
 * and mobility
 */
#define __GFP_DMA	  0x0001u
#define __GFP_HIGHMEM	  0x0002u
#define __GFP_DMA32	  0x0004u
#define __GFP_MOVABLE	  0x0008u
#define __GFP_RECLAIMABLE 0x0010u

/** __GFP_HIGH, __GFP_IO, __GFP_FS - accepted hints on reserves and on what reclaim may do */
#define __GFP_HIGH 0x0020u
#define __GFP_IO   0x0040u
#define __GFP_FS   0x0080u

/** __GFP_ZERO - the object is handed out filled with zeros */
#define __GFP_ZERO 0x0100u

/**
 * __GFP_DIRECT_RECLAIM - may wait for the system: map memory, take page faults
 *
 * Without it only memory held already is given.
 */
#define __GFP_DIRECT_RECLAIM 0x0400u

/** __GFP_NOFAIL - no memory aborts the program with a message; NULL is never returned */
#define __GFP_NOFAIL 0x8000u

/**
 * __GFP_KSWAPD_RECLAIM, __GFP_WRITE, __GFP_NOWARN, __GFP_RETRY_MAYFAIL, __GFP_NORETRY,
 * __GFP_MEMALLOC, __GFP_COMP, __GFP_NOMEMALLOC, __GFP_HARDWALL, __GFP_THISNODE - accepted: nothing
 * is ever retried, printed or bound to a node at an allocation
 */
#define __GFP_KSWAPD_RECLAIM 0x0800u
#define __GFP_WRITE	     0x1000u
#define __GFP_NOWARN	     0x2000u
#define __GFP_RETRY_MAYFAIL  0x4000u
#define __GFP_NORETRY	     0x010000u
#define __GFP_MEMALLOC	     0x020000u
#define __GFP_COMP	     0x040000u
#define __GFP_NOMEMALLOC     0x080000u
#define __GFP_HARDWALL	     0x100000u
#define __GFP_THISNODE	     0x200000u

/** __GFP_ACCOUNT - kmalloc() and its kin charge the current group of <slab/slab-account.h> */
#define __GFP_ACCOUNT 0x400000u

/**
 * __GFP_ZEROTAGS, __GFP_SKIP_ZERO, __GFP_SKIP_KASAN, __GFP_NOLOCKDEP, __GFP_NO_OBJ_EXT - without a
 * bit, as in a kernel built without what they are for
 */
#define __GFP_ZEROTAGS	 0u
#define __GFP_SKIP_ZERO	 0u
#define __GFP_SKIP_KASAN 0u
#define __GFP_NOLOCKDEP	 0u
#define __GFP_NO_OBJ_EXT 0u

/** __GFP_BITS_SHIFT, __GFP_BITS_MASK - the bits that flags may have, now and later */
#define __GFP_BITS_SHIFT 27
#define __GFP_BITS_MASK	 ((1u << __GFP_BITS_SHIFT) - 1)

/** __GFP_RECLAIM - __GFP_DIRECT_RECLAIM and its hint */
#define __GFP_RECLAIM (__GFP_DIRECT_RECLAIM | __GFP_KSWAPD_RECLAIM)

/** GFP_ZONEMASK - the hints on zones */
#define GFP_ZONEMASK (__GFP_DMA | __GFP_HIGHMEM | __GFP_DMA32 | __GFP_MOVABLE)

/**
 * GFP_KERNEL, GFP_NOIO, GFP_NOFS, GFP_USER, GFP_HIGHUSER - the usual flags: memory is asked of the
 * system where none is held
 */
#define GFP_KERNEL   (__GFP_RECLAIM | __GFP_IO | __GFP_FS)
#define GFP_NOIO     __GFP_RECLAIM
#define GFP_NOFS     (__GFP_RECLAIM | __GFP_IO)
#define GFP_USER     (GFP_KERNEL | __GFP_HARDWALL)
#define GFP_HIGHUSER (GFP_USER | __GFP_HIGHMEM)

/** GFP_KERNEL_ACCOUNT - GFP_KERNEL with __GFP_ACCOUNT */
#define GFP_KERNEL_ACCOUNT (GFP_KERNEL | __GFP_ACCOUNT)

/** GFP_NOWAIT, GFP_ATOMIC - only memory held already is given, without a system call */
#define GFP_NOWAIT (__GFP_KSWAPD_RECLAIM | __GFP_NOWARN)
#define GFP_ATOMIC (__GFP_HIGH | __GFP_KSWAPD_RECLAIM)

/** GFP_HIGHUSER_MOVABLE, GFP_TRANSHUGE_LIGHT, GFP_TRANSHUGE - for pages there, more hints here */
#define GFP_HIGHUSER_MOVABLE (GFP_HIGHUSER | __GFP_MOVABLE | __GFP_SKIP_KASAN)
#define GFP_TRANSHUGE_LIGHT                                                      \
	((GFP_HIGHUSER_MOVABLE | __GFP_COMP | __GFP_NOMEMALLOC | __GFP_NOWARN) & \
	 ~(gfp_t)__GFP_RECLAIM)
#define GFP_TRANSHUGE (GFP_TRANSHUGE_LIGHT | __GFP_DIRECT_RECLAIM)

/** GFP_DMA, GFP_DMA32 - accepted hints on zones; alone they are as GFP_NOWAIT */
#define GFP_DMA	  __GFP_DMA
#define GFP_DMA32 __GFP_DMA32

/** gfpflags_allow_blocking - may an allocation with these flags wait? */
static inline int gfpflags_allow_blocking(gfp_t gfp)
{
	return (gfp & __GFP_DIRECT_RECLAIM) != 0;
}

/** SLAB_HWCACHE_ALIGN - objects start at cache lines; those of half a line or less share one */
#define SLAB_HWCACHE_ALIGN 0x0001u

/** SLAB_PANIC - a failed creation prints the reason and aborts */
#define SLAB_PANIC 0x0002u

/** SLAB_NO_MERGE - never share slabs with another cache */
#define SLAB_NO_MERGE 0x0004u

/**
 * SLAB_TYPESAFE_BY_RCU - the memory of a freed object stays an object of this cache for readers
 *
 * It may be handed out again at once, but goes nowhere else until every reader has left its
 * read-side critical section (see <slab/slab-rcu.h>). In a library without liburcu creation fails
 * with EOPNOTSUPP.
 */
#define SLAB_TYPESAFE_BY_RCU 0x0008u

/**
 * SLAB_RECLAIM_ACCOUNT, SLAB_TEMPORARY, SLAB_NOLEAKTRACE, SLAB_NO_USER_FLAGS, SLAB_CACHE_DMA,
 * SLAB_CACHE_DMA32 - accepted hints
 */
#define SLAB_RECLAIM_ACCOUNT 0x0010u
#define SLAB_TEMPORARY	     SLAB_RECLAIM_ACCOUNT
#define SLAB_NOLEAKTRACE     0x0020u
#define SLAB_NO_USER_FLAGS   0x0040u
#define SLAB_CACHE_DMA	     0x0080u
#define SLAB_CACHE_DMA32     0x0100u

/**
 * SLAB_ACCOUNT - each object is charged to the current group of <slab/slab-account.h>
 *
 * Allocating takes longer.
 */
#define SLAB_ACCOUNT 0x0400u

/**
 * SLAB_CONSISTENCY_CHECKS - each free is checked at once; so it is with any debug flag
 *
 * SLAB_DEBUG in the environment adds debug flags, see <slab/slab-debug.h>. A cache with one of them
 * has no fast path and shares slabs with no other.
 */
#define SLAB_CONSISTENCY_CHECKS 0x001000u

/** SLAB_RED_ZONE - around each object are bytes that nobody should write to; a free looks at them
 */
#define SLAB_RED_ZONE 0x002000u

/**
 * SLAB_POISON - free objects are filled, and an allocation looks at what they are filled with
 *
 * Not objects with a ctor or SLAB_TYPESAFE_BY_RCU, whose state is kept.
 */
#define SLAB_POISON 0x004000u

/** SLAB_STORE_USER - reports say where, by whom and when an object was allocated and freed */
#define SLAB_STORE_USER 0x008000u

/** SLAB_TRACE - each allocation and each free is printed */
#define SLAB_TRACE 0x010000u

/** SLAB_FAILSLAB - allocations may fail on purpose, see slab_failslab_set() */
#define SLAB_FAILSLAB 0x020000u

#endif
