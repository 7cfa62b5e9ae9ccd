/* SPDX-License-Identifier: MIT */
#include "check/abi.h"

#include "base/paths.h"
#include "base/text.h"
#include "base/words.h"
#include "generate/banner.h"
#include "generate/find_layouts.h"
#include "model/targets.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* One shadow, in both headers, with one compiler. */
struct pair {
	const struct remade *m;
	const char *old_file, *new_file;
	const struct words *cc; /* empty: the default */
	const struct type_request *type;
	char *spelling; /* of the shadow */
	struct found_layouts old, now;
	bool broken;
};

/* ---- its two layouts ---- */

/* Of a header alone: nothing is made from it, and no stand-in is shown. */
static bool find_type(const struct pair *p, const char *file, const struct type_name *type,
		      struct found_layouts *found, struct diags *diags)
{
	struct type_request wanted = { 0 };
	struct request one = p->m->request;
	struct words inputs = { NULL, 0 };
	char *real = path_real(file);
	bool good;

	words_add(&inputs, real);
	if (type)
		wanted.type = *type;
	wanted.base = p->spelling;
	one.types = (struct type_requests){ .v = type ? &wanted : NULL, .n = type ? 1 : 0 };
	one.inputs = inputs;
	one.input = real;
	one.objects = one.targets = one.compilers = (struct words){ NULL, 0 };
	one.output = one.depfile = one.header.forward = one.header.private_half =
		one.header.layout = (struct output_path){ NULL, NULL };
	one.from = INPUT_SOURCE;
	one.database = NULL;
	one.cc = *p->cc;
	good = find_layouts(&one, TO_SHOW, found, diags);
	words_free(&inputs);
	free(real);
	return good;
}

/* By its tag, else by its typedef: one made by hand may lack the tag. */
static bool find_shadow(const struct pair *p, const char *file, struct found_layouts *found)
{
	const char *blank = strchr(p->spelling, ' ');
	const struct type_name names[] = {
		{ text_starts(p->spelling, "union ") ? LAYOUT_UNION : LAYOUT_STRUCT,
		  (char *)blank + 1 },
		{ LAYOUT_TYPEDEF, (char *)blank + 1 },
	};
	size_t n = p->type->shadow.has_typedef ? 2 : 1;

	for (size_t i = 0; i < n; i++) {
		struct diags said = { NULL, 0 };
		bool good = find_type(p, file, &names[i], found, &said);

		diag_free(&said);
		if (good)
			return true;
		found_layouts_free(found);
	}
	*found = (struct found_layouts){ .confirmed = false };
	return false;
}

/* A header that can be read, but has no such type, is a difference; any other is an error. */
static bool find_or_report(struct pair *p, const char *file, struct found_layouts *found,
			   struct diags *diags)
{
	const struct place at = { .file = file };
	struct found_layouts all;
	bool good;

	if (find_shadow(p, file, found))
		return true;
	good = find_type(p, file, NULL, &all, diags);
	found_layouts_free(&all);
	if (!good)
		return false;
	diag_add(diags, SEVERITY_ERROR, &at,
		 "has no %s: users of one header do not know the other's", p->spelling);
	p->broken = true;
	return true;
}

/* ---- what differs ---- */

static void report(struct pair *p, struct diags *diags, const char *what, uint64_t now,
		   uint64_t before)
{
	const struct place at = { .file = p->new_file };
	const char *triple = p->now.layouts.v[0].target;
	const struct target *known = target_find(triple);
	char *target = known ? text_copy(known->triple) : banner_target(triple);

	diag_add(diags, SEVERITY_ERROR, &at,
		 "%s on %s: %s %" PRIu64 ", but holders of '%s' have %" PRIu64, p->spelling, target,
		 what, now, p->old_file, before);
	p->broken = true;
	free(target);
}

/* Bytes that nobody names, in whatever pieces; all other fields are known to users. */
static bool is_room(const struct field *f)
{
	return text_ends(f->type, "]") &&
	       (text_starts(f->type, "unsigned char") || text_starts(f->type, "char"));
}

static void compare_fields(struct pair *p, const struct layout *old, const struct layout *now,
			   struct diags *diags)
{
	for (size_t i = 0; i < old->n_fields; i++) {
		const struct field *a = &old->fields[i], *b = layout_find_field(now, a->name);
		char *what = text_format("offset of '%s'", a->name);
		char *size = text_format("size of '%s'", a->name);

		if (a->depth == 0 && a->name[0] && !is_room(a) && !b) {
			const struct place at = { .file = p->new_file };

			diag_add(diags, SEVERITY_ERROR, &at,
				 "%s: field '%s' removed, which users of '%s' know", p->spelling,
				 a->name, p->old_file);
			p->broken = true;
		} else if (a->depth == 0 && a->name[0] && !is_room(a)) {
			if (a->offset != b->offset)
				report(p, diags, what, b->offset, a->offset);
			if (a->size != b->size)
				report(p, diags, size, b->size, a->size);
		}
		free(what);
		free(size);
	}
}

static void compare(struct pair *p, struct diags *diags)
{
	const struct layout *old = &p->old.layouts.v[0], *now = &p->now.layouts.v[0];
	const struct place at = { .file = p->new_file };

	if (old->declared && now->declared && strcmp(old->declared, now->declared) != 0) {
		diag_add(diags, SEVERITY_ERROR, &at, "its tag is '%s', but users of '%s' say '%s'",
			 now->declared, p->old_file, old->declared);
		p->broken = true;
	}
	if (old->size != now->size)
		report(p, diags, "size", now->size, old->size);
	if (old->align != now->align)
		report(p, diags, "alignment", now->align, old->align);
	compare_fields(p, old, now, diags);
}

/* ---- all shadows ---- */

static bool check_one(const struct remade *m, const char *old_file, const struct words *cc,
		      const struct type_request *type, bool *broken, struct diags *diags)
{
	struct pair p = { .m = m,
			  .old_file = old_file,
			  .new_file = m->header,
			  .cc = cc,
			  .type = type,
			  .spelling = type->shadow.tag
					      ? text_copy(type->shadow.tag)
					      : text_format("struct %s_opaque", type->base) };
	bool good = find_or_report(&p, old_file, &p.old, diags) &&
		    find_or_report(&p, m->header, &p.now, diags);

	if (good && !p.broken && p.old.layouts.v && p.now.layouts.v)
		compare(&p, diags);
	*broken = *broken || p.broken;
	found_layouts_free(&p.old);
	found_layouts_free(&p.now);
	free(p.spelling);
	return good;
}

static bool check_all(const struct remade *m, const char *old_file, const struct words *cc,
		      bool *broken, struct diags *diags)
{
	bool good = true;

	for (size_t i = 0; i < m->request.types.n && good; i++)
		good = check_one(m, old_file, cc, &m->request.types.v[i], broken, diags);
	return good;
}

bool abi_check(const struct request *check, const struct remade *m, bool *broken,
	       struct diags *diags)
{
	bool good = true;

	if (check->compilers.n == 0)
		return check_all(m, check->check.abi, &m->request.cc, broken, diags);
	for (size_t i = 0; i < check->compilers.n && good; i++) {
		struct words cc = { NULL, 0 };

		good = words_split(&cc, check->compilers.v[i]) &&
		       check_all(m, check->check.abi, &cc, broken, diags);
		words_free(&cc);
	}
	return good;
}
