/* SPDX-License-Identifier: MIT */
#include "symbol.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "os.h"

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

/* Where in a function, or in an object if the size is 0. */
struct place {
	const char *name;
	size_t offset;
	size_t size;
};

/* Of a name as much as leaves room for the numbers. */
#define NAME_SHOWN (SYMBOL_PLACE - 48)

#ifdef SLAB_DWFL

static char *debuginfo_path;
static const Dwfl_Callbacks callbacks = {
	.find_elf = dwfl_linux_proc_find_elf,
	.find_debuginfo = dwfl_standard_find_debuginfo,
	.debuginfo_path = &debuginfo_path,
};

static Dwfl *open_program(void)
{
	Dwfl *dwfl = dwfl_begin(&callbacks);

	if (dwfl && (dwfl_linux_proc_report(dwfl, getpid()) != 0 ||
		     dwfl_report_end(dwfl, NULL, NULL) != 0)) {
		dwfl_end(dwfl);
		dwfl = NULL;
	}
	return dwfl;
}

void symbols_close(struct symbols *symbols)
{
	int saved = errno, held = os_hold_cancellation();

	if (symbols->dwfl)
		dwfl_end(symbols->dwfl);
	os_release_cancellation(held);
	errno = saved;
	symbols->dwfl = NULL;
	symbols->opened = false;
}

/* The object that the call is in, as libdwfl knows it; NULL: it does not. */
static Dwfl_Module *module_of(struct symbols *symbols, uintptr_t call)
{
	if (symbols && !symbols->opened) {
		symbols->dwfl = open_program();
		symbols->opened = true;
	}
	return symbols && symbols->dwfl ? dwfl_addrmodule(symbols->dwfl, call) : NULL;
}

/* False: nothing is known of the line, so that the object's name says more. */
static bool by_dwarf(struct symbols *symbols, uintptr_t call, struct symbol *symbol)
{
	Dwfl_Module *module = module_of(symbols, call);
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

/* Also from a symbol table without debug information. */
static bool place_by_table(struct symbols *symbols, uintptr_t call, struct place *place)
{
	Dwfl_Module *module = module_of(symbols, call);
	GElf_Sym symbol;
	GElf_Off offset;
	const char *function =
		module ? dwfl_module_addrinfo(module, call, &offset, &symbol, NULL, NULL, NULL)
		       : NULL;

	if (!function)
		return false;
	*place = (struct place){ function, (size_t)offset, (size_t)symbol.st_size };
	return true;
}

#else

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

static bool place_by_table(struct symbols *symbols, uintptr_t call, struct place *place)
{
	(void)symbols;
	(void)call;
	(void)place;
	return false;
}

#endif

/* The function alone if @info is of no help; false: not even that. */
static bool place_by_linker(uintptr_t call, struct place *place)
{
	ElfW(Sym) *symbol = NULL;
	Dl_info info;

	if (!dladdr1((const void *)call, &info, (void **)&symbol, RTLD_DL_SYMENT))
		return false;
	*place = (struct place){ info.dli_sname, call - (uintptr_t)info.dli_saddr,
				 symbol ? (size_t)symbol->st_size : 0 };
	if (!info.dli_sname)
		*place = (struct place){ last_part(info.dli_fname),
					 call - (uintptr_t)info.dli_fbase, 0 };
	return true;
}

void symbol_place(struct symbols *symbols, const void *address, char *text, size_t size)
{
	uintptr_t call = call_at(address);
	int held = os_hold_cancellation();
	struct place place;

	/* The call's function; but the number is of where it returns to, as Linux prints it. */
	if (!place_by_table(symbols, call, &place) && !place_by_linker(call, &place))
		snprintf(text, size, "%#lx", (unsigned long)(uintptr_t)address);
	else if (place.size)
		snprintf(text, size, "%.*s+%#zx/%#zx", NAME_SHOWN, place.name, place.offset + 1,
			 place.size);
	else
		snprintf(text, size, "%.*s+%#zx", NAME_SHOWN, place.name, place.offset + 1);
	os_release_cancellation(held);
}

void symbol_find(struct symbols *symbols, const void *address, struct symbol *symbol)
{
	int held = os_hold_cancellation();

	memset(symbol, 0, sizeof(*symbol));
	if (!by_dwarf(symbols, call_at(address), symbol))
		by_linker(call_at(address), symbol);
	os_release_cancellation(held);
}

bool symbol_is_own(const struct symbol *symbol)
{
	static const char *const own[] = {
		"kfree",
		"kfree_bulk",
		"kfree_sensitive",
		"kmalloc",
		"kmalloc_node",
		"kmalloc_array",
		"kcalloc",
		"kzalloc",
		"krealloc",
		"kvmalloc",
		"kvzalloc",
		"kvfree",
		"kmem_cache_free",
		"kmem_cache_zalloc",
		"kmem_cache_alloc",
		"kmem_cache_node",
		"kmem_cache_alloc_bulk",
		"kmem_cache_free_bulk",
		"ksize",
		"kmem_cache_alloc_node",
	};

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (strcmp(symbol->function, own[i]) == 0)
			return true;
	return false;
}
