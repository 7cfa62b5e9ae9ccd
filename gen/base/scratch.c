/* SPDX-License-Identifier: MIT */
#include "base/scratch.h"

#include "base/text.h"

#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *scratch_make(struct diags *diags)
{
	const char *tmp = getenv("TMPDIR");
	char *dir = text_format("%s/gen-opaque.XXXXXX", tmp && tmp[0] == '/' ? tmp : "/tmp");

	if (mkdtemp(dir))
		return dir;
	diag_error(diags, "%s: cannot be made: %s", dir, strerror(errno));
	free(dir);
	return NULL;
}

/* All directories above a file; those that are there already are fine. */
static void make_dirs(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
}

bool scratch_put(const char *dir, const char *path, const char *text, struct diags *diags)
{
	char *whole = text_format("%s/%s", dir, path);
	FILE *file;
	bool good;

	make_dirs(whole);
	file = fopen(whole, "w");
	good = file && fputs(text, file) >= 0;
	if (file)
		good = fclose(file) == 0 && good;
	if (!good)
		diag_error(diags, "%s: cannot be written: %s", whole, strerror(errno));
	free(whole);
	return good;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void scratch_remove(char *dir)
{
	if (dir)
		nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(dir);
}
