/* SPDX-License-Identifier: MIT */
#include "wipe.h"

#include "options.h"

enum when { ON_ALLOC, ON_FREE };

/* Asked once; two threads at once come to the same answer. */
static bool is_on(enum when when)
{
	static const char *const names[] = { "init_on_alloc", "init_on_free" };
	enum { UNKNOWN, ON, OFF };
	static int states[2];
	int known = __atomic_load_n(&states[when], __ATOMIC_RELAXED);

	if (known == UNKNOWN) {
		known = options_switch(names[when], false) ? ON : OFF;
		__atomic_store_n(&states[when], known, __ATOMIC_RELAXED);
	}
	return known == ON;
}

bool wipe_on_alloc(void)
{
	return is_on(ON_ALLOC);
}

bool wipe_on_free(void)
{
	return is_on(ON_FREE);
}
