/* SPDX-License-Identifier: MIT */
/* Thin archives: lists of object files that stay where they are. Meson makes them. */
#ifndef GEN_THIN_ARCHIVE_H
#define GEN_THIN_ARCHIVE_H

#include "base/text.h"
#include "base/words.h"

#define THIN_MAGIC "!<thin>\n"

/* The members' paths, relative ones from the archive's own directory; none of what is no thin
 * archive. */
void thin_archive_members(const char *path, const char *bytes, size_t len, struct words *members);

#endif
