/* SPDX-License-Identifier: MIT */
/* Names that are nearly right. */
#include "read/dwarf_near.h"

#include "base/text.h"
#include "read/dwarf_names.h"

#include <stdlib.h>
#include <string.h>

enum { LONGEST_NAME = 255, MOST_WORDS = 12, MOST_NAMES = 3 };

struct ranked {
	unsigned rank;
	const char *name;
	char *spelled;
};

struct ranking {
	struct ranked *v;
	size_t n;
};

/* How many letters to change, add or drop to make b of a. */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[LONGEST_NAME + 1];
	size_t n = strlen(b);

	if (n > LONGEST_NAME)
		return LONGEST_NAME;
	for (size_t j = 0; j <= n; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; *a; a++, i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= n; j++) {
			unsigned above = row[j], least = diagonal + (*a != b[j - 1]);

			least = above + 1 < least ? above + 1 : least;
			row[j] = row[j - 1] + 1 < least ? row[j - 1] + 1 : least;
			diagonal = above;
		}
	}
	return row[n];
}

static int compare(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return strcmp(x->name, y->name) ? strcmp(x->name, y->name) : strcmp(x->spelled, y->spelled);
}

static void add(struct ranking *r, unsigned rank, const char *name, const char *spelled)
{
	r->v = text_resize(r->v, r->n + 1, sizeof(*r->v));
	r->v[r->n++] = (struct ranked){ rank, name, text_copy(spelled) };
}

static void sort(struct ranking *r, size_t most)
{
	size_t n = 0;

	if (r->n)
		qsort(r->v, r->n, sizeof(*r->v), compare);
	for (size_t i = 0; i < r->n; i++) {
		if (n < most && (n == 0 || compare(&r->v[n - 1], &r->v[i]) != 0))
			r->v[n++] = r->v[i];
		else
			free(r->v[i].spelled);
	}
	r->n = n;
}

static void release(struct ranking *r)
{
	for (size_t i = 0; i < r->n; i++)
		free(r->v[i].spelled);
	free(r->v);
}

/* Plain names that are near, the nearest first. */
static void near_words(const struct facts *f, const char *name, struct ranking *words)
{
	size_t len = strlen(name), limit = len / 3 + 1;

	for (size_t i = 0; i < f->n_names; i++) {
		const char *last = name_last(f->names[i].name);
		size_t other = strlen(last);

		if (other + limit < len || len + limit < other)
			continue;
		if (distance(name, last) <= limit)
			add(words, distance(name, last), last, "");
	}
	sort(words, MOST_WORDS);
}

static bool has_word(const struct ranking *words, const char *name)
{
	for (size_t i = 0; i < words->n; i++)
		if (strcmp(words->v[i].name, name) == 0)
			return true;
	return false;
}

char *near_names(const struct facts *f, const struct type_name *wanted)
{
	static const char *const kinds[] = { "struct", "union", "typedef" };
	struct ranking words = { NULL, 0 }, names = { NULL, 0 };
	struct text t;
	char *text;

	near_words(f, name_last(wanted->name), &words);
	for (size_t i = 0; i < f->n_names; i++) {
		const char *kind = f->names[i].kind, *name = f->names[i].name;
		bool differs = strcmp(kind, kinds[wanted->kind]) != 0;
		bool plain = strcmp(kind, "typedef") == 0;
		char *spelled;

		if (!has_word(&words, name_last(name)))
			continue;
		spelled = text_format("%s%s%s", plain ? "" : kind, plain ? "" : " ", name);
		add(&names, distance(wanted->name, name) + differs, name, spelled);
		free(spelled);
	}
	sort(&names, MOST_NAMES);
	text_open(&t);
	for (size_t i = 0; i < names.n; i++)
		fprintf(t.file, "%s'%s'", i ? ", " : "", names.v[i].spelled);
	text = text_close(&t);
	if (names.n == 0) {
		free(text);
		text = NULL;
	}
	release(&words);
	release(&names);
	return text;
}
