/* SPDX-License-Identifier: MIT */
#include "read/thin_archive.h"

#include <stdlib.h>
#include <string.h>

#include "base/paths.h"

enum { NAME_LEN = 16, SIZE_AT = 48, SIZE_LEN = 10, HEADER_LEN = 60 };

/* "/17": a name that starts there in the table of names and ends with a slash and a newline. */
static void add_member(const char *dir, const char *name, const char *table, size_t table_len,
		       struct words *members)
{
	size_t at = strtoul(name + 1, NULL, 10);
	const char *start = table + at, *end;
	char *file, *whole;

	if (name[0] != '/' || at >= table_len)
		return;
	end = memchr(start, '\n', table_len - at);
	if (!end || end == start || end[-1] != '/')
		return;
	file = text_copy_n(start, (size_t)(end - 1 - start));
	whole = path_join(dir, file);
	words_add(members, whole);
	free(file);
	free(whole);
}

void thin_archive_members(const char *path, const char *bytes, size_t len, struct words *members)
{
	char *dir = path_dir(path);
	const char *table = NULL;
	size_t at = strlen(THIN_MAGIC), table_len = 0;

	if (len < at || memcmp(bytes, THIN_MAGIC, at) != 0)
		len = 0;
	while (at + HEADER_LEN <= len) {
		char *name = text_copy_n(bytes + at, NAME_LEN);
		char *digits = text_copy_n(bytes + at + SIZE_AT, SIZE_LEN);
		size_t size = strtoul(digits, NULL, 10), here = at + HEADER_LEN;
		bool is_table = text_starts(name, "// ");

		at = here;
		/* Only the tables, of symbols and of names, are really there. */
		if (is_table || text_starts(name, "/ ") || text_starts(name, "/SYM64/"))
			at += size > len - here ? len - here : size + size % 2;
		else
			add_member(dir, name, table, table_len, members);
		if (is_table) {
			table = bytes + here;
			table_len = size > len - here ? len - here : size;
		}
		free(name);
		free(digits);
	}
	free(dir);
}
