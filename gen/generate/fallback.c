/* SPDX-License-Identifier: MIT */
#include "generate/fallback.h"

#include "base/text.h"
#include "base/words.h"
#include "generate/compiler_numbers.h"
#include "read/reader.h"

#include <stdlib.h>

bool fallback_is_open(const struct request *r, bool for_header)
{
	struct diags unheard = { NULL, 0 };
	bool is_list = !for_header && r->types.n == 0; /* which needs no confirmation */
	bool open = !r->insists && (!r->no_confirm || is_list) && (!r->target || r->cc.n > 0) &&
		    (!for_header || request_check_numbers(r, &unheard));

	diag_free(&unheard);
	return open;
}

/* Debug information seldom states an alignment. Where the compiler cannot be asked, it stays a
 * bound. */
static void make_exact(const struct request *r, const struct compile *c, struct layout *l)
{
	struct layouts one = { l, 1 }, known;
	const struct compiler_numbers_request request = { .compile = c, .input = r->input };
	struct diags unheard = { NULL, 0 };

	layouts_copy(&known, &one);
	if (compiler_numbers_measure(&request, &known, &unheard)) {
		l->align = l->align_low = known.v[0].align;
		l->align_exact = true;
		l->reader = READER_CC;
	}
	layouts_free(&known);
	diag_free(&unheard);
}

bool fallback_layouts(const struct request *r, const struct compile *c, struct layouts *layouts,
		      struct words *files, struct diags *diags)
{
	struct type_name *types = type_requests_names(&r->types);
	const struct debug_request request = {
		.compile = c,
		.input = r->input,
		.types = types,
		.n_types = r->types.n,
		.nested = r->types.n > 0,
	};
	bool good;

	good = read_debug(&request, layouts, files, diags);
	for (size_t i = 0; i < layouts->n && good && r->types.n > 0; i++)
		make_exact(r, c, &layouts->v[i]);
	free(types);
	return good;
}

static const struct diag *first_error(const struct diags *said)
{
	for (size_t i = 0; i < said->n; i++)
		if (said->v[i].severity == SEVERITY_ERROR)
			return &said->v[i];
	return NULL;
}

void fallback_tell(const struct diags *said, const char *whose, struct diags *diags)
{
	const struct diag *first = first_error(said);
	const struct place at = { first ? first->file : NULL, first ? first->line : 0,
				  first ? first->column : 0 };
	struct diags note = { NULL, 0 }; /* belongs to no other */

	diag_add(&note, SEVERITY_NOTE, &at,
		 "libclang cannot read this (%s), but the compiler accepts it: %s",
		 first ? first->text : "it says nothing", whose);
	diag_move(diags, &note);
}
