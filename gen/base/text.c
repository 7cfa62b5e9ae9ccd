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

/* The bytes of the UTF-8 sequence at s and its code; 0 where none is: RFC 3629, section 4. */
static size_t decode(const char *s, uint32_t *code)
{
	static const uint32_t lowest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char first = (unsigned char)s[0];
	size_t n = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;

	if ((first >= 0x80 && first < 0xc2) || first > 0xf4)
		return 0;
	*code = n == 1 ? first : first & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (s[i] & 0x3f);
	}
	return *code < lowest[n] || *code > 0x10ffff || (*code >= 0xd800 && *code < 0xe000) ? 0 : n;
}

/* What a terminal acts on: control characters, and those that reorder the text around them. */
static bool is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c ||
	       (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2060 && code <= 0x206f) || code == 0xfeff;
}

char *text_plain(const char *s)
{
	char *plain = text_copy(s), *to = plain;

	while (*s) {
		uint32_t code;
		size_t n = decode(s, &code);

		if (n == 0 || is_control(code)) {
			*to++ = '?';
			s += n ? n : 1;
		} else {
			memcpy(to, s, n);
			to += n;
			s += n;
		}
	}
	*to = '\0';
	return plain;
}

size_t text_columns(const char *s)
{
	size_t columns = 0;

	for (; *s; s++)
		columns += (*s & 0xc0) != 0x80;
	return columns;
}

/* A code point in UTF-8; at most four bytes. */
static void put_code(FILE *out, uint32_t code)
{
	static const uint32_t first[] = { 0, 0xc0, 0xe0, 0xf0 };
	int more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;

	fputc((int)(first[more] | code >> 6 * more), out);
	while (more-- > 0)
		fputc((int)(0x80 | (code >> 6 * more & 0x3f)), out);
}

char *text_without_escapes(const char *s)
{
	struct text t;

	text_open(&t);
	while (*s) {
		size_t digits = s[0] != '\\' ? 0 : s[1] == 'u' ? 4 : s[1] == 'U' ? 8 : 0;
		uint32_t code = 0;
		size_t n = 0;

		for (; n < digits && isxdigit((unsigned char)s[2 + n]); n++)
			code = code << 4 | (uint32_t)(isdigit((unsigned char)s[2 + n])
							      ? s[2 + n] - '0'
							      : (s[2 + n] | 0x20) - 'a' + 10);
		if (digits && n == digits && code <= 0x10ffff) {
			put_code(t.file, code);
			s += 2 + digits;
		} else {
			fputc(*s++, t.file);
		}
	}
	return text_close(&t);
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

bool text_is_name_byte(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

bool text_is_identifier(const char *s)
{
	if (!*s || isdigit((unsigned char)*s))
		return false;
	while (*s) {
		uint32_t code;
		size_t n = decode(s, &code);

		if (n == 0 || !text_is_name_byte(*s) || is_control(code))
			return false;
		s += n;
	}
	return true;
}

/* Nothing is escaped between the quotes of an #include, so that no quote can be there. */
char *text_include(const char *path)
{
	bool has_quote = strchr(path, '"') != NULL;

	return text_format(has_quote ? "#include <%s>\n" : "#include \"%s\"\n", path);
}

/* A device without an end, as /dev/zero is, is refused soon; nobody types as much as that. */
static size_t most_bytes(const struct stat *st)
{
	return S_ISCHR(st->st_mode) ? (size_t)1 << 20 : FILE_MAX_BYTES;
}

/* The room is doubled each time, so that a large file is not copied over and over. */
static char *read_all(FILE *in, size_t most, size_t *used)
{
	size_t room = 65536, got;
	char *data = text_resize(NULL, room, 1);

	*used = 0;
	while ((got = fread(data + *used, 1, room - *used - 1, in)) > 0) {
		*used += got;
		if (*used > most) {
			errno = EFBIG;
			free(data);
			return NULL;
		}
		if (*used == room - 1) {
			room = room < most ? room * 2 : most + 2;
			data = text_resize(data, room, 1);
		}
	}
	if (ferror(in)) {
		free(data);
		return NULL;
	}
	data[*used] = '\0';
	return data;
}

char *text_read_file(const char *path, size_t *len)
{
	FILE *in = fopen(path, "rb");
	char *data = NULL;
	struct stat st;
	size_t used;
	int error;

	if (!in)
		return NULL;
	if (fstat(fileno(in), &st) == 0) {
		if (S_ISREG(st.st_mode) && (uint64_t)st.st_size > FILE_MAX_BYTES)
			errno = EFBIG;
		else
			data = read_all(in, most_bytes(&st), &used);
	}
	error = errno;
	fclose(in);
	errno = error;
	if (data && len)
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
