/* SPDX-License-Identifier: MIT */
#include "read/input.h"

#include "base/paths.h"
#include "model/layout.h"
#include "read/reader.h"

#include <ctype.h>
#include <string.h>
#include <sys/stat.h>

bool input_kind_parse(const char *reader, enum input_kind *kind, struct diags *diags)
{
	static const enum input_kind kinds[] = {
		[READER_CLANG] = INPUT_SOURCE,
		[READER_CC] = INPUT_ALONE,
		[READER_DWARF] = INPUT_OBJECTS,
	};
	enum reader known = reader_parse(reader);

	if (known == READER_UNKNOWN) {
		diag_error(diags, "'%s' is not a reader for --from", reader);
		diag_note(diags, "'clang' and 'cc' read sources, 'dwarf' reads object files");
		return false;
	}
	*kind = kinds[known];
	return true;
}

bool input_is_source(enum input_kind kind)
{
	return kind == INPUT_SOURCE || kind == INPUT_ALONE;
}

/* What compilers, linkers and ar make. Some of it the reader refuses, but knows why. */
static bool is_object(const char *start, size_t n)
{
	static const struct {
		const char *bytes;
		size_t n;
	} magics[] = {
		{ "\177ELF", 4 },    { "!<arch>\n", 8 }, { "!<thin>\n", 8 },
		{ "BC\xc0\xde", 4 }, { "\0asm", 4 },
	};

	for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++)
		if (n >= magics[i].n && memcmp(start, magics[i].bytes, magics[i].n) == 0)
			return true;
	return false;
}

/* No C source starts with a brace. */
static bool is_json(const char *start, size_t n)
{
	size_t i = 0;

	while (i < n && isspace((unsigned char)start[i]))
		i++;
	return i < n && start[i] == '{';
}

/* Neither: libclang would take minutes to say what is wrong with each byte. */
static bool is_garbage(const char *start, size_t n)
{
	return memchr(start, '\0', n) != NULL;
}

/* A pipe can be read only once, and so not to see what it is: layouts are all it can be. */
static enum input_kind kind_of(FILE *file)
{
	char start[64];
	struct stat st;
	size_t n;

	if (fstat(fileno(file), &st) == 0 && S_ISFIFO(st.st_mode))
		return INPUT_LAYOUTS;
	n = fread(start, 1, sizeof(start), file);
	return is_object(start, n)    ? INPUT_OBJECTS
	       : is_json(start, n)    ? INPUT_LAYOUTS
	       : is_garbage(start, n) ? INPUT_UNKNOWN
				      : INPUT_SOURCE;
}

bool input_look(const char *path, enum input_kind *kind, struct diags *diags)
{
	FILE *file = fopen(path, "r");

	if (!file || path_is_dir(path)) {
		diag_error(diags, "%s: cannot be read%s", path, file ? ": it is a directory" : "");
		if (file)
			fclose(file);
		return false;
	}
	*kind = is_probe_object(path) ? INPUT_PROBES : kind_of(file);
	fclose(file);
	return true;
}

bool input_check(const struct words *inputs, enum input_kind *kind, struct diags *diags)
{
	static const char *const words[] = {
		[INPUT_SOURCE] = "a source",	    [INPUT_ALONE] = "a source",
		[INPUT_OBJECTS] = "an object file", [INPUT_LAYOUTS] = "a file of layouts",
		[INPUT_PROBES] = "a probe",
	};
	enum input_kind said = *kind, first = INPUT_UNKNOWN;

	for (size_t i = 0; i < inputs->n; i++) {
		enum input_kind found;

		if (!input_look(inputs->v[i], &found, diags))
			return false;
		if (found == INPUT_UNKNOWN) {
			diag_error(diags, "%s: is neither a source nor an object file",
				   inputs->v[i]);
			return false;
		}
		if (i == 0)
			first = found;
		if (said == INPUT_UNKNOWN && found != first) {
			bool swap = found == INPUT_PROBES && first == INPUT_OBJECTS;

			diag_error(diags, "%s is %s and %s is not", inputs->v[swap ? i : 0],
				   words[swap ? found : first], inputs->v[swap ? 0 : i]);
			return false;
		}
	}
	if (said == INPUT_UNKNOWN)
		said = first;
	if (said != INPUT_OBJECTS && said != INPUT_PROBES && inputs->n != 1) {
		diag_error(diags, "there can be only one %s, not %zu", words[said] + strlen("a "),
			   inputs->n);
		diag_note(diags, "compile flags go after '--'");
		return false;
	}
	*kind = said;
	return true;
}
