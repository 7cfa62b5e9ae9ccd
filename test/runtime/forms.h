/* SPDX-License-Identifier: MIT */
#ifndef FORMS_H
#define FORMS_H

/* The two spellings of the hot calls, so that one test can use, and mix, both. */

#include <slab/slab.h>

struct forms {
	const char *name;
	void *(*alloc)(struct kmem_cache *s, gfp_t gfp);
	void *(*zalloc)(struct kmem_cache *s, gfp_t gfp);
	void (*free)(struct kmem_cache *s, void *object);
};

extern const struct forms called;  /* <slab/slab.h> */
extern const struct forms inlined; /* <slab/slab-inline.h> */

#endif
