/* SPDX-License-Identifier: MIT */
#include "check/drift.h"

#include "base/text.h"
#include "base/words.h"
#include "check/header_numbers.h"
#include "model/targets.h"
#include "write/writer.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- what a number is about ---- */

static char *phrase_of_field(const struct words *fields, const char *rest, const char *start,
			     const char *word)
{
	if (!text_starts(rest, start))
		return NULL;
	for (size_t i = 0; i < fields->n; i++) {
		char *upper = text_macro(fields->v[i]);
		bool same = strcmp(upper, rest + strlen(start)) == 0;

		free(upper);
		if (same)
			return text_format("%s of '%s'", word, fields->v[i]);
	}
	return NULL;
}

/* "size", "offset of 'fd'"; NULL: the macro is not of this type. */
static char *phrase_of(const struct type_request *w, const char *macro)
{
	char *upper = text_upper(w->public_base ? w->public_base : w->base), *phrase = NULL;
	size_t len = strlen(upper);

	if (text_starts(macro, upper) && macro[len] == '_') {
		const char *rest = macro + len + 1;

		if (strcmp(rest, "SIZE") == 0)
			phrase = text_copy("size");
		else if (strcmp(rest, "ALIGN") == 0)
			phrase = text_copy("alignment");
		else
			phrase = phrase_of_field(&w->offsets, rest, "OFFSETOF_", "offset");
		if (!phrase)
			phrase = phrase_of_field(&w->offsets, rest, "SIZEOF_", "size");
	}
	free(upper);
	return phrase;
}

/* ---- what became of a type ---- */

/* Of several targets the same one's; of one, whatever its triple was called. */
static const struct layout *find_old(const struct drift *d, const struct layout *now)
{
	bool alone = d->layouts->n == d->request->types.n;

	return layouts_find(d->old_layouts, now->kind, now->name, alone ? NULL : now->target);
}

static void explain_type(struct drift *d, const struct layout *now, struct diags *diags)
{
	const struct place at = { now->file, now->line, now->column };
	const struct layout *old = find_old(d, now);
	struct words sentences = { NULL, 0 };
	struct changes changes;

	d->explained = true;
	if (!old) {
		diag_add(diags, SEVERITY_NOTE, &at, "this is the type now");
		return;
	}
	explain(old, now, &changes);
	changes_say(&changes, &sentences);
	if (sentences.n == 0)
		diag_add(diags, SEVERITY_NOTE, &at, "all its fields are as they were");
	for (size_t i = 0; i < sentences.n; i++)
		diag_add(diags, SEVERITY_NOTE, &at, "%s", sentences.v[i]);
	words_free(&sentences);
	changes_free(&changes);
}

/* By its name; NULL: there is but one target. */
static const struct layout *layout_on(const struct drift *d, size_t type, const char *target)
{
	size_t n = d->request->types.n;

	for (size_t i = type; i < d->layouts->n; i += n) {
		const struct target *known = target_find(d->layouts->v[i].target);

		if (!target || (known && strcmp(known->name, target) == 0))
			return &d->layouts->v[i];
	}
	return &d->layouts->v[type];
}

/* ---- differences ---- */

/* The comparison of one type in the two texts. */
struct look {
	struct drift *drift;
	size_t type;
	const struct header_numbers *before, *now;
	struct words explained; /* targets for which the change of the type has been reported */
	bool same;
};

/* " on i386-linux-gnu, arm-linux-gnueabihf"; "" where there is but one target. */
static char *where(const struct words *targets)
{
	struct text t;

	text_open(&t);
	for (size_t i = 0; i < targets->n; i++)
		fprintf(t.file, "%s%s", i ? ", " : " on ", target_find(targets->v[i])->triple);
	return text_close(&t);
}

static void report_number(struct look *l, const char *phrase, const struct number *before,
			  const struct number *now, const struct words *targets,
			  struct diags *diags)
{
	const struct place at = { l->drift->file, before->line, 1 };
	const char *first = targets->n ? targets->v[0] : NULL;
	char *spelling = type_name_text(&l->drift->request->types.v[l->type].type);
	char *on = where(targets);

	diag_add(diags, SEVERITY_ERROR, &at, "%s%s: %s %" PRIu64 ", header says %" PRIu64, spelling,
		 on, phrase, now->value, before->value);
	if (first ? !words_have(&l->explained, first) : l->same)
		explain_type(l->drift, layout_on(l->drift, l->type, first), diags);
	words_add_all(&l->explained, targets);
	l->same = false;
	free(spelling);
	free(on);
}

