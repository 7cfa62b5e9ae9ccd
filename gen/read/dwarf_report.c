/* SPDX-License-Identifier: MIT */
#include "read/dwarf_report.h"

#include "base/text.h"
#include "read/dwarf_language.h"
#include "read/dwarf_names.h"
#include "read/dwarf_near.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ABSENT = 3 };

static const char give_object[] = "give the object whose source defines it";

/* Where the source has it; else the object. */
static struct place place_of(const struct fact_die *die)
{
	return (struct place){ .file = die->file && die->file[0] ? die->file
								 : die->unit->object->label,
			       .line = die->line };
}

static void report_error(struct diags *diags, const struct fact_error *e)
{
	const struct place at = { .file = e->file[0] ? e->file : NULL };

	diag_add(diags, SEVERITY_ERROR, &at, "%s", e->text);
	for (size_t i = 0; i < e->notes.n; i++)
		diag_note(diags, "%s", e->notes.v[i]);
}

void report_stopped(struct diags *diags, const struct facts *f)
{
	report_error(diags, facts_stopped(f));
}

void report_nonsense(struct diags *diags, const struct fact_object *in, const char *text)
{
	const struct place at = { .file = in->label };

	diag_add(diags, SEVERITY_ERROR, &at, "corrupt: %s", text);
}

static void note_definition(struct diags *diags, const struct definition *d, const char *word)
{
	const struct place at = { .file = d->die->file, .line = d->die->line };
	uint64_t size = strtoull(d->shape, NULL, 10);

	diag_add(diags, SEVERITY_NOTE, &at, "%s of %" PRIu64 " bytes is defined here, in %s", word,
		 size, d->die->unit->object->label);
}

void report_two(struct diags *diags, const struct search *s)
{
	const struct place at = place_of(s->definitions[0].die);
	char *name = name_spelled(s->wanted.kind, s->wanted.name);

	diag_add(diags, SEVERITY_ERROR, &at, "'%s' means two different types", name);
	note_definition(diags, &s->definitions[0], "one");
	note_definition(diags, &s->definitions[1], "another");
	free(name);
}

static const char reduced[] =
	"it was built with -femit-struct-debug-baseonly (in a kernel: CONFIG_DEBUG_INFO_REDUCED), "
	"which leaves out the types of headers: build it without";

static bool is_reduced(const struct traits *t)
{
	return (t->flags & FLAG_REDUCED) != 0;
}

void report_declared(struct diags *diags, const struct fact_die *die)
{
	const struct place at = place_of(die);
	char *name = die_spelled_name(die);
	struct candidates c = candidates_of(die);
	bool left_out = false;

	for (size_t i = 0; i < c.n; i++)
		left_out = left_out || is_reduced(&c.v[i].abi.traits);
	diag_add(diags, SEVERITY_ERROR, &at, "'%s' is declared here, but never defined", name);
	diag_note(diags, "%s", left_out ? reduced : give_object);
	candidates_free(&c);
	free(name);
}

static bool any_is_reduced(const struct facts *f)
{
	for (size_t i = 0; i < f->n_objects; i++) {
		for (size_t k = 0; k < f->objects[i]->n_producers; k++) {
			const struct fact_producer *p = &f->objects[i]->producers[k];
			const struct traits t = traits_of(p->text, p->version, p->language);

			if (is_reduced(&t))
				return true;
		}
	}
	return false;
}

void report_missing(struct diags *diags, const struct type_name *wanted, const struct words *inputs,
		    const struct facts *names, const struct facts *f)
{
	const struct place at = { .file = inputs->n == 1 ? inputs->v[0] : NULL };
	char *name = name_spelled(wanted->kind, wanted->name), *near = near_names(names, wanted);
	int absent = 0;

	diag_add(diags, SEVERITY_ERROR, &at, "there is no '%s' here", name);
	if (near)
		diag_note(diags, "the nearest names there are: %s", near);
	else
		diag_note(diags, "%s", any_is_reduced(names) ? reduced : give_object);
	for (size_t i = 0; i < f->n_errors && absent < MOST_ABSENT; i++) {
		if (f->errors[i].kind == FACT_ABSENT) {
			diag_note(diags, "%s %s", f->errors[i].file, f->errors[i].text);
			absent++;
		}
	}
	free(name);
	free(near);
}

