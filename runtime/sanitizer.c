/* SPDX-License-Identifier: MIT */
#include "sanitizer.h"

#include "options.h"
#include "report.h"

#ifdef SLAB_VALGRIND
#include <valgrind/memcheck.h>
#endif

/* At least what Valgrind reads over at most in one access. */
#define GAP 32

/* In the program if it is built with the sanitizer; else NULL. */
#define MAYBE __attribute__((weak))
MAYBE void __asan_poison_memory_region(const volatile void *start, size_t bytes);
MAYBE void __asan_unpoison_memory_region(const volatile void *start, size_t bytes);
MAYBE void __sanitizer_print_stack_trace(void);
MAYBE void __lsan_register_root_region(const void *start, size_t bytes);
MAYBE void __lsan_unregister_root_region(const void *start, size_t bytes);

#ifdef SLAB_VALGRIND
static void memcheck_print_stack(void)
{
	VALGRIND_PRINTF_BACKTRACE("slab: found\n");
}

/* Other tools of Valgrind, which count or trace, see the program as it is. */
static bool memcheck_listens(void)
{
	static char probe;

	return VALGRIND_MAKE_MEM_DEFINED(&probe, sizeof(probe)) != 0;
}
#else
static void memcheck_print_stack(void)
{
}

static bool memcheck_listens(void)
{
	return false;
}
#endif

static bool asan_listens(void)
{
	return __asan_poison_memory_region && __asan_unpoison_memory_region;
}

/* For a bug that the library itself has found. */
static void print_stack(void)
{
	if (asan_listens() && __sanitizer_print_stack_trace)
		__sanitizer_print_stack_trace();
	else
		memcheck_print_stack();
}

/* Asked once; two threads at once come to the same answer. */
static bool is_heard(void)
{
	enum { UNKNOWN, HEARD, UNHEARD };
	static int state;
	int known = __atomic_load_n(&state, __ATOMIC_RELAXED);

	if (known == UNKNOWN) {
		known = asan_listens() || memcheck_listens() ? HEARD : UNHEARD;
		if (known == HEARD)
			report_stacks_by(print_stack);
		__atomic_store_n(&state, known, __ATOMIC_RELAXED);
	}
	return known == HEARD;
}

bool sanitizer_on(void)
{
	static struct options_switch option = { "SLAB_SANITIZER", true, 0 };

	return options_is_on(&option) && is_heard();
}

size_t sanitizer_gap(void)
{
	return sanitizer_on() ? GAP : 0;
}

static void asan_forbid(const void *start, size_t bytes)
{
	if (asan_listens())
		__asan_poison_memory_region(start, bytes);
}

static void asan_allow(const void *start, size_t bytes)
{
	if (asan_listens())
		__asan_unpoison_memory_region(start, bytes);
}

void sanitizer_forbid(const void *start, size_t bytes)
{
	if (!sanitizer_on())
		return;
	asan_forbid(start, bytes);
#ifdef SLAB_VALGRIND
	VALGRIND_MAKE_MEM_NOACCESS(start, bytes);
#endif
}

void sanitizer_allow(const void *start, size_t bytes)
{
	if (!sanitizer_on())
		return;
	asan_allow(start, bytes);
#ifdef SLAB_VALGRIND
	VALGRIND_MAKE_MEM_DEFINED(start, bytes);
#endif
}

void sanitizer_object(const void *object, size_t bytes, bool filled)
{
	if (!sanitizer_on())
		return;
	asan_allow(object, bytes);
#ifdef SLAB_VALGRIND
	/* No red zones: those would be forbidden, and pages have neighbours. */
	VALGRIND_MALLOCLIKE_BLOCK(object, bytes, 0, filled);
#else
	(void)filled;
#endif
}

void sanitizer_free(const void *object, size_t bytes)
{
	if (!sanitizer_on())
		return;
	asan_forbid(object, bytes);
#ifdef SLAB_VALGRIND
	VALGRIND_FREELIKE_BLOCK(object, 0);
#endif
}

void sanitizer_trim(const void *object, size_t size, size_t bytes)
{
	sanitizer_whole(object, bytes);
	sanitizer_forbid((const char *)object + size, bytes - size);
}

/* Memcheck keeps what it knows of the bytes that may be used already. */
void sanitizer_whole(const void *object, size_t bytes)
{
	if (!sanitizer_on())
		return;
	asan_allow(object, bytes);
#ifdef SLAB_VALGRIND
	VALGRIND_MAKE_MEM_DEFINED(object, bytes);
#endif
}

void sanitizer_root(const void *start, size_t bytes)
{
	if (__lsan_register_root_region && sanitizer_on())
		__lsan_register_root_region(start, bytes);
}

void sanitizer_no_root(const void *start, size_t bytes)
{
	if (__lsan_unregister_root_region && sanitizer_on())
		__lsan_unregister_root_region(start, bytes);
}
