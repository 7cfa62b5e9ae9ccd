/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "cache.h"
#include "guard.h"
#include "slab.h"
#include "slots.h"
#include "stats.h"
#include "waiting.h"

size_t count_at_hand(struct slab_barn *barn)
{
	size_t at_hand = slots_count(barn);

	lock(&barn->store->lock);
	at_hand += barn->nr_held;
	unlock(&barn->store->lock);
	return at_hand;
}

size_t count_active(struct slab_barn *barn)
{
	size_t idle = count_at_hand(barn);

	lock(&barn->store->lock);
	/* Threads that went on since the count above may make it too large. */
	size_t active = barn->nr_inuse > idle ? barn->nr_inuse - idle : 0;
	unlock(&barn->store->lock);
	return active + guard_count(barn);
}

static void print_line(struct slab_barn *barn, void *data)
{
	struct slab_store *store = barn->store;
	size_t active = count_active(barn);
	FILE *table = data;

	lock(&store->lock);
	size_t slabs = store->nr_slabs;
	size_t used = slabs - store->nr_empty;
	unlock(&store->lock);
	fprintf(table,
		"%-17s %6zu %6zu %6zu %4u %4zu : tunables %4u %4u %4u : slabdata %6zu %6zu %6u\n",
		barn->name, active, slabs * store->per_slab, barn->object_size, store->per_slab,
		store->slab_bytes / SLABINFO_PAGE, 0, 0, 0, used, slabs, 0);
}

/*
 * The table is made in memory first: no lock is held while the stream is written to, whose own lock
 * another thread may hold while it waits for ours.
 */
int slabinfo_print(FILE *stream)
{
	char *text = NULL;
	size_t size = 0;
	FILE *table = open_memstream(&text, &size);

	if (!table)
		return -errno;
	fputs("slabinfo - version: 2.1\n"
	      "# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab>"
	      " : tunables <limit> <batchcount> <sharedfactor>"
	      " : slabdata <active_slabs> <num_slabs> <sharedavail>\n",
	      table);
	waiting_free_all();
	lock(&caches_lock);
	caches_walk(print_line, table);
	unlock(&caches_lock);
	int error = fclose(table) == 0 ? 0 : -errno;
	if (!error && fwrite(text, 1, size, stream) != size)
		error = errno ? -errno : -EIO;
	free(text);
	return error;
}

bool slab_is_available(void)
{
	return true;
}
