/* SPDX-License-Identifier: MIT */
#include "generate/aliasing.h"

#include <stdlib.h>
#include <string.h>

static void warn(const struct layout *l, const struct type_request *w, bool lto,
		 struct diags *diags)
{
	const struct place at = { l->file, l->line, l->column };
	const char *tag = l->declared ? strchr(l->declared, ' ') : "";
	char *spelling = layout_spelling(l), *upper = text_upper(w->base);
	char *shadow =
		w->shadow.tag ? text_copy(w->shadow.tag) : text_format("struct %s_opaque", w->base);

	diag_add(diags, lto ? SEVERITY_ERROR : SEVERITY_WARNING, &at,
		 "%s lacks may_alias and the flags lack -fno-strict-aliasing: copies of a "
		 "%s, or of what holds one, may go wrong%s",
		 spelling, shadow, lto ? ", and do so with -flto" : "");
	diag_note(
		diags,
		"compile the owner with -fno-strict-aliasing, or define the type as '%s %s_PRIVATE%s "
		"{ ... };' (the header defines %s_PRIVATE)",
		l->is_union ? "union" : "struct", upper, tag, upper);
	free(spelling);
	free(upper);
	free(shadow);
}

void aliasing_check(const struct request *r, const struct compile *compile,
		    const struct layouts *layouts, struct diags *diags)
{
	for (size_t i = 0; i < layouts->n; i++) {
		const struct layout *l = &layouts->v[i];

		if (l->is_record && !l->has_may_alias && !compile->no_strict_aliasing)
			warn(l, &r->types.v[i], compile->lto, diags);
	}
}
