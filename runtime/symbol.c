/* SPDX-License-Identifier: MIT */
#include "symbol.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifdef SLAB_DWFL
#include <elfutils/libdwfl.h>
#endif

static void copy(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from);
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The address of the call itself, as far as matters: not of what comes after it. */
static uintptr_t call_at(const void *address)
{
	return (uintptr_t)address - 1;
}

static void by_linker(uintptr_t call, struct symbol *symbol)
{
	Dl_info info;

	if (!dladdr((const void *)call, &info) || !info.dli_fname) {
		snprintf(symbol->place, sizeof(symbol->place), "%#lx", (unsigned long)call);
		return;
	}
	if (info.dli_sname)
		copy(symbol->function, sizeof(symbol->function), info.dli_sname);
	snprintf(symbol->place, sizeof(symbol->place), "%s+%#lx", last_part(info.dli_fname),
		 (unsigned long)(call - (uintptr_t)info.dli_fbase));
}

#ifdef SLAB_DWFL

static char *debuginfo_path;
static const Dwfl_Callbacks callbacks = {
	.find_elf = dwfl_linux_proc_find_elf,
	.find_debuginfo = dwfl_standard_find_debuginfo,
	.debuginfo_path = &debuginfo_path,
};

struct symbols *symbols_open(void)
{
	Dwfl *dwfl = dwfl_begin(&callbacks);

	if (dwfl && (dwfl_linux_proc_report(dwfl, getpid()) != 0 ||
		     dwfl_report_end(dwfl, NULL, NULL) != 0)) {
		dwfl_end(dwfl);
		dwfl = NULL;
	}
	return (struct symbols *)dwfl;
}

void symbols_close(struct symbols *symbols)
{
	if (symbols)
		dwfl_end((Dwfl *)symbols);
}

/* False: nothing is known of the line, so that the object's name says more. */
static bool by_dwarf(struct symbols *symbols, uintptr_t call, struct symbol *symbol)
{
	Dwfl_Module *module = symbols ? dwfl_addrmodule((Dwfl *)symbols, call) : NULL;
	const char *function = module ? dwfl_module_addrname(module, call) : NULL;
	Dwfl_Line *line = module ? dwfl_module_getsrc(module, call) : NULL;
	int number = 0;
	const char *file = line ? dwfl_lineinfo(line, NULL, &number, NULL, NULL, NULL) : NULL;

	if (!function || !file)
		return false;
	copy(symbol->function, sizeof(symbol->function), function);
	snprintf(symbol->place, sizeof(symbol->place), "%s:%d", file, number);
	return true;
}

#else

struct symbols *symbols_open(void)
{
	return NULL;
}

void symbols_close(struct symbols *symbols)
{
	(void)symbols;
}

static bool by_dwarf(struct symbols *symbols, uintptr_t call, struct symbol *symbol)
{
	(void)symbols;
	(void)call;
	(void)symbol;
	return false;
}

#endif

void symbol_find(struct symbols *symbols, const void *address, struct symbol *symbol)
{
	memset(symbol, 0, sizeof(*symbol));
	if (!by_dwarf(symbols, call_at(address), symbol))
		by_linker(call_at(address), symbol);
}
