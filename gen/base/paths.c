/* SPDX-License-Identifier: MIT */
#include "base/paths.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

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

/* The target of a dangling symbolic link; NULL: path is no such link. */
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
