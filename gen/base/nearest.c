/* SPDX-License-Identifier: MIT */
#include "base/nearest.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* How many letters must be changed, added or dropped to turn a into b. */
static size_t distance(const char *a, const char *b)
{
	size_t n = strlen(b), result;
	size_t *row = text_alloc(n + 1, sizeof(*row));

	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t change = diagonal + (a[i - 1] != b[j - 1]);
			size_t best = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;

			diagonal = row[j];
			row[j] = change < best ? change : best;
		}
	}
	result = row[n];
	free(row);
	return result;
}

/* Without "struct", and where scopes do not count, without them. */
static const char *bare(const char *name, bool scopes)
{
	const char *space = strchr(name, ' '), *colon = scopes ? NULL : strrchr(name, ':');

	return colon ? colon + 1 : space ? space + 1 : name;
}

void nearest_names(const char *wanted, const struct words *names, size_t max, struct words *found)
{
	bool scopes = strchr(wanted, ':') != NULL;
	size_t best = strlen(bare(wanted, scopes)) / 3 + 1; /* farther is not near */
	struct words all = { NULL, 0 };

	for (size_t i = 0; i < names->n; i++) {
		size_t d = distance(bare(wanted, scopes), bare(names->v[i], scopes));

		if (d > best)
			continue;
		if (d < best)
			words_free(&all);
		best = d;
		words_add(&all, names->v[i]);
	}
	words_sort_unique(&all);
	for (size_t i = 0; i < all.n && i < max; i++)
		words_add(found, all.v[i]);
	words_free(&all);
}

void nearest_note(const char *wanted, const struct words *names, const char *advice,
		  struct diags *diags)
{
	struct words near = { NULL, 0 };
	struct text list;
	char *text;

	nearest_names(wanted, names, 3, &near);
	text_open(&list);
	for (size_t i = 0; i < near.n; i++)
		fprintf(list.file, "%s'%s'", i ? ", " : "", near.v[i]);
	text = text_close(&list);
	if (near.n)
		diag_note(diags, "the nearest names there are: %s", text);
	else if (advice)
		diag_note(diags, "%s", advice);
	words_free(&near);
	free(text);
}
