/* SPDX-License-Identifier: MIT */
/* Around one of the programs of test/misuse: loading the module runs it. */
#include <linux/module.h>

int misuse(void);

static int __init run(void)
{
	misuse();
	return 0;
}

module_init(run);
MODULE_DESCRIPTION("Misuse of a slab cache");
/* Else the kernel does not give it all that it wants. */
MODULE_LICENSE("Dual MIT/GPL");
