/* SPDX-License-Identifier: MIT */
/*
 * What the project's compiler accepts, every command reads: where libclang makes nothing of a
 * source, its compiler is asked alone.
 */
#ifndef GEN_FALLBACK_H
#define GEN_FALLBACK_H

#include "compile/compile.h"
#include "request/request.h"

/*
 * Is there a compiler to be asked, and does the user leave the choice? It can say only numbers of a
 * header's types, but of those that are shown everything.
 */
bool fallback_is_open(const struct request *r, bool for_header);
/*
 * The types that the request wants, or, where it wants none, all there are, from the debug
 * information that the compiler makes of the source. The compiler confirms sizes and alignments.
 */
bool fallback_layouts(const struct request *r, const struct compile *c, struct layouts *layouts,
		      struct words *files, struct diags *diags);
/* One note in place of what libclang said: its first complaint, and whose word counts. */
void fallback_tell(const struct diags *said, const char *whose, struct diags *diags);

#endif
