/* SPDX-License-Identifier: MIT */
#include "text.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

void words_add_n(struct words *w, const char *word, size_t len)
{
	w->v = text_resize(w->v, w->n + 2, sizeof(*w->v));
	w->v[w->n++] = text_copy_n(word, len);
	w->v[w->n] = NULL;
}

void words_add(struct words *w, const char *word)
{
	words_add_n(w, word, strlen(word));
}

void words_addf(struct words *w, const char *format, ...)
{
	va_list args;
	char *s;

	va_start(args, format);
	s = text_vformat(format, args);
	va_end(args);
	words_add(w, s);
	free(s);
}

void words_add_all(struct words *w, const struct words *other)
{
	for (size_t i = 0; i < other->n; i++)
		words_add(w, other->v[i]);
}

void words_set(struct words *w, size_t index, const char *word)
{
	char *old = w->v[index];

	w->v[index] = text_copy(word);
	free(old);
}

void words_remove(struct words *w, size_t index)
{
	free(w->v[index]);
	memmove(w->v + index, w->v + index + 1, (w->n - index) * sizeof(*w->v));
	w->n--;
}

bool words_have(const struct words *w, const char *word)
{
	for (size_t i = 0; i < w->n; i++)
		if (strcmp(w->v[i], word) == 0)
			return true;
	return false;
}

bool words_same(const struct words *a, const struct words *b)
{
	bool same = a->n == b->n;

	for (size_t i = 0; i < a->n && same; i++)
		same = strcmp(a->v[i], b->v[i]) == 0;
	return same;
}

static int compare_words(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void words_sort_unique(struct words *w)
{
	if (w->n == 0)
		return;
	qsort(w->v, w->n, sizeof(*w->v), compare_words);
	for (size_t i = w->n - 1; i > 0; i--)
		if (strcmp(w->v[i], w->v[i - 1]) == 0)
			words_remove(w, i);
}

void words_free(struct words *w)
{
	for (size_t i = 0; i < w->n; i++)
		free(w->v[i]);
	free(w->v);
	w->v = NULL;
	w->n = 0;
}

/*
 * One word starting at s, unquoted into t; returns what follows it, NULL for an open quote. In
 * response files a backslash counts between single quotes, too.
 */
static const char *split_one(const char *s, bool in_response, FILE *t)
{
	char quote = '\0';

	for (; *s && (quote || !isspace((unsigned char)*s)); s++) {
		if (quote ? *s == quote : (*s == '\'' || *s == '"'))
			quote = (char)(quote ? '\0' : *s);
		else if (*s == '\\' && (in_response || quote != '\'') && s[1])
			fputc(*++s, t);
		else
			fputc(*s, t);
	}
	return quote ? NULL : s;
}

static bool split(struct words *w, const char *line, bool in_response)
{
	while (line) {
		struct text t;
		char *word;

		while (isspace((unsigned char)*line))
			line++;
		if (!*line)
			return true;
		text_open(&t);
		line = split_one(line, in_response, t.file);
		word = text_close(&t);
		if (line)
			words_add(w, word);
		free(word);
	}
	return false;
}

bool words_split(struct words *w, const char *line)
{
	return split(w, line, false);
}

bool words_split_response(struct words *w, const char *text)
{
	return split(w, text, true);
}

char *path_join(const char *dir, const char *path)
{
	if (path[0] == '/' || !dir || !dir[0])
		return text_copy(path);
	return text_format("%s%s%s", dir, text_ends(dir, "/") ? "" : "/", path);
}

char *path_here(void)
{
	char *here = getcwd(NULL, 0);

	return here ? here : text_copy("/");
}

char *path_dir(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return text_copy(".");
	return slash == path ? text_copy("/") : text_copy_n(path, (size_t)(slash - path));
}

const char *path_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Take "." and ".." out of an absolute path in place, by its letters alone. */
static void tidy_path(char *path)
{
	char *to = path;
	const char *from = path;

	while (*from) {
		size_t len;

		while (*from == '/')
			from++;
		len = strcspn(from, "/");
		if (len == 2 && from[0] == '.' && from[1] == '.') {
			while (to > path && *--to != '/')
				;
		} else if (len > 0 && !(len == 1 && from[0] == '.')) {
			*to++ = '/';
			memmove(to, from, len);
			to += len;
		}
		from += len;
	}
	if (to == path)
		*to++ = '/';
	*to = '\0';
}

/* Where a symbolic link leads that itself leads to nothing yet; NULL: it is none. */
static char *link_target(const char *path, const char *dir)
{
	char target[PATH_MAX];
	ssize_t len = readlink(path, target, sizeof(target) - 1);

	if (len <= 0)
		return NULL;
	target[len] = '\0';
	return path_join(dir, target);
}

/* The real path of what does not exist: that of its directory, and its name. */
static char *real_missing(const char *path, int links_left);

static char *real_at_most(const char *path, int links_left)
{
	char *real = realpath(path, NULL);

	if (real)
		return real;
	return strcmp(path, "/") == 0 ? text_copy(path) : real_missing(path, links_left);
}

static char *real_missing(const char *path, int links_left)
{
	char *whole = text_copy(path), *dir, *real_dir, *target, *real;

	/* "missing/.." does not exist for the system; by its letters it is tidy. */
	if (strstr(whole, "/..") || strstr(whole, "/./") || strstr(whole, "//") ||
	    text_ends(whole, "/") || text_ends(whole, "/."))
		tidy_path(whole);
	dir = path_dir(whole);
	real_dir = real_at_most(dir, links_left);
	target = links_left > 0 ? link_target(whole, real_dir) : NULL;
	real = target ? real_at_most(target, links_left - 1)
		      : path_join(real_dir, path_name(whole));
	free(target);
	free(real_dir);
	free(dir);
	free(whole);
	return real;
}

char *path_real(const char *path)
{
	char *here = path_here(), *whole = path_join(here, path), *real;

	real = real_at_most(whole, 16);
	free(here);
	free(whole);
	return real;
}

const char *path_inside(const char *dir, const char *path)
{
	size_t len = strlen(dir);

	if (len > 0 && dir[len - 1] == '/')
		len--;
	if (strncmp(dir, path, len) != 0 || (path[len] != '/' && path[len] != '\0'))
		return NULL;
	while (path[len] == '/')
		len++;
	return path[len] ? path + len : ".";
}

const char *path_shown(const char *here, const char *path)
{
	const char *inside = here ? path_inside(here, path) : NULL;

	return inside ? inside : path;
}

char *path_from(const char *dir, const char *path)
{
	size_t common = 0;
	struct text t;

	for (size_t i = 0;; i++) {
		bool dir_end = dir[i] == '/' || dir[i] == '\0';
		bool path_end = path[i] == '/' || path[i] == '\0';

		if (dir_end && path_end)
			common = i;
		if (dir[i] != path[i] || dir[i] == '\0')
			break;
	}
	text_open(&t);
	for (const char *d = dir + common; *d; d++)
		if (*d == '/' && d[1])
			fputs("../", t.file);
	path += common;
	fputs(*path == '/' ? path + 1 : path, t.file);
	return text_close(&t);
}

bool path_is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool path_exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}