void report_no_types(struct diags *diags, const struct facts *f, const struct words *inputs)
{
	const struct place at = { .file = inputs->v[0] };
	bool absent = false;

	for (size_t i = 0; i < f->n_errors; i++) {
		if (f->errors[i].kind == FACT_ABSENT) {
			report_error(diags, &f->errors[i]);
			absent = true;
		}
	}
	if (absent)
		return;
	diag_add(diags, SEVERITY_ERROR, &at,
		 "holds only line tables, no types: it was built with -g1 or -gline-tables-only");
	diag_note(diags, "build it with -g");
}

void report_target(struct diag *d, const char *target)
{
	struct diags one = { d, 1 };

	diag_note(&one, "so it is among what is for %s", target);
}

/* ---- layouts ---- */

static void widen(struct layout *l, const struct layout *other)
{
	l->align = other->align > l->align ? other->align : l->align;
	l->align_low = other->align_low < l->align_low ? other->align_low : l->align_low;
	l->align_exact = l->align == l->align_low;
	for (size_t i = 0; i < l->n_fields && i < other->n_fields; i++)
		if (other->fields[i].align > l->fields[i].align)
			l->fields[i].align = other->fields[i].align;
}

static void warn_of_doubts(struct diags *diags, const struct fact_die *die, const struct layout *l,
			   const struct candidates *c)
{
	const struct place at = place_of(die);
	char *name = die_spelled_name(die), *first = NULL;

	for (size_t i = 0; i < c->n && !l->align_exact; i++) {
		char *doubt = traits_doubt(&c->v[i].abi.traits);

		if (doubt && (!first || strcmp(doubt, first) < 0)) {
			free(first);
			first = doubt;
		} else {
			free(doubt);
		}
	}
	if (first)
		diag_add(diags, SEVERITY_WARNING, &at,
			 "the alignment of '%s' is only bounded by its size: %s", name, first);
	free(first);
	free(name);
}

/* Has the type a size, and do we know the rules that it follows? */
static bool is_fit(struct diags *diags, const struct fact_die *die, struct types *t)
{
	const struct place at = place_of(die);
	unsigned language = foreign_language(die);
	char *name = die_spelled_name(die);
	bool varies = types_vary(t, die);

	if (language) {
		diag_add(diags, SEVERITY_ERROR, &at,
			 "'%s' is of %s, whose rules for layouts are not known here", name,
			 language_name(language));
		diag_note(diags, "let a C type hold what the two languages share");
	} else if (varies) {
		diag_add(diags, SEVERITY_ERROR, &at, "'%s' has no fixed size", name);
		diag_note(diags, "it depends on the object: hold a pointer to it");
	}
	free(name);
	return !language && !varies;
}

bool describe_for_all(struct diags *diags, struct fact_die *die,
		      const struct completion *completions, size_t n_completions,
		      enum describe_fields fields, struct layout *l)
{
	struct candidates c = candidates_of(die);
	bool good = is_fit(diags, die, &c.v[0]);
	struct layout other;

	for (size_t i = 0; i < c.n && good; i++) {
		c.v[i].completions = completions;
		c.v[i].n_completions = n_completions;
		describe(&c.v[i], die, fields, i ? &other : l);
		good = !c.v[i].wrong;
		if (!good) {
			report_nonsense(diags, die->unit->object, c.v[i].wrong);
			if (i)
				layout_release(l);
		} else if (i) {
			widen(l, &other);
			layout_release(&other);
		}
	}
	if (good)
		warn_of_doubts(diags, die, l, &c);
	candidates_free(&c);
	return good;
}
