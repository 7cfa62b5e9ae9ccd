/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_MAX_BYTES ((size_t)1 << 28)

static _Noreturn void out_of_memory(void)
{
	fputs("gen-opaque: error: out of memory\n", stderr);
	abort();
}

void *text_alloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	if (!p)
		out_of_memory();
	return p;
}

void *text_resize(void *p, size_t n, size_t size)
{
	void *q;

	if (size && n > SIZE_MAX / size)
		out_of_memory();
	q = realloc(p, n && size ? n * size : 1);
	if (!q)
		out_of_memory();
	return q;
}

char *text_copy_n(const char *s, size_t len)
{
	char *copy = text_alloc(len + 1, 1);

	memcpy(copy, s, len);
	return copy;
}

char *text_copy(const char *s)
{
	return text_copy_n(s, strlen(s));
}

char *text_vformat(const char *format, va_list args)
{
	char *s;

	if (vasprintf(&s, format, args) < 0)
		out_of_memory();
	return s;
}

char *text_format(const char *format, ...)
{
	va_list args;
	char *s;

	va_start(args, format);
	s = text_vformat(format, args);
	va_end(args);
	return s;
}

char *text_plain(const char *s)
{
	char *plain = text_copy(s);

	for (char *p = plain; *p; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
	return plain;
}

char *text_upper(const char *s)
{
	char *upper = text_copy(s);

	for (char *p = upper; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	return upper;
}

char *text_undotted(const char *path)
{
	char *name = text_copy(path);

	for (char *dot = name; (dot = strchr(dot, '.'));)
		*dot = '_';
	return name;
}

char *text_macro(const char *path)
{
	char *name = text_undotted(path), *macro = text_upper(name);

	free(name);
	return macro;
}

bool text_starts(const char *s, const char *start)
{
	return strncmp(s, start, strlen(start)) == 0;
}

bool text_ends(const char *s, const char *end)
{
	size_t len = strlen(s), end_len = strlen(end);

	return len >= end_len && strcmp(s + len - end_len, end) == 0;
}

bool text_is_identifier(const char *s)
{
	if (!isalpha((unsigned char)*s) && *s != '_')
		return false;
	while (isalnum((unsigned char)*s) || *s == '_')
		s++;
	return *s == '\0';
}

/* Nothing is escaped between the quotes of an #include, so that no quote can be there. */
char *text_include(const char *path)
{
	bool has_quote = strchr(path, '"') != NULL;

	return text_format(has_quote ? "#include <%s>\n" : "#include \"%s\"\n", path);
}

char *text_read_file(const char *path, size_t *len)
{
	FILE *in = fopen(path, "rb");
	char *data = NULL;
	size_t used = 0, got;

	if (!in)
		return NULL;
	do {
		data = text_resize(data, used + 65537, 1);
		got = fread(data + used, 1, 65536, in);
		used += got;
	} while (got > 0 && used <= FILE_MAX_BYTES);
	if (ferror(in) || got > 0) {
		int error = got > 0 ? EFBIG : errno;

		free(data);
		fclose(in);
		errno = error;
		return NULL;
	}
	fclose(in);
	data[used] = '\0';
	if (len)
		*len = used;
	return data;
}

void text_open(struct text *t)
{
	t->data = NULL;
	t->len = 0;
	t->file = open_memstream(&t->data, &t->len);
	if (!t->file)
		out_of_memory();
}

char *text_close(struct text *t)
{
	if (fclose(t->file) != 0 || !t->data)
		out_of_memory();
	t->file = NULL;
	return t->data;
}
