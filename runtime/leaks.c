/* SPDX-License-Identifier: MIT */
#include "leaks.h"

#include "options.h"

struct lock leaks_lock = LOCK_INIT;
static struct list noted = LIST_INIT(noted);

void leaks_note(struct leak *leak, size_t bytes, const void *caller, gfp_t gfp)
{
	if (!options_leaks())
		return;
	leak->bytes = bytes;
	leak->track = track_now(stack_capture(caller, gfp), gfp);
	lock(&leaks_lock);
	list_add_tail(&noted, &leak->node);
	unlock(&leaks_lock);
}

void leaks_forget(struct leak *leak)
{
	if (!leak->node.next)
		return;
	lock(&leaks_lock);
	list_del(&leak->node);
	unlock(&leaks_lock);
	leak->node.next = NULL;
}

void leaks_walk(void (*fn)(const struct leak *leak, void *data), void *data)
{
	lock(&leaks_lock);
	list_for_each (node, &noted) {
		fn(list_entry(node, struct leak, node), data);
	}
	unlock(&leaks_lock);
}
