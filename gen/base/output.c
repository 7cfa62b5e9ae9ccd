/* SPDX-License-Identifier: MIT */
#include "base/output.h"

#include "base/interrupt.h"
#include "base/paths.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_stdout(const struct output *o)
{
	return strcmp(o->path, "-") == 0;
}

static bool is_same(const char *path, const char *text)
{
	size_t len;
	char *old = text_read_file(path, &len);
	bool same = old && len == strlen(text) && memcmp(old, text, len) == 0;

	free(old);
	return same;
}

static bool put(FILE *file, const char *text)
{
	bool good = fputs(text, file) >= 0;

	return fclose(file) == 0 && good;
}

/* A new file keeps to the umask; one that replaces another has that one's mode. */
static mode_t mode_for(const char *path)
{
	struct stat st;
	mode_t mask;

	if (stat(path, &st) == 0)
		return st.st_mode & 07777;
	mask = umask(0);
	umask(mask);
	return 0666 & ~mask;
}

static bool fail(const char *path, struct diags *diags)
{
	int error = errno;
	char *dir = path_dir(path);

	if (error == ENOENT && !path_is_dir(dir)) {
		diag_error(diags, "%s: cannot be written: there is no directory '%s'", path, dir);
	} else {
		diag_error(diags, "%s: cannot be written: %s", path, strerror(error));
	}
	free(dir);
	return false;
}

/* Write the text to a new file beside its final place. */
static bool prepare(struct output *o, struct diags *diags)
{
	char *real = path_real(o->path); /* a symbolic link stays one */
	struct stat st;
	FILE *file;
	int fd;

	if (stat(real, &st) == 0 && S_ISDIR(st.st_mode)) {
		free(real);
		errno = EISDIR;
		return fail(o->path, diags);
	}
	o->temporary = text_format("%s.XXXXXX", real);
	fd = mkstemp(o->temporary);
	if (fd < 0) {
		free(o->temporary);
		free(real);
		o->temporary = NULL;
		return fail(o->path, diags);
	}
	file = fdopen(fd, "w");
	if (!file || fchmod(fd, mode_for(real)) != 0 || !put(file, o->text)) {
		free(real);
		return fail(o->path, diags);
	}
	free(real);
	return true;
}

static bool is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

/* Standard output, a pipe, a terminal: nothing to compare and nothing to rename. */
static bool write_through(const struct output *o, struct diags *diags)
{
	FILE *file;

	if (is_stdout(o)) {
		if (fputs(o->text, stdout) >= 0 && fflush(stdout) == 0)
			return true;
		diag_error(diags, "standard output cannot be written: %s", strerror(errno));
		return false;
	}
	file = fopen(o->path, "w");
	return (file && put(file, o->text)) || fail(o->path, diags);
}

static bool finish(struct output *o, struct diags *diags)
{
	char *real;
	bool good;

	if (!o->temporary)
		return true;
	real = path_real(o->path);
	good = rename(o->temporary, real) == 0;
	free(real);
	if (!good)
		return fail(o->path, diags);
	free(o->temporary);
	o->temporary = NULL;
	return true;
}

bool output_write(struct output *outputs, size_t n, struct diags *diags)
{
	bool good = !interrupt_came();

	for (size_t i = 0; i < n && good; i++)
		if (!is_stdout(&outputs[i]) && !is_special(outputs[i].path) &&
		    (outputs[i].always || !is_same(outputs[i].path, outputs[i].text)))
			good = prepare(&outputs[i], diags);
	for (size_t i = 0; i < n && good; i++)
		if (is_stdout(&outputs[i]) || is_special(outputs[i].path))
			good = write_through(&outputs[i], diags);
	for (size_t i = 0; i < n && good; i++)
		good = finish(&outputs[i], diags);
	for (size_t i = 0; i < n; i++) {
		if (outputs[i].temporary)
			unlink(outputs[i].temporary);
		free(outputs[i].temporary);
		outputs[i].temporary = NULL;
	}
	return good;
}
