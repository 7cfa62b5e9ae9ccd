/* SPDX-License-Identifier: MIT */
#include "generate/confirm.h"

#include <inttypes.h>
#include <stdlib.h>

static void warn_of_fields(const struct layout *clang, const struct layout *cc, struct diags *diags)
{
	for (size_t i = 0; i < clang->n_fields; i++) {
		const struct field *a = &clang->fields[i], *b = &cc->fields[i];

		if (a->offset != b->offset || a->size != b->size)
			diag_note(diags,
				  "field '%s': libclang says offset %" PRIu64 ", size %" PRIu64
				  "; the compiler says %" PRIu64 ", %" PRIu64,
				  a->name, a->offset, a->size, b->offset, b->size);
	}
}

static bool has_bit_fields(const struct layout *l)
{
	for (size_t i = 0; i < l->n_fields; i++)
		if (l->fields[i].is_bit_field)
			return true;
	return false;
}

/*
 * The compiler is not asked how fields are aligned. Where it lays them out otherwise than libclang
 * does, they cannot be aligned to more than their place and the whole are.
 */
static void limit_aligns(const struct layout *clang, struct layout *cc)
{
	for (size_t i = 0; i < cc->n_fields; i++) {
		struct field *f = &cc->fields[i];
		uint64_t place = f->offset & (~f->offset + 1);

		if (cc->align < clang->align && f->align > cc->align)
			f->align = cc->align;
		if (f->offset != clang->fields[i].offset && f->offset > 0 && f->align > place)
			f->align = place;
	}
}

/* The compiler wins; that it had to is worth a warning. */
static void warn(const struct layouts *clang, const struct layouts *cc, bool for_show,
		 struct diags *diags)
{
	for (size_t i = 0; i < clang->n; i++) {
		const struct layout *a = &clang->v[i], *b = &cc->v[i];
		const struct place at = { a->file, a->line, a->column };
		char *spelling;

		if (layout_same(a, b))
			continue;
		spelling = layout_spelling(a);
		diag_add(diags, SEVERITY_WARNING, &at,
			 "%s: libclang says size %" PRIu64 ", alignment %" PRIu64
			 "; the compiler says %" PRIu64 ", %" PRIu64 ", and is right",
			 spelling, a->size, a->align, b->size, b->align);
		warn_of_fields(a, b, diags);
		if (for_show && has_bit_fields(a))
			diag_note(
				diags,
				"the places of bit-fields are still those of libclang, and may be wrong");
		free(spelling);
	}
}

bool confirm(const struct compiler_numbers_request *request, struct layouts *layouts,
	     struct diags *diags)
{
	struct layouts clang;
	bool good;

	layouts_copy(&clang, layouts);
	good = compiler_numbers_measure(request, layouts, diags);
	if (good)
		warn(&clang, layouts, request->for_show, diags);
	for (size_t i = 0; i < layouts->n && good; i++)
		limit_aligns(&clang.v[i], &layouts->v[i]);
	layouts_free(&clang);
	return good;
}
