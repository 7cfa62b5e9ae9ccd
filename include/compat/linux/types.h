/* SPDX-License-Identifier: MIT */
#ifndef SLAB_COMPAT_LINUX_TYPES_H
#define SLAB_COMPAT_LINUX_TYPES_H

/*
 * The kernel's basic types for code from the kernel. It stands before the system's header of the
 * same name, so it has all that one has, too.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <asm/posix_types.h>
#include <asm/types.h>

#include <slab/slab-flags.h>

typedef __u8 u8;
typedef __s8 s8;
typedef __u16 u16;
typedef __s16 s16;
typedef __u32 u32;
typedef __s32 s32;
/* Not __u64: the one that printf()'s PRIx64 is for, on every architecture. */
typedef uint64_t u64;
typedef int64_t s64;

/* Marks for a checker of the kernel's. */
#ifndef __bitwise
#define __bitwise
#endif
#ifndef __force
#define __force
#endif
#ifndef __user
#define __user
#endif
#ifndef __rcu
#define __rcu
#endif

/* Attributes that the kernel's build gives to every source. */
#ifndef __must_check
#define __must_check __attribute__((warn_unused_result))
#endif
#ifndef __cold
#define __cold __attribute__((cold))
#endif
#ifndef fallthrough
#define fallthrough __attribute__((fallthrough))
#endif

typedef __u16 __bitwise __le16;
typedef __u16 __bitwise __be16;
typedef __u32 __bitwise __le32;
typedef __u32 __bitwise __be32;
typedef __u64 __bitwise __le64;
typedef __u64 __bitwise __be64;
typedef __u16 __bitwise __sum16;
typedef __u32 __bitwise __wsum;
typedef unsigned int __bitwise __poll_t;
#ifdef __SIZEOF_INT128__
__extension__ typedef signed __int128 __s128 __attribute__((aligned(16)));
__extension__ typedef unsigned __int128 __u128 __attribute__((aligned(16)));
#endif

#ifndef __aligned_u64
#define __aligned_u64  __u64 __attribute__((aligned(8)))
#define __aligned_be64 __be64 __attribute__((aligned(8)))
#define __aligned_le64 __le64 __attribute__((aligned(8)))
#endif

typedef unsigned long pgoff_t;
typedef u64 phys_addr_t;
typedef u64 dma_addr_t;

typedef struct {
	int counter;
} atomic_t;

typedef struct {
	long counter;
} atomic_long_t;

struct list_head {
	struct list_head *next, *prev;
};

struct hlist_head {
	struct hlist_node *first;
};

struct hlist_node {
	struct hlist_node *next, **pprev;
};

struct page;
struct kmem_cache;

#endif
