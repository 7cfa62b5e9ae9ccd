/* SPDX-License-Identifier: MIT */
#include "os.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "fault.h"
#include "lock.h"

static size_t mapped; /* bytes */

/* At the start of a run that the system refused to take back. */
struct leftover {
	struct leftover *next;
	size_t size;
	bool zeros; /* all that follows this */
};

struct lock os_lock = LOCK_INIT;
static struct leftover *first_leftover;

static void leftover_add(char *start, size_t size, bool zeros)
{
	struct leftover *run = (struct leftover *)(void *)start;

	run->size = size;
	run->zeros = zeros;
	lock(&os_lock);
	run->next = first_leftover;
	/* Relaxed: whoever sees that there are some takes the lock. */
	__atomic_store_n(&first_leftover, run, __ATOMIC_RELAXED);
	unlock(&os_lock);
}

/* The first run with room for @size bytes at @align, with all that is around them; or NULL. */
static struct leftover *leftover_take(size_t size, size_t align)
{
	struct leftover *run = NULL;

	lock(&os_lock);
	for (struct leftover **link = &first_leftover; (run = *link) != NULL; link = &run->next) {
		size_t head = -(uintptr_t)run & (align - 1);

		if (head <= run->size && size <= run->size - head) {
			__atomic_store_n(link, run->next, __ATOMIC_RELAXED);
			break;
		}
	}
	unlock(&os_lock);
	return run;
}

static bool have_leftovers(void)
{
	return __atomic_load_n(&first_leftover, __ATOMIC_RELAXED) != NULL;
}

/* Map memory out of a run that is left, if there is one. */
static char *map_leftover(size_t size, size_t align)
{
	struct leftover *run = have_leftovers() ? leftover_take(size, align) : NULL;

	if (!run)
		return NULL;

	size_t head = -(uintptr_t)run & (align - 1);
	char *start = (char *)run + head;
	char *end = (char *)run + run->size;
	bool zeros = run->zeros;

	memset(start, 0, zeros ? sizeof(*run) : size);
	if (start + size < end)
		leftover_add(start + size, (size_t)(end - start) - size, zeros);
	if (head)
		leftover_add((char *)run, head, zeros);
	return start;
}

