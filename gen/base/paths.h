/* SPDX-License-Identifier: MIT */
/* Paths of files. Results that are not const are the caller's to free. */
#ifndef GEN_PATHS_H
#define GEN_PATHS_H

#include <stdbool.h>

/* Paths. "Real" is: absolute, symbolic links followed as far as the path exists, no "." or "..". */
char *path_join(const char *dir, const char *path); /* path itself where it is absolute */
char *path_real(const char *path);
char *path_dir(const char *path);
const char *path_name(const char *path);		    /* behind the last slash */
const char *path_inside(const char *dir, const char *path); /* the rest, or NULL if outside */
const char *path_shown(const char *here, const char *path); /* that, or else path itself */
char *path_from(const char *dir, const char *path);	    /* relative, with ".." if need be */
char *path_here(void);					    /* the current directory */
bool path_is_dir(const char *path);
bool path_exists(const char *path);

#endif
