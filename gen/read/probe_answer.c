/* SPDX-License-Identifier: MIT */
#include "base/text.h"
#include "read/probe.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* One record, in pieces: what(type, field)=value; the field may be missing. */
struct record {
	char *what, *type, *field;
	uint64_t value;
};

static void record_free(struct record *r)
{
	free(r->what);
	free(r->type);
	free(r->field);
}

/* ---- one record ---- */

struct bytes {
	const char *at, *end;
};

static bool take(struct bytes *b, char c)
{
	if (b->at == b->end || *b->at != c)
		return false;
	b->at++;
	return true;
}

/* Names, and what else stands in triples, in paths of members and in C++'s names. */
static char *take_words(struct bytes *b)
{
	const char *start = b->at;

	while (b->at < b->end && (text_is_name_byte(*b->at) || strchr(" -.:[]", *b->at)) && *b->at)
		b->at++;
	return text_copy_n(start, (size_t)(b->at - start));
}

/* "96", or "$96" or "#96" as some targets write constants in assembly. */
static bool take_number(struct bytes *b, uint64_t *number)
{
	const char *start;

	if (!take(b, '$'))
		take(b, '#');
	start = b->at;
	*number = 0;
	for (; b->at < b->end && isdigit((unsigned char)*b->at); b->at++)
		if (__builtin_mul_overflow(*number, 10, number) ||
		    __builtin_add_overflow(*number, (uint64_t)(*b->at - '0'), number))
			return false;
	return b->at > start;
}

static bool take_value(struct bytes *b, uint64_t *value)
{
	uint64_t check;

	take(b, '\0'); /* in data, strings have an end */
	return take_number(b, value) && take(b, ' ') && take_number(b, &check) && take(b, ';') &&
	       check == *value % PROBE_CHECK;
}

static bool take_record(struct bytes *b, struct record *r)
{
	bool good;

	r->what = take_words(b);
	good = take(b, '(');
	r->type = take_words(b);
	if (take(b, ',')) {
		take(b, ' ');
		r->field = take_words(b);
	}
	good = good && take(b, ')') && take(b, '=') && r->what[0] && r->type[0];
	return take_value(b, &r->value) && good;
}

/* ---- one answer ---- */

static struct layout *find_type(struct layouts *all, const char *spelling)
{
	struct type_name type;
	struct layout *l;

	if (!type_name_parse(&type, spelling, strlen(spelling)))
		return NULL;
	l = layouts_find(all, type.kind, type.name, NULL);
	if (!l) {
		l = layouts_add(all);
		l->kind = type.kind;
		l->name = text_copy(type.name);
	}
	free(type.name);
	return l;
}

static struct field *find_field(struct layout *l, const char *name)
{
	for (size_t i = l->n_fields; i > 0; i--)
		if (strcmp(l->fields[i - 1].name, name) == 0)
			return &l->fields[i - 1];
	layout_add_field(l)->name = text_copy(name);
	l->fields[l->n_fields - 1].type = text_copy("");
	l->fields[l->n_fields - 1].align = 1; /* which nobody asked for */
	return &l->fields[l->n_fields - 1];
}

/* What __builtin_classify_type says. */
enum { CLASS_RECORD = 12, CLASS_UNION = 13 };

static void take_kind(struct layout *l, uint64_t kind)
{
	l->is_union = kind == CLASS_UNION || l->kind == LAYOUT_UNION;
	l->is_record = kind == CLASS_UNION || kind == CLASS_RECORD || l->kind != LAYOUT_TYPEDEF;
}

static bool take_flexible_number(struct layout *l, const struct record *r)
{
	struct flexible_array *a = layout_find_flexible(l, r->field);

	if (strcmp(r->what, "start") == 0 && a) /* asked for twice */
		a->offset = r->value;
	else if (strcmp(r->what, "start") == 0)
		layout_add_flexible(l, r->field, r->value, 0);
	else if (strcmp(r->what, "element") == 0 && a)
		a->element = r->value;
	else if (strcmp(r->what, "open") != 0 || !a)
		return false;
	else if (!r->value)
		layout_drop_flexible(l, a);
	return true;
}

