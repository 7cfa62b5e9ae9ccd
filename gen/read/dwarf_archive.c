/* SPDX-License-Identifier: MIT */
/* Files in memory, and the members of archives: ar(5), also thin ones and those of BSD. */
#include "base/paths.h"
#include "base/text.h"
#include "read/dwarf_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAGIC_LEN = 8, HEADER_LEN = 60, NAME_LEN = 16, SIZE_AT = 48, SIZE_LEN = 10, END_AT = 58 };

/* ---- files ---- */

static bool cannot_read(struct reading *r, const char *label, const char *why)
{
	facts_error(r->f, FACT_REFUSED, label, "cannot be read: %s", why);
	return false;
}

bool blob_open(struct reading *r, const char *path, const char *label, struct blob *b)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *real;

	memset(b, 0, sizeof(*b));
	b->fd = -1;
	if (fd < 0 || fstat(fd, &st) != 0)
		return cannot_read(r, label, strerror(errno));
	if (S_ISDIR(st.st_mode)) {
		close(fd);
		return cannot_read(r, label, strerror(EISDIR));
	}
	if (st.st_size > 0) {
		b->data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (b->data == MAP_FAILED) {
			b->data = NULL;
			close(fd);
			return cannot_read(r, label, strerror(errno));
		}
	}
	b->fd = fd;
	b->len = (size_t)st.st_size;
	b->path = text_copy(path);
	b->label = text_copy(label);
	real = path_real(path);
	words_add(&r->f->files, real);
	free(real);
	return true;
}

void blob_close(struct blob *b)
{
	if (b->fd >= 0) {
		if (b->data)
			munmap((void *)b->data, b->len);
		close(b->fd);
	}
	free(b->path);
	free(b->label);
	memset(b, 0, sizeof(*b));
	b->fd = -1;
}

/* ---- archives ---- */

struct archive {
	struct reading *r;
	const struct blob *file;
	const char *names; /* long ones; NULL: no table yet */
	size_t names_len;
	blob_work *work;
	void *arg;
	bool thin;
};

static bool is_number(const char *text, size_t len, size_t *number)
{
	size_t n = 0, digits = 0;

	for (size_t i = 0; i < len && text[i] != ' '; i++, digits++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		n = n * 10 + (size_t)(text[i] - '0');
	}
	*number = n;
	return digits > 0;
}

static size_t length_without(const char *text, size_t len, char end)
{
	while (len > 0 && text[len - 1] == ' ')
		len--;
	return len > 0 && text[len - 1] == end ? len - 1 : len;
}

/* The name in a header, or that behind it (BSD), or that in the table of long names (GNU). */
static char *member_name(const struct archive *a, const char *header, const char **start,
			 size_t *size)
{
	size_t number;

	if (strncmp(header, "#1/", 3) == 0 && is_number(header + 3, NAME_LEN - 3, &number)) {
		const char *name = *start;

		number = number < *size ? number : *size;
		*start += number;
		*size -= number;
		return text_copy_n(name, strnlen(name, number));
	}
	if (header[0] == '/' && is_number(header + 1, NAME_LEN - 1, &number) && a->names &&
	    number < a->names_len) {
		const char *name = a->names + number;
		const char *end = memchr(name, '\n', a->names_len - number);
		size_t len = end ? (size_t)(end - name) : a->names_len - number;

		return text_copy_n(name, length_without(name, len, '/'));
	}
	return text_copy_n(header, length_without(header, NAME_LEN, '/'));
}

static bool give_member(struct archive *a, const char *name, const char *start, size_t size)
{
	struct blob b = { .fd = -1 };
	char *label = text_format("%s(%s)", a->file->path, name), *dir, *path;
	bool good;

	if (a->thin) {
		dir = path_dir(a->file->path);
		path = name[0] == '/' || !strchr(a->file->path, '/') ? text_copy(name)
								     : path_join(dir, name);
		good = blob_open(a->r, path, label, &b) && a->work(a->arg, &b);
		blob_close(&b);
		free(dir);
		free(path);
		free(label);
		return good;
	}
	b.path = a->file->path;
	b.label = label;
	b.data = start;
	b.len = size;
	good = a->work(a->arg, &b);
	free(label);
	return good;
}

static bool is_table(const char *header)
{
	return strncmp(header, "/ ", 2) == 0 || strncmp(header, "// ", 3) == 0 ||
	       strncmp(header, "/SYM64/ ", 8) == 0;
}

/* The member at *at, which moves on to the next. */
static bool next_member(struct archive *a, size_t *at)
{
	const struct blob *file = a->file;
	const char *header = file->data + *at, *start = header + HEADER_LEN;
	size_t size, here = *at + HEADER_LEN;
	bool table = is_table(header), good = true;
	char *name;

	if (memcmp(header + END_AT, "`\n", 2) != 0 ||
	    !is_number(header + SIZE_AT, SIZE_LEN, &size)) {
		facts_error(a->r->f, FACT_CORRUPT, file->label,
			    "corrupt: the archive has no member at byte %zu", *at);
		return false;
	}
	if ((table || !a->thin) && size > file->len - here) {
		facts_error(a->r->f, FACT_REFUSED, file->label,
			    "truncated: a member of the archive would end at byte %zu, but it has "
			    "%zu",
			    here + size, file->len);
		return false;
	}
	*at = here + (table || !a->thin ? size + size % 2 : 0);
	if (strncmp(header, "// ", 3) == 0) {
		a->names = start;
		a->names_len = size;
	}
	if (table)
		return true;
	name = member_name(a, header, &start, &size);
	if (!text_starts(name, "__.SYMDEF"))
		good = give_member(a, name, start, size);
	free(name);
	return good;
}

static bool each_member(struct archive *a)
{
	const struct blob *file = a->file;
	size_t at = MAGIC_LEN;

	while (at + HEADER_LEN <= file->len)
		if (!next_member(a, &at))
			return false;
	for (; at < file->len; at++) {
		if (file->data[at] != '\n' && file->data[at] != '\0') {
			facts_error(a->r->f, FACT_REFUSED, file->label,
				    "truncated: a member of the archive would end behind byte %zu",
				    file->len);
			return false;
		}
	}
	return true;
}

static bool starts_with(const struct blob *file, const char *magic)
{
	return file->data && file->len >= MAGIC_LEN && memcmp(file->data, magic, MAGIC_LEN) == 0;
}

bool blob_each(struct reading *r, const char *path, blob_work *work, void *arg)
{
	struct blob file;
	struct archive a = { .r = r, .file = &file, .work = work, .arg = arg };
	bool good;

	if (!blob_open(r, path, path, &file))
		return false;
	a.thin = starts_with(&file, "!<thin>\n");
	if (a.thin || starts_with(&file, "!<arch>\n"))
		good = each_member(&a);
	else
		good = work(arg, &file);
	blob_close(&file);
	return good;
}
