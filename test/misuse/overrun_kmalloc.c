/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <slab/slab.h>

static char *name_copy(const char *name)
{
	char *copy = kmalloc(strlen(name), GFP_KERNEL);

	return strcpy(copy, name);
}

int main(void)
{
	kfree(name_copy("forty characters that end at their 0 ..."));
	return 0;
}