/* Targets that shared one number before are reported together. */
static void check_number(struct look *l, const char *phrase, const struct number *now,
			 struct diags *diags)
{
	const struct words *targets = &l->now->rungs[now->rung];
	struct words told = { NULL, 0 };

	for (size_t i = 0; i < targets->n || i == 0; i++) {
		const char *target = targets->n ? targets->v[i] : NULL;
		const struct number *old = header_numbers_get(l->before, now->name, target);
		struct words together = { NULL, 0 };

		if (!old || old->value == now->value || (target && words_have(&told, target)))
			continue;
		for (size_t k = i; k < targets->n; k++)
			if (header_numbers_get(l->before, now->name, targets->v[k]) == old)
				words_add(&together, targets->v[k]);
		report_number(l, phrase, old, now, &together, diags);
		words_add_all(&told, &together);
		words_free(&together);
	}
	words_free(&told);
}

static bool check_type(struct drift *d, size_t type, const struct header_numbers *before,
		       const struct header_numbers *now, struct diags *diags)
{
	struct look l = { d, type, before, now, { NULL, 0 }, true };

	for (size_t i = 0; i < now->n; i++) {
		char *phrase = phrase_of(&d->request->types.v[type], now->v[i].name);

		if (phrase)
			check_number(&l, phrase, &now->v[i], diags);
		free(phrase);
	}
	words_free(&l.explained);
	return l.same;
}

static bool check_numbers(struct drift *d, struct diags *diags)
{
	struct header_numbers before, now;
	bool same = true;

	header_numbers_find(&before, d->before);
	header_numbers_find(&now, d->now);
	for (size_t i = 0; i < d->request->types.n; i++)
		same = check_type(d, i, &before, &now, diags) && same;
	header_numbers_free(&before);
	header_numbers_free(&now);
	return same;
}

/* As much of a line as one wants to read, and nothing that a terminal would act on. */
static char *excerpt(const char *line)
{
	enum { LONGEST = 100 };
	size_t len;
	char *start, *plain;

	line += strspn(line, "\t ");
	len = strcspn(line, "\n");
	start = text_copy_n(line, len < LONGEST ? len : LONGEST);
	plain = text_plain(start);
	free(start);
	return plain;
}

/* The numbers are right, but some line is not. */
static void report_line(const struct drift *d, struct diags *diags)
{
	struct place at = { d->file, 1, 1 };
	const char *a = d->before, *b = d->now;
	char *is, *should_be;

	for (;;) {
		size_t len = strcspn(a, "\n");

		if (len != strcspn(b, "\n") || strncmp(a, b, len) != 0 || a[len] != b[len])
			break;
		a += len + 1;
		b += len + 1;
		at.line++;
	}
	is = excerpt(a);
	should_be = excerpt(b);
	diag_add(diags, SEVERITY_ERROR, &at, "not what gen-opaque writes: line %u", at.line);
	diag_note(diags, "it has '%s' where gen-opaque writes '%s'", is, should_be);
	free(is);
	free(should_be);
}

bool drift_check(struct drift *d, struct diags *diags)
{
	if (strcmp(d->before, d->now) == 0)
		return true;
	if (check_numbers(d, diags))
		report_line(d, diags);
	return false;
}

/* Of several. */
static char *on_target(const struct drift *d, const struct layout *l)
{
	const struct target *known = target_find(l->target ? l->target : "");
	struct words targets = { NULL, 0 };
	char *on;

	if (known && d->layouts->n > d->request->types.n)
		words_add(&targets, known->name);
	on = where(&targets);
	words_free(&targets);
	return on;
}

/* Sizes may be as they were, and the fields not. */
static bool check_fields(struct drift *d, struct diags *diags)
{
	const struct place at = { d->file, 1, 1 };
	bool same = true;

	for (size_t i = 0; i < d->layouts->n; i++) {
		const struct layout *now = &d->layouts->v[i], *old = find_old(d, now);
		char *spelling, *on;

		if (!old || layout_same(old, now))
			continue;
		spelling = layout_spelling(now);
		on = on_target(d, now);
		diag_add(diags, SEVERITY_ERROR, &at, "%s%s: not as this file has it", spelling, on);
		explain_type(d, now, diags);
		free(spelling);
		free(on);
		same = false;
	}
	return same;
}

bool drift_check_layouts(struct drift *d, struct diags *diags)
{
	if (strcmp(d->before, d->now) == 0)
		return true;
	if (!d->explained && check_fields(d, diags))
		report_line(d, diags);
	return false;
}
