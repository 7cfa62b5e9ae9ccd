/* SPDX-License-Identifier: MIT */
#include "inspect.h"

__attribute__((used)) struct inspect_beacon slab_beacon = {
	.magic = INSPECT_MAGIC,
	.word = sizeof(void *),
	.version = INSPECT_VERSION,
	.layout = INSPECT_LAYOUT,
	.caches = LIST_INIT(slab_beacon.caches),
	.threads = LIST_INIT(slab_beacon.threads),
};

/* Sizes of name and contents, type, name, contents. */
__asm__(".pushsection .note.slab, \"a\", %note\n"
	"	.balign 4\n"
	"	.long 5, 4, 1\n"
	"	.asciz \"slab\"\n"
	"	.balign 4\n"
	"	.long slab_beacon - .\n"
	".popsection\n");

_Static_assert(sizeof(INSPECT_NOTE_NAME) == 5 && INSPECT_NOTE_TYPE == 1, "as the note has it");
