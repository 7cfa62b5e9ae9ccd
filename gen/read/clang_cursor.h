/* SPDX-License-Identifier: MIT */
/* Small things that every part of the clang reader asks of libclang. */
#ifndef GEN_CLANG_CURSOR_H
#define GEN_CLANG_CURSOR_H

#include "base/diag.h"

#include <clang-c/Index.h>
#include <stdint.h>

char *string_of(CXString s);			  /* as a string of ours; disposes of it */
char *file_real_name(CXFile file);		  /* its real path */
struct place place_of(CXSourceLocation location); /* the caller frees .file */
/* At the cursor's place. */
void report_at(struct diags *d, enum severity severity, CXCursor cursor, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
uint64_t size_or_zero(long long size); /* libclang's errors are below zero */

#endif
