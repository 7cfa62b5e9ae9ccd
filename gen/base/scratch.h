/* SPDX-License-Identifier: MIT */
/* A directory for files that are gone when the program ends. */
#ifndef GEN_SCRATCH_H
#define GEN_SCRATCH_H

#include "base/diag.h"

char *scratch_make(struct diags *diags); /* its path, or NULL */
/* Write a file below it, with the directories on its way. */
bool scratch_put(const char *dir, const char *path, const char *text, struct diags *diags);
void scratch_remove(char *dir); /* with all in it; frees the path */

#endif