static char *map(size_t size)
{
	/* Not MAP_NORESERVE: what malloc() is refused is refused here. */
	void *start = fault_hit() ? MAP_FAILED
				  : mmap(NULL, size, PROT_READ | PROT_WRITE,
					 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (start == MAP_FAILED)
		return NULL;
	__atomic_add_fetch(&mapped, size, __ATOMIC_RELAXED);
	return start;
}

/* Map more, and cut off both ends. */
static char *map_aligned(size_t size, size_t align)
{
	char *start = size + align > size ? map(size + align) : NULL;

	if (!start)
		return NULL;
	size_t head = -(uintptr_t)start & (align - 1);
	if (head)
		os_unmap(start, head);
	if (align - head)
		os_unmap(start + head + size, align - head);
	return start + head;
}

void *os_map(size_t size, size_t align)
{
	int saved = errno;
	char *start = map_leftover(size, align);

	if (!start)
		start = map(size);
	if (start && ((uintptr_t)start & (align - 1)) != 0) {
		os_unmap(start, size);
		start = map_aligned(size, align);
	}
	errno = saved;
	return start;
}

static bool unmap(void *start, size_t size)
{
	if (munmap(start, size))
		return false;
	__atomic_sub_fetch(&mapped, size, __ATOMIC_RELAXED);
	return true;
}

/*
 * Some emulators accept MADV_DONTNEED and do nothing; a byte tells. Not MADV_FREE: the memory would
 * go on to count as resident.
 */
static bool purge_to_zeros(char *start, size_t size)
{
	volatile char *byte = start;

	*byte = 1;
	return madvise(start, size, MADV_DONTNEED) == 0 && *byte == 0;
}

/* What was refused may succeed by now: each success tries one more. */
static void retry_leftover(void)
{
	struct leftover *run = have_leftovers() ? leftover_take(1, 1) : NULL;

	if (!run)
		return;
	size_t size = run->size;
	bool zeros = run->zeros;
	if (!unmap(run, size))
		leftover_add((char *)run, size, zeros);
}

void os_unmap(void *start, size_t size)
{
	int saved = errno;

	if (unmap(start, size))
		retry_leftover();
	else
		leftover_add(start, size, purge_to_zeros(start, size));
	errno = saved;
}

size_t os_mapped(void)
{
	return __atomic_load_n(&mapped, __ATOMIC_RELAXED);
}

bool os_purge(void *start, size_t size)
{
	int saved = errno;
	int error = madvise(start, size, MADV_DONTNEED);

	errno = saved;
	return !error;
}

bool os_extend(void *start, size_t size, size_t new_size)
{
	int saved = errno;
	bool done = !fault_hit() && mremap(start, size, new_size, 0) != MAP_FAILED;

	if (done)
		__atomic_add_fetch(&mapped, new_size - size, __ATOMIC_RELAXED);
	errno = saved;
	return done;
}

/*
 * The end of a target. Linux may have unmapped it before it refused, and another thread may have
 * something there by now: find out by mapping it where nothing is.
 */
static void drop_target(void *target, size_t size)
{
	void *there = mmap(target, size, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (there != MAP_FAILED && there != target)
		munmap(there, size); /* of Linux before 4.17, which takes it for a hint */
	if (there != MAP_FAILED || errno == EEXIST)
		os_unmap(target, size);
	else
		__atomic_sub_fetch(&mapped, size, __ATOMIC_RELAXED);
}

bool os_move(void *start, size_t size, void *target, size_t new_size)
{
	int saved = errno;
	bool done = !fault_hit() && mremap(start, size, new_size, MREMAP_MAYMOVE | MREMAP_FIXED,
					   target) != MAP_FAILED;

	if (done)
		__atomic_sub_fetch(&mapped, size, __ATOMIC_RELAXED);
	else
		drop_target(target, new_size);
	errno = saved;
	return done;
}

size_t os_page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

int os_hold_cancellation(void)
{
	int held;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &held);
	return held;
}

void os_release_cancellation(int held)
{
	pthread_setcancelstate(held, &held);
}

/* Linux's own default. */
#define MOST_MAPPINGS 65530

size_t os_most_mappings(void)
{
	int saved = errno, held = os_hold_cancellation();
	int fd = open("/proc/sys/vm/max_map_count", O_RDONLY | O_CLOEXEC);
	char text[24];
	ssize_t length = fd >= 0 ? read(fd, text, sizeof(text) - 1) : 0;
	unsigned long most = 0;

	if (fd >= 0)
		close(fd);
	if (length > 0) {
		text[length] = '\0';
		most = strtoul(text, NULL, 10);
	}
	os_release_cancellation(held);
	errno = saved;
	return most ? most : MOST_MAPPINGS;
}

bool os_protect(void *start, size_t size, bool usable)
{
	int saved = errno;
	int error = mprotect(start, size, usable ? PROT_READ | PROT_WRITE : PROT_NONE);

	errno = saved;
	return !error;
}

static bool (*on_fault)(const struct os_fault *fault);
static struct sigaction before;

#if defined(__x86_64__)
#define CODE REG_RIP
#elif defined(__i386__)
#define CODE REG_EIP
#endif

static struct os_fault fault_of(const siginfo_t *info, const ucontext_t *context)
{
	struct os_fault fault = { .address = info->si_addr, .access = "access" };

#ifdef CODE
	/* Bit 1 of the error code of a page fault. */
	fault.access = context->uc_mcontext.gregs[REG_ERR] & 2 ? "write" : "read";
	fault.code = (const void *)(uintptr_t)context->uc_mcontext.gregs[CODE];
#else
	(void)context;
#endif
	return fault;
}

static void pass_on(int signal, siginfo_t *info, void *context)
{
	if (before.sa_flags & SA_SIGINFO)
		before.sa_sigaction(signal, info, context);
	else if (before.sa_handler == SIG_DFL || before.sa_handler == SIG_IGN)
		sigaction(signal, &before, NULL); /* the access is made again, and meets it */
	else
		before.sa_handler(signal);
}

static void handle(int signal, siginfo_t *info, void *context)
{
	struct os_fault fault = fault_of(info, context);
	int saved = errno;

	if (info->si_code <= 0 || !on_fault(&fault))
		pass_on(signal, info, context);
	errno = saved;
}

void os_on_fault(bool (*fn)(const struct os_fault *fault))
{
	struct sigaction action = { .sa_sigaction = handle, .sa_flags = SA_SIGINFO };

	on_fault = fn;
	sigemptyset(&action.sa_mask);
	sigaction(SIGSEGV, NULL, &before);
	/* A stack for signals may be too small for a report; but who was there first may need it.
	 */
	action.sa_flags |= before.sa_flags & SA_ONSTACK;
	sigaction(SIGSEGV, &action, NULL);
}

uint64_t os_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

uint32_t os_thread_id(void)
{
	return (uint32_t)gettid();
}

uint64_t os_random(void)
{
	int saved = errno, held = os_hold_cancellation();
	struct timespec now;
	uint64_t number;

	/* Early after the start of the machine there may be none; nobody is to wait for it. */
	if (getrandom(&number, sizeof(number), GRND_NONBLOCK) != sizeof(number)) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		number = ((uint64_t)now.tv_nsec << 32) ^ (uintptr_t)&number ^ (uint64_t)getpid();
	}
	os_release_cancellation(held);
	errno = saved;
	return number;
}

void os_write_stderr(const char *text, size_t size)
{
	int saved = errno, held = os_hold_cancellation();

	while (size) {
		ssize_t written = write(STDERR_FILENO, text, size);
		if (written <= 0)
			break;
		text += written;
		size -= (size_t)written;
	}
	os_release_cancellation(held);
	errno = saved;
}
