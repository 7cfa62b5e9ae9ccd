/* SPDX-License-Identifier: MIT */
#include "check/header_numbers.h"

#include "model/targets.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char define[] = "#define ", comment[] = "/* ", comment_end[] = " */\n";

static void add_rung(struct header_numbers *all, const struct words *targets)
{
	all->rungs = text_resize(all->rungs, all->n_rungs + 1, sizeof(*all->rungs));
	all->rungs[all->n_rungs++] = *targets;
}

/* A comment of nothing but the names of targets comes before each rung of a ladder. */
static bool take_rung(struct header_numbers *all, const char *line)
{
	struct words targets = { NULL, 0 };
	bool good = true;

	if (!text_starts(line, comment))
		return false;
	for (const char *name = line + strlen(comment); good && name;) {
		size_t len = strcspn(name, ", \n");

		words_add_n(&targets, name, len);
		good = target_find(targets.v[targets.n - 1]);
		name += len;
		if (good && !text_starts(name, ", ") && !text_starts(name, comment_end))
			good = false;
		name = text_starts(name, ", ") ? name + 2 : NULL;
	}
	if (good)
		add_rung(all, &targets);
	else
		words_free(&targets);
	return good;
}

static void take_number(struct header_numbers *all, const char *line, unsigned at, size_t rung)
{
	size_t len;
	char *end;
	uint64_t value;

	if (!text_starts(line, define))
		return;
	line += strlen(define);
	len = strcspn(line, " \n");
	if (line[len] != ' ' || !isdigit((unsigned char)line[len + 1]))
		return;
	value = strtoull(line + len + 1, &end, 10);
	if (*end != '\n')
		return;
	all->v = text_resize(all->v, all->n + 1, sizeof(*all->v));
	all->v[all->n++] = (struct number){ text_copy_n(line, len), value, at, rung };
}

void header_numbers_find(struct header_numbers *all, const char *text)
{
	const struct words none = { NULL, 0 };
	unsigned at = 1;
	size_t rung = 0;

	*all = (struct header_numbers){ NULL, 0, NULL, 0 };
	add_rung(all, &none);
	for (const char *line = text; *line; at++) {
		if (take_rung(all, line))
			rung = all->n_rungs - 1;
		else if (text_starts(line, "#else") || text_starts(line, "#endif"))
			rung = 0;
		take_number(all, line, at, rung);
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
}

void header_numbers_free(struct header_numbers *all)
{
	for (size_t i = 0; i < all->n; i++)
		free(all->v[i].name);
	for (size_t i = 0; i < all->n_rungs; i++)
		words_free(&all->rungs[i]);
	free(all->v);
	free(all->rungs);
}

const struct number *header_numbers_get(const struct header_numbers *all, const char *name,
					const char *target)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct number *n = &all->v[i];
		const struct words *targets = &all->rungs[n->rung];

		if (strcmp(n->name, name) == 0 &&
		    (targets->n == 0 || (target && words_have(targets, target))))
			return n;
	}
	return NULL;
}
