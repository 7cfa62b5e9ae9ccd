/* SPDX-License-Identifier: MIT */
#include "wipe.h"

#include "options.h"

bool wipe_on_alloc(void)
{
	static struct options_switch option = { "init_on_alloc", false, 0 };

	return options_is_on(&option);
}

bool wipe_on_free(void)
{
	static struct options_switch option = { "init_on_free", false, 0 };

	return options_is_on(&option);
}
