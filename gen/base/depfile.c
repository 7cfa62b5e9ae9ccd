/* SPDX-License-Identifier: MIT */
#include "base/depfile.h"

#include <stdlib.h>
#include <string.h>

static void print_escaped(FILE *out, const char *path)
{
	for (; *path; path++) {
		if (*path == '$')
			fputs("$$", out);
		else if (strchr(" #:", *path))
			fprintf(out, "\\%c", *path);
		else
			fputc(*path, out);
	}
}

char *depfile_format(const struct words *targets, const struct words *files)
{
	struct text t;

	text_open(&t);
	for (size_t i = 0; i < targets->n; i++) {
		if (i)
			fputc(' ', t.file);
		print_escaped(t.file, targets->v[i]);
	}
	fputc(':', t.file);
	for (size_t i = 0; i < files->n; i++) {
		fputs(" \\\n  ", t.file);
		print_escaped(t.file, files->v[i]);
	}
	fputc('\n', t.file);
	for (size_t i = 0; i < files->n; i++) {
		if (words_have(targets, files->v[i]))
			continue;
		print_escaped(t.file, files->v[i]);
		fputs(":\n", t.file);
	}
	return text_close(&t);
}

/* A word of a rule; what make would take for itself has a backslash or a second '$' before it. */
static const char *take_word(const char *s, struct words *files)
{
	struct text t;
	char *word;

	text_open(&t);
	for (; *s && !strchr(" \t\r\n", *s); s++) {
		if (s[0] == '\\' && (s[1] == '\n' || s[1] == '\r'))
			break;
		if ((s[0] == '\\' && s[1] && strchr(" #:\\", s[1])) || text_starts(s, "$$"))
			s++;
		fputc(*s, t.file);
	}
	word = text_close(&t);
	words_add(files, word);
	free(word);
	return s;
}

void depfile_parse(const char *text, struct words *files)
{
	const char *s = strstr(text, ": ");

	for (s = s ? s + 2 : ""; *s && *s != '\n';) {
		if (s[0] == '\\' && (s[1] == '\n' || s[1] == '\r'))
			s += s[1] == '\r' && s[2] == '\n' ? 3 : 2;
		else if (strchr(" \t\r", *s))
			s++;
		else
			s = take_word(s, files);
	}
}
