/* SPDX-License-Identifier: MIT */
#include "check/floors.h"

#include "base/text.h"
#include "base/words.h"
#include "generate/banner.h"
#include "generate/generate.h"
#include "model/targets.h"

#include <inttypes.h>
#include <stdlib.h>

/* What comes nearest to its floor so far. */
struct nearest {
	double share; /* 1: the floor itself */
	char *spelling, *target;
	uint64_t size, reserve, align, floor;
};

static void look_at(struct nearest *n, const struct type_request *w, const struct layout *l)
{
	double of_size = (double)l->size / (double)w->reserve;
	double of_align = (double)l->align / (double)w->align;
	double share = of_size > of_align ? of_size : of_align;
	const struct target *known = target_find(l->target);

	if (n->spelling && share <= n->share)
		return;
	free(n->spelling);
	free(n->target);
	*n = (struct nearest){ share,
			       layout_spelling(l),
			       known ? text_copy(known->triple) : banner_target(l->target),
			       l->size,
			       w->reserve,
			       l->align,
			       w->align };
}

static void look_at_all(struct nearest *n, const struct request *r, const struct layouts *all)
{
	for (size_t i = 0; i < all->n; i++)
		look_at(n, &r->types.v[i % r->types.n], &all->v[i]);
}

static bool try_compiler(const struct request *r, const char *command, struct nearest *n,
			 struct diags *diags)
{
	struct request one = *r;
	struct generated g = { 0 };
	bool good;

	one.cc = (struct words){ NULL, 0 };
	good = words_split(&one.cc, command) && one.cc.n > 0;
	if (!good) {
		diag_error(diags, "'%s' is not a compiler's command", command);
	} else {
		good = generate(&one, &g, diags);
		if (!good)
			diag_note(diags, "this happens with '%s'", command);
	}
	if (good)
		look_at_all(n, &one, &g.layouts);
	generated_release(&g);
	words_free(&one.cc);
	return good;
}

bool floors_check(const struct request *check, const struct request *r, const struct layouts *now,
		  const struct place *at, struct diags *diags)
{
	struct nearest n = { 0 };
	bool good = true;

	if (!request_has_floors(r) || check->compilers.n < 2)
		return true;
	look_at_all(&n, r, now);
	for (size_t i = 1; i < check->compilers.n; i++)
		good = try_compiler(r, check->compilers.v[i], &n, diags) && good;
	if (good)
		diag_add(diags, SEVERITY_NOTE, at,
			 "nearest to a limit is %s on %s: size %" PRIu64 " of %" PRIu64
			 ", alignment %" PRIu64 " of %" PRIu64,
			 n.spelling, n.target, n.size, n.reserve, n.align, n.floor);
	free(n.spelling);
	free(n.target);
	return good;
}
