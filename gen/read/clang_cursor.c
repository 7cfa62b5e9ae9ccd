/* SPDX-License-Identifier: MIT */
#include "read/clang_cursor.h"

#include "base/paths.h"
#include "base/text.h"

#include <stdlib.h>

char *string_of(CXString s)
{
	const char *c = clang_getCString(s);
	char *copy = text_copy(c ? c : "");

	clang_disposeString(s);
	return copy;
}

char *file_real_name(CXFile file)
{
	char *name = string_of(clang_File_tryGetRealPathName(file));

	if (name[0])
		return name;
	free(name);
	name = string_of(clang_getFileName(file));
	if (name[0]) {
		char *real = path_real(name);

		free(name);
		name = real;
	}
	return name;
}

/* The place of a location; the caller frees .file. */
struct place place_of(CXSourceLocation location)
{
	struct place at = { NULL, 0, 0 };
	CXFile file;

	clang_getExpansionLocation(location, &file, &at.line, &at.column, NULL);
	if (file)
		at.file = string_of(clang_getFileName(file));
	return at;
}

void report_at(struct diags *d, enum severity severity, CXCursor cursor, const char *format, ...)
{
	struct place at = place_of(clang_getCursorLocation(cursor));
	va_list args;

	va_start(args, format);
	diag_vadd(d, severity, &at, format, args);
	va_end(args);
	free((char *)at.file);
}

uint64_t size_or_zero(long long size)
{
	return size > 0 ? (uint64_t)size : 0;
}
