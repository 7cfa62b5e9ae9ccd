/* SPDX-License-Identifier: MIT */
#include <dlfcn.h>

int main(void)
{
	void *conns = dlopen(CONNS, RTLD_NOW);
	void (*start)(void);

	*(void **)&start = dlsym(conns, "conns_start");
	start();
	return dlclose(conns);
}
