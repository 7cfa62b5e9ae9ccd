/* SPDX-License-Identifier: MIT */
#include "check/old_banner.h"

#include "write/writer.h"

#include <stdlib.h>
#include <string.h>

static const char made_by[] = " * Made by gen-opaque: ", command_start[] = " *   gen-opaque emit ",
		  target_start[] = " * on ", rungs_start[] = " * on\n", rung_start[] = " *   ",
		  comment_end[] = " */";

static const char *next_line(const char *line)
{
	line += strcspn(line, "\n");
	return *line ? line + 1 : NULL;
}

/* The line after the one that says what made the file, and its number. */
static const char *find_command(const char *text, unsigned *number)
{
	*number = 1;
	for (const char *line = text; line; line = next_line(line)) {
		++*number;
		if (text_starts(line, made_by))
			return next_line(line);
	}
	return NULL;
}

static bool take_command(struct old_banner *c, const char *line)
{
	char *command;
	bool good;

	if (!line || !text_starts(line, command_start))
		return false;
	line = strstr(line, "emit");
	command = text_copy_n(line, strcspn(line, "\n"));
	good = words_split(&c->command, command);
	free(command);
	return good;
}

/* " *   x86_64, confirmed by the compiler", one line for each target */
static void take_rungs(struct old_banner *c, const char *line)
{
	for (; line && text_starts(line, rung_start); line = next_line(line)) {
		const char *rung = line + strlen(rung_start);

		words_add_n(&c->rungs, rung, strcspn(rung, "\n"));
		c->confirmed = c->confirmed || strstr(c->rungs.v[c->rungs.n - 1], ", confirmed ");
	}
}

/* " * on x86_64-linux-gnu, confirmed by the compiler." */
static void take_target(struct old_banner *c, const char *line)
{
	for (; line && !text_starts(line, comment_end); line = next_line(line)) {
		size_t len = strcspn(line, ",\n");

		if (text_starts(line, rungs_start))
			take_rungs(c, next_line(line));
		if (!text_starts(line, target_start) || line[len] != ',')
			continue;
		c->target = text_copy_n(line + strlen(target_start), len - strlen(target_start));
		c->confirmed = text_starts(line + len, ", confirmed ");
		return;
	}
}

bool old_banner_read(struct old_banner *c, const char *text, const char *file, struct diags *diags)
{
	const struct place whole = { .file = file };
	struct place at = { .file = file, .column = 1 };
	const char *line;

	*c = (struct old_banner){ 0 };
	line = find_command(text, &c->line);
	if (!line && old_banner_is_elsewhere(text)) {
		diag_add(diags, SEVERITY_ERROR, &whole,
			 "is a public half: the command that makes it stands in its private half");
		diag_note(diags, "check that one, which checks both");
		return false;
	}
	if (!line) {
		diag_add(diags, SEVERITY_ERROR, &whole, "has no banner of gen-opaque");
		diag_note(diags, "only what 'gen-opaque emit' wrote can be checked");
		return false;
	}
	at.line = c->line;
	if (!take_command(c, line)) {
		diag_add(diags, SEVERITY_ERROR, &at,
			 "this is not the command that the banner should have here");
		diag_note(diags, "make the header again with 'gen-opaque emit'");
		return false;
	}
	take_target(c, line);
	return true;
}

bool old_banner_is_elsewhere(const char *text)
{
	const char *line = next_line(text);

	return line && text_starts(line, header_public_mark);
}

void old_banner_free(struct old_banner *c)
{
	words_free(&c->command);
	words_free(&c->rungs);
	free(c->target);
	c->target = NULL;
}
