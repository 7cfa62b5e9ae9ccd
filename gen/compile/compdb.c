/* SPDX-License-Identifier: MIT */
#include "compile/compdb.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/paths.h"
#include "base/text.h"
#include "base/words.h"

/* One database and what is looked for in it. */
struct search {
	char *dir;  /* of the database: its relative paths start there */
	char *path; /* of the database */
	const char *source, *root;
	struct words alike; /* other files, whose names are as the source's up to the ending */
	struct words precompiled; /* as in a compile */
};

/* ---- unity builds ---- */

/* Does the line include the source, as a unity build's made-up file does? */
static bool line_includes(const char *line, const char *source)
{
	char *path, *real;
	bool same;

	if (!text_starts(line, "#include"))
		return false;
	line += strcspn(line, "<\"\n");
	if (*line != '<' && *line != '"')
		return false;
	path = text_copy_n(line + 1, strcspn(line + 1, ">\"\n"));
	real = path_real(path);
	same = strcmp(real, source) == 0;
	free(path);
	free(real);
	return same;
}

/* A unity build compiles one made-up file that includes the sources, under their flags. */
static bool is_unity_of(const char *file, const char *source)
{
	char *text = strstr(path_name(file), "unity") ? text_read_file(file, NULL) : NULL;
	bool is = false;

	for (const char *line = text; line && *line && !is; line += *line == '\n') {
		is = line_includes(line, source);
		line += strcspn(line, "\n");
	}
	free(text);
	return is;
}

/* ---- entries ---- */

static const char *get(const json_t *entry, const char *key)
{
	return json_string_value(json_object_get(entry, key));
}

static bool is_list_of_strings(const json_t *json)
{
	bool good = json_is_array(json) && json_array_size(json) > 0;

	for (size_t i = 0; i < json_array_size(json); i++)
		good = good && json_is_string(json_array_get(json, i));
	return good;
}

static bool is_entry(const json_t *entry)
{
	return get(entry, "directory") && get(entry, "file") &&
	       (get(entry, "command") || is_list_of_strings(json_object_get(entry, "arguments")));
}

static bool get_command(const json_t *entry, struct words *command)
{
	const json_t *arguments = json_object_get(entry, "arguments");

	if (!is_list_of_strings(arguments))
		return words_split(command, get(entry, "command")) && command->n > 0;
	for (size_t i = 0; i < json_array_size(arguments); i++)
		words_add(command, json_string_value(json_array_get(arguments, i)));
	return true;
}

static bool take_entry(const struct search *s, const json_t *entry, const char *dir,
		       const char *file, struct compiles *all, struct diags *diags)
{
	struct compile *c = compile_add(all, dir, file, s->root);
	struct words command = { NULL, 0 };
	bool good = get_command(entry, &command);

	if (!good)
		diag_error(diags, "%s: the command for '%s' cannot be read", s->path, file);
	good = good && compile_set_compiler(c, &command, diags);
	words_free(&command);
	for (size_t i = 0; good && i + 1 < all->n; i++) {
		if (compile_same(&all->v[i], c)) {
			compile_release_last(all);
			break;
		}
	}
	return good;
}

/* Up to the ending of a name: "conn" of "src/conn.c". */
static bool have_one_stem(const char *a, const char *b)
{
	size_t len = strcspn(path_name(a), ".");

	return len == strcspn(path_name(b), ".") && strncmp(path_name(a), path_name(b), len) == 0;
}

/* Meson lists how each precompiled header is made, of a header that no flag names. */
static void note_precompiled(struct search *s, const json_t *entry, const char *dir,
			     const char *file)
{
	const char *output = get(entry, "output");
	char *whole, *real;

	if (!output || !(text_ends(output, ".gch") || text_ends(output, ".pch")))
		return;
	whole = path_join(dir, output);
	real = path_real(whole);
	words_add(&s->precompiled, real);
	words_add(&s->precompiled, file);
	free(whole);
	free(real);
}

static bool look_at(struct search *s, const json_t *entry, struct compiles *all,
		    struct diags *diags)
{
	char *dir = path_join(s->dir, get(entry, "directory"));
	char *whole = path_join(dir, get(entry, "file")), *file = path_real(whole);
	bool ours = strcmp(file, s->source) == 0 || is_unity_of(file, s->source);
	bool good = !ours || take_entry(s, entry, dir, file, all, diags);

	if (!ours && have_one_stem(file, s->source))
		words_add(&s->alike, file);
	note_precompiled(s, entry, dir, file);
	free(dir);
	free(whole);
	free(file);
	return good;
}

/* ---- the file ---- */

static bool check_entries(const char *file, const json_t *json, struct diags *diags)
{
	bool good = json_is_array(json);

	for (size_t i = 0; i < json_array_size(json); i++)
		good = good && is_entry(json_array_get(json, i));
	if (!good)
		diag_error(diags, "%s: is not a compilation database", file);
	return good;
}

/* NULL: diags says why. */
static json_t *load(const char *file, struct diags *diags)
{
	FILE *there = fopen(file, "r");
	json_error_t error;
	json_t *json = there ? json_loadf(there, 0, &error) : NULL;

	if (!there) {
		diag_error(diags, "%s: cannot be read", file);
		diag_note(diags, "-p wants the build directory, as Meson or CMake made it");
	} else if (!json) {
		const struct place at = { file, (unsigned)error.line, (unsigned)error.column };

		diag_add(diags, SEVERITY_ERROR, &at, "is not a compilation database: %s",
			 error.text);
	} else if (!check_entries(file, json, diags)) {
		json_decref(json);
		json = NULL;
	}
	if (there)
		fclose(there);
	return json;
}

static bool is_header(const char *path)
{
	const char *dot = strrchr(path_name(path), '.');

	return dot && (dot[1] == 'h' || dot[1] == 'H');
}

/* The flags of a file that looks alike may be wrong: it is for the user to choose whose to take. */
static void report_none(struct search *s, struct diags *diags)
{
	diag_error(diags, "%s: has no flags for '%s'", s->path, s->source);
	words_sort_unique(&s->alike);
	if (s->alike.n > 0)
		diag_note(diags, "it has some for '%s': name that if it includes '%s'",
			  s->alike.v[0], path_name(s->source));
	else if (is_header(s->source))
		diag_note(diags, "name a source that includes it and is compiled there, or give "
				 "the flags behind '--'");
	else
		diag_note(diags, "name a source that is compiled there, or give the flags behind "
				 "'--'");
}

bool compile_from_database(const char *dir, const char *source, const char *root,
			   struct compiles *all, struct diags *diags)
{
	struct search s = { .dir = path_real(dir),
			    .path = path_join(dir, "compile_commands.json"),
			    .source = source,
			    .root = root };
	json_t *json = load(s.path, diags);
	bool good = json != NULL;

	for (size_t i = 0; i < json_array_size(json) && good; i++)
		good = look_at(&s, json_array_get(json, i), all, diags);
	if (good && all->n == 0) {
		report_none(&s, diags);
		good = false;
	}
	for (size_t i = 0; i < all->n; i++)
		words_add_all(&all->v[i].precompiled, &s.precompiled);
	json_decref(json);
	words_free(&s.alike);
	words_free(&s.precompiled);
	free(s.dir);
	free(s.path);
	return good;
}
