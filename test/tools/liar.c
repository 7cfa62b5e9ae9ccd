/* SPDX-License-Identifier: MIT */

/*
 * A program whose memory lies to those who look at it from outside: its beacon leads to caches,
 * slabs and threads that nobody made. It tells the lie that its first argument names, prints
 * "ready" with its process id, and ends with its standard input.
 *
 *	caches	very many, each with slabs of its own, all with control characters for a name
 *	slabs	so many in one list that their number alone is too much to keep
 *	threads	many, which use every slot they have
 *	numbers	counts and sizes that no program has
 *	sheaf	one that leads to itself, in a barn that says it has many
 *	page	the list of caches lies on a page that never comes
 */

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <slab/slab.h>

#include "cache.h"
#include "inspect.h"

enum { CACHES = 60000, SLABS = 6000000, THREADS = 4000, OBJECTS = 1024 };

/* Zeros that cost nothing until they are written. */
static void *zeros(size_t n, size_t size)
{
	void *memory = mmap(NULL, n * size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED) {
		perror("liar: mmap");
		exit(1);
	}
	return memory;
}

static struct slab_store *add_store(void)
{
	struct slab_store *store = zeros(1, sizeof(*store));

	store->stride = 64;
	store->per_slab = OBJECTS;
	store->slab_bytes = 65536;
	store->row_bytes = 64;
	store->nr_slabs = 1;
	for (int i = 0; i < SLAB_LISTS; i++)
		list_init(&store->slabs[i]);
	return store;
}

static struct slab_barn *add_caches(size_t n)
{
	static char name[64] = "liar\033[2J\033]0;owned\007";
	struct slab_barn *barns = zeros(n, sizeof(*barns));

	for (size_t i = 0; i < n; i++) {
		barns[i].name = name;
		barns[i].store = add_store();
		barns[i].object_size = 8;
		barns[i].serial = i + 1;
		barns[i].cache = (void *)8;
		list_add_tail(&slab_beacon.caches, &barns[i].node);
	}
	return barns;
}

static void add_slabs(struct slab_store *store, size_t n)
{
	struct slab *slabs = zeros(n, sizeof(*slabs));

	for (size_t i = 0; i < n; i++) {
		slabs[i].span.store = store;
		slabs[i].span.base = (char *)((i + 1) << 16);
		list_add_tail(&store->slabs[0], &slabs[i].node);
	}
	store->nr_slabs = n;
}

static void add_threads(struct slab_barn *barn)
{
	struct thread *threads = zeros(THREADS, sizeof(*threads));
	struct slab_slot *table = zeros(SLOTS, sizeof(*table));

	for (size_t i = 0; i < SLOTS; i++)
		table[i].barn = barn;
	for (size_t i = 0; i < THREADS; i++) {
		memset(threads[i].used, -1, sizeof(threads[i].used));
		threads[i].table = (char *)table;
		list_add_tail(&slab_beacon.threads, &threads[i].node);
	}
}

static void tell_numbers(struct slab_barn *barn)
{
	barn->store->per_slab = 1 << 18;
	barn->store->slab_bytes = (size_t)1 << (sizeof(size_t) * 5);
	barn->store->stride = 8;
	barn->store->row_shift = 31;
	barn->store->nr_slabs = (size_t)1 << 28;
	memset(&barn->nr_inuse, -1, sizeof(barn->nr_inuse));
	memset(&barn->nr_held, -1, sizeof(barn->nr_held));
	memset(&barn->nr_guarded, -1, sizeof(barn->nr_guarded));
}

static void tell_sheaf(struct slab_barn *barn)
{
	struct slab_sheaf *sheaf = zeros(1, 1 << 20);

	sheaf->next = sheaf;
	sheaf->count = 16000;
	for (size_t i = 0; i < sheaf->count; i++)
		sheaf->objects[i] = (void *)(0x10000 + i % OBJECTS * 64);
	barn->full = sheaf;
	barn->nr_full = 1 << 14;
	barn->nr_held = 1;
	add_slabs(barn->store, 1);
}

/* Whoever touches the page waits until this process ends. */
static void tell_page(void)
{
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	void *page = zeros(1, size);

	range.range.start = (uintptr_t)page;
	range.range.len = size;
	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) != 0 || ioctl(fd, UFFDIO_REGISTER, &range) != 0) {
		puts("not here"); /* the system allows it to few */
		exit(0);
	}
	slab_beacon.caches.next = page;
}

static void tell(const char *lie)
{
	if (strcmp(lie, "page") == 0) {
		tell_page();
		return;
	}
	struct slab_barn *barns = add_caches(strcmp(lie, "caches") == 0 ? CACHES : 1);

	if (strcmp(lie, "slabs") == 0)
		add_slabs(barns->store, SLABS);
	else if (strcmp(lie, "threads") == 0)
		add_threads(barns);
	else if (strcmp(lie, "numbers") == 0)
		tell_numbers(barns);
	else if (strcmp(lie, "sheaf") == 0)
		tell_sheaf(barns);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	kfree(kmalloc(8, GFP_KERNEL)); /* so that the library, and its beacon, is there */
	list_init(&slab_beacon.caches);
	list_init(&slab_beacon.threads);
	tell(argv[1]);
	printf("ready %d\n", getpid());
	fflush(stdout);
	while (getchar() != EOF)
		;
	_exit(0); /* no exit handler of the library sees what was made of its lists */
}
