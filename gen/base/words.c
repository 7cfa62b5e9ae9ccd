/* SPDX-License-Identifier: MIT */
#include "base/words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

void words_add_n(struct words *w, const char *word, size_t len)
{
	w->v = text_resize(w->v, w->n + 2, sizeof(*w->v));
	w->v[w->n++] = text_copy_n(word, len);
	w->v[w->n] = NULL;
}

void words_add(struct words *w, const char *word)
{
	words_add_n(w, word, strlen(word));
}

void words_addf(struct words *w, const char *format, ...)
{
	va_list args;
	char *s;

	va_start(args, format);
	s = text_vformat(format, args);
	va_end(args);
	words_add(w, s);
	free(s);
}

void words_add_all(struct words *w, const struct words *other)
{
	for (size_t i = 0; i < other->n; i++)
		words_add(w, other->v[i]);
}

void words_set(struct words *w, size_t index, const char *word)
{
	char *old = w->v[index];

	w->v[index] = text_copy(word);
	free(old);
}

void words_remove(struct words *w, size_t index)
{
	free(w->v[index]);
	memmove(w->v + index, w->v + index + 1, (w->n - index) * sizeof(*w->v));
	w->n--;
}

bool words_have(const struct words *w, const char *word)
{
	for (size_t i = 0; i < w->n; i++)
		if (strcmp(w->v[i], word) == 0)
			return true;
	return false;
}

bool words_same(const struct words *a, const struct words *b)
{
	bool same = a->n == b->n;

	for (size_t i = 0; i < a->n && same; i++)
		same = strcmp(a->v[i], b->v[i]) == 0;
	return same;
}

static int compare_words(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void words_sort(struct words *w)
{
	if (w->n > 0)
		qsort(w->v, w->n, sizeof(*w->v), compare_words);
}

void words_sort_unique(struct words *w)
{
	size_t n = 0;

	words_sort(w);
	for (size_t i = 0; i < w->n; i++) {
		if (n > 0 && strcmp(w->v[n - 1], w->v[i]) == 0)
			free(w->v[i]);
		else
			w->v[n++] = w->v[i];
	}
	w->n = n;
}

bool words_repeat(const struct words *w, const char *word)
{
	char **found = w->n > 0 ? bsearch(&word, w->v, w->n, sizeof(*w->v), compare_words) : NULL;

	if (!found)
		return false;
	return (found > w->v && strcmp(found[-1], word) == 0) ||
	       (found + 1 < w->v + w->n && strcmp(found[1], word) == 0);
}

void words_free(struct words *w)
{
	for (size_t i = 0; i < w->n; i++)
		free(w->v[i]);
	free(w->v);
	w->v = NULL;
	w->n = 0;
}

/*
 * One word starting at s, unquoted into t; returns what follows it, NULL for an open quote. In
 * response files a backslash counts between single quotes, too.
 */
static const char *split_one(const char *s, bool in_response, FILE *t)
{
	char quote = '\0';

	for (; *s && (quote || !isspace((unsigned char)*s)); s++) {
		if (quote ? *s == quote : (*s == '\'' || *s == '"'))
			quote = (char)(quote ? '\0' : *s);
		else if (*s == '\\' && (in_response || quote != '\'') && s[1])
			fputc(*++s, t);
		else
			fputc(*s, t);
	}
	return quote ? NULL : s;
}

static bool split(struct words *w, const char *line, bool in_response)
{
	while (line) {
		struct text t;
		char *word;

		while (isspace((unsigned char)*line))
			line++;
		if (!*line)
			return true;
		text_open(&t);
		line = split_one(line, in_response, t.file);
		word = text_close(&t);
		if (line)
			words_add(w, word);
		free(word);
	}
	return false;
}

bool words_split(struct words *w, const char *line)
{
	return split(w, line, false);
}

bool words_split_response(struct words *w, const char *text)
{
	return split(w, text, true);
}