static bool take_type_number(struct layout *l, const struct record *r)
{
	if (strcmp(r->what, "size") == 0)
		l->size = r->value;
	else if (strcmp(r->what, "align") == 0)
		l->align = l->align_low = r->value;
	else if (strcmp(r->what, "kind") == 0)
		take_kind(l, r->value);
	else if (strcmp(r->what, "alias") == 0)
		l->has_may_alias =
			r->value != PROBE_NO_ALIAS; /* where it is not said, none is missed */
	else
		return false;
	return true;
}

static bool take_field_number(struct field *f, const struct record *r)
{
	if (strcmp(r->what, "offset") == 0)
		f->offset = r->value;
	else if (strcmp(r->what, "width") == 0)
		f->size = r->value;
	else
		return false;
	return true;
}

static void start_answer(struct probe_answers *all, const struct record *r, bool good)
{
	struct probe_answer *a;

	all->v = text_resize(all->v, all->n + 1, sizeof(*all->v));
	a = &all->v[all->n++];
	memset(a, 0, sizeof(*a));
	a->target = text_copy(strcmp(r->type, "unknown") == 0 ? UNKNOWN_TARGET : r->type);
	a->expected = good ? r->value : 0;
}

static void add_record(struct probe_answer *a, const struct record *r)
{
	struct layout *l = find_type(&a->layouts, r->type);

	if (!l)
		return;
	if (!r->field)
		a->found += take_type_number(l, r);
	else
		a->found +=
			take_flexible_number(l, r) || take_field_number(find_field(l, r->field), r);
}

/* ---- all answers ---- */

static void finish(struct layout *l, const char *target)
{
	l->target = text_copy(target);
	l->reader = READER_CC;
	l->size_exact = l->align_exact = true;
	if (l->kind != LAYOUT_TYPEDEF && !strstr(l->name, "::"))
		l->declared = layout_spelling(l);
}

bool probe_is_whole(const struct probe_answer *a)
{
	return a->expected > 0 && a->found == a->expected;
}

static void answer_free(struct probe_answer *a)
{
	free(a->target);
	layouts_free(&a->layouts);
}

/* Some compilers leave the strings that sizeof measured in the data, without a number behind. */
static void drop_strays(struct probe_answers *all)
{
	size_t n = 0, whole = 0;

	for (size_t i = 0; i < all->n; i++)
		whole += probe_is_whole(&all->v[i]);
	for (size_t i = 0; i < all->n; i++) {
		if (whole > 0 && all->v[i].expected == 0 && all->v[i].found == 0)
			answer_free(&all->v[i]);
		else
			all->v[n++] = all->v[i];
	}
	all->n = n;
}

void probe_search(const char *bytes, size_t len, struct probe_answers *all)
{
	struct bytes b = { bytes, bytes + len };

	*all = (struct probe_answers){ NULL, 0 };
	while ((b.at = memmem(b.at, (size_t)(b.end - b.at), PROBE_MARK, strlen(PROBE_MARK)))) {
		struct record r = { NULL, NULL, NULL, 0 };
		bool good;

		b.at += strlen(PROBE_MARK);
		good = take_record(&b, &r);
		if (strcmp(r.what, "probe") == 0 && (good || r.type[0]))
			start_answer(all, &r, good);
		else if (good && all->n > 0)
			add_record(&all->v[all->n - 1], &r);
		record_free(&r);
	}
	drop_strays(all);
	for (size_t i = 0; i < all->n; i++)
		for (size_t j = 0; j < all->v[i].layouts.n; j++)
			finish(&all->v[i].layouts.v[j], all->v[i].target);
}

void probe_answers_free(struct probe_answers *all)
{
	for (size_t i = 0; i < all->n; i++)
		answer_free(&all->v[i]);
	free(all->v);
	*all = (struct probe_answers){ NULL, 0 };
}
