/* SPDX-License-Identifier: MIT */
#ifndef HARNESS_H
#define HARNESS_H

/*
 * What the tests of the runtime share. cmocka's assertions are for the thread and the process that
 * runs the test; CHECK() is for all others as well.
 *
 * From the environment: SEED for the random tests, SLAB_TEST_SCALE for how much of the long ones is
 * run, in percent.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <slab/slab.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED true
#endif
#endif
#ifndef SANITIZED
#define SANITIZED false
#endif

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* Two entries in a list of tests, for the two spellings of the hot calls: *state is struct forms.
 */
#define BOTH_FORMS(test)                                                         \
	{ #test ", called", test, NULL, NULL, (void *)(uintptr_t)&called },      \
	{                                                                        \
#test ", inlined", test, NULL, NULL, (void *)(uintptr_t)&inlined \
	}

/* Say where, and abort. */
#define CHECK(condition) ((condition) ? (void)0 : check_failed(__FILE__, __LINE__, #condition))
void check_failed(const char *file, int line, const char *condition);

/* What an expression writes to stderr, to be exactly @expected. */
#define EXPECT_REPORT(expected, expression)                     \
	do {                                                    \
		capture_begin();                                \
		(expression);                                   \
		assert_string_equal(capture_end(), (expected)); \
	} while (0)

/*
 * Run @wrong_free, which a hardened library and one with SLAB_DEBUG report at once, and others when
 * @flush brings it to the slabs.
 */
#define EXPECT_WRONG_FREE(expected, wrong_free, flush)                       \
	do {                                                                 \
		bool at_once = HARDENED || debugging();                      \
		capture_begin();                                             \
		(wrong_free);                                                \
		assert_string_equal(capture_end(), at_once ? expected : ""); \
		capture_begin();                                             \
		(flush);                                                     \
		assert_string_equal(capture_end(), at_once ? "" : expected); \
	} while (0)

/*
 * Divert stderr to a file, and back; return what was written. One diversion at a time. A program in
 * which the library finds errors at other times fails at its end.
 */
void capture_begin(void);
const char *capture_end(void);
/* The same, with all that debug flags add. */
const char *capture_end_whole(void);

/* A way to write expected text: printf() into one of a few buffers that take turns. */
__attribute__((format(printf, 1, 2))) const char *text(const char *format, ...);

/*
 * Run @fn in a forked child; a child that returns from it ends with _exit(0). Return the status of
 * waitpid(). child_stderr() is what the last child wrote to stderr.
 */
int in_child(void (*fn)(void *data), void *data);
const char *child_stderr(void);
/* It begins like that; an emulator may add a line of its own. */
bool child_said(const char *text);
bool exited_with(int status, int code);
bool killed_by(int status, int signal);

/* Run @program once more, with a switch of the environment that is neither on nor off: it is told.
 */
void check_wrong_switch(const char *program, const char *argument, const char *name);

/* A thread that CHECK()s its creation. */
typedef struct thread_handle thread_handle;
thread_handle *thread_start(void *(*fn)(void *data), void *data);
void *thread_join(thread_handle *thread);
/* Run @fn in a thread of its own and wait for it. */
void in_thread(void *(*fn)(void *data), void *data);

/* xorshift64*: small, and the same everywhere. */
struct rng {
	uint64_t state;
};

/* SEED, "random" for one from the clock, else always the same; printed once. */
uint64_t test_seed(void);
struct rng rng_make(uint64_t seed, uint64_t stream);
uint64_t rng_next(struct rng *rng);
size_t rng_below(struct rng *rng, size_t n);
bool rng_chance(struct rng *rng, unsigned int percent);

/*
 * True if SLAB_DEBUG in the environment may give caches debug flags. Misuse is then found at once,
 * not when an object comes to the slabs, and memory is laid out otherwise; what is captured is cut
 * down to what is said without debug flags, too.
 */
bool debugging(void);

/* True under Valgrind, and under an emulator, of which the tests are told by SLAB_TEST_EMULATED. */
bool on_valgrind(void);
bool on_emulator(void);

/* How often to do something that is done @n times in a plain run; at least once. */
size_t scaled(size_t n);

/* One line of slabinfo_print(). */
struct slabinfo {
	char name[64];
	size_t active, objects, size, per_slab, pages, active_slabs, slabs;
};

/* Find a cache in the table; false if it is not there. */
bool slabinfo_find(const char *name, struct slabinfo *info);
/* The same for a cache that must be there. */
struct slabinfo slabinfo_of(const char *name);
/* The active objects of a size class of kmalloc(), in all copies that it has by call site. */
size_t kmalloc_active(size_t class_size);
/* The cache that an object lies in, by what kmem_dump_obj() says, until the next call; not within a
 * capture. */
const char *cache_of_object(const void *object);
/* The whole table, to be freed by free(). */
char *slabinfo_text(void);

/* True if a page of this range is in memory. */
bool is_resident(const void *start, size_t bytes);
/*
 * The size of the address space in bytes, to see whether something grows; always 0 where others
 * than the program itself fill it.
 */
size_t address_space(void);

/* Fill with, and look for, a pattern that depends on the key and on each byte's place. */
void pattern_fill(void *object, size_t size, uint64_t key);
bool pattern_holds(const void *object, size_t size, uint64_t key);
bool is_filled_with(const void *object, size_t size, unsigned char byte);

#endif
