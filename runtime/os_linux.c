/* SPDX-License-Identifier: MIT */
#include "os.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "fault.h"

static size_t mapped; /* bytes */

static char *map(size_t size)
{
	void *start = fault_hit() ? MAP_FAILED
				  : mmap(NULL, size, PROT_READ | PROT_WRITE,
					 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (start == MAP_FAILED)
		return NULL;
	__atomic_add_fetch(&mapped, size, __ATOMIC_RELAXED);
	return start;
}

void *os_map(size_t size, size_t align)
{
	char *start = map(size);

	if (!start || ((uintptr_t)start & (align - 1)) == 0)
		return start;

	/* Not aligned by luck: take more and cut off both ends. */
	os_unmap(start, size);
	start = map(size + align);
	if (!start)
		return NULL;
	size_t head = -(uintptr_t)start & (align - 1);
	if (head)
		os_unmap(start, head);
	if (align - head)
		os_unmap(start + head + size, align - head);
	return start + head;
}

void os_unmap(void *start, size_t size)
{
	int saved = errno;

	__atomic_sub_fetch(&mapped, size, __ATOMIC_RELAXED);
	munmap(start, size);
	errno = saved;
}

size_t os_mapped(void)
{
	return __atomic_load_n(&mapped, __ATOMIC_RELAXED);
}

void os_purge(void *start, size_t size)
{
	int saved = errno;

	/* Not MADV_FREE: the memory would go on to count as resident. */
	madvise(start, size, MADV_DONTNEED);
	errno = saved;
}

size_t os_page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
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
	int saved = errno;
	struct timespec now;
	uint64_t number;

	/* Early after the start of the machine there may be none; nobody is to wait for it. */
	if (getrandom(&number, sizeof(number), GRND_NONBLOCK) != sizeof(number)) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		number = ((uint64_t)now.tv_nsec << 32) ^ (uintptr_t)&number ^ (uint64_t)getpid();
	}
	errno = saved;
	return number;
}

void os_write_stderr(const char *text, size_t size)
{
	int saved = errno;

	while (size) {
		ssize_t written = write(STDERR_FILENO, text, size);
		if (written <= 0)
			break;
		text += written;
		size -= (size_t)written;
	}
	errno = saved;
}
