/* SPDX-License-Identifier: MIT */
#ifndef SYMBOL_H
#define SYMBOL_H

/*
 * What stands at a code address: by libdwfl of elfutils, if the library was built with it and the
 * program has debug information, else by what the dynamic linker knows.
 *
 * All this may allocate by malloc() and take the dynamic linker's locks: hold no lock of the
 * runtime, and be in no signal handler.
 */

#include <stdbool.h>
#include <stddef.h>

/*
 * The program as it was loaded when the first symbol was asked for. Its debug information may take
 * long to read: have one of these for all that is printed at once.
 */
struct symbols {
	bool opened;
	void *dwfl; /* NULL: the dynamic linker alone is asked */
};

#define SYMBOLS_INIT        \
	{                   \
		false, NULL \
	}

void symbols_close(struct symbols *symbols);

struct symbol {
	char function[80]; /* empty: unknown */
	char place[256];   /* file:line of the call, or object+offset */
};

/*
 * What calls from just before @address, to which the call returns. No @symbols: by what the dynamic
 * linker knows.
 */
void symbol_find(struct symbols *symbols, const void *address, struct symbol *symbol);

/* Room for any text of symbol_place(). */
#define SYMBOL_PLACE 256

/* Where a call returns to, as Linux prints it: function+offset/size, or object+offset. */
void symbol_place(struct symbols *symbols, const void *address, char *text, size_t size);

/* Is it a call inside of the library? Those stand first where the compiler keeps them apart. */
bool symbol_is_own(const struct symbol *symbol);

#endif
