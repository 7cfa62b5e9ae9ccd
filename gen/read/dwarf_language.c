/* SPDX-License-Identifier: MIT */
#include "read/dwarf_language.h"

#include <stddef.h>

enum rules { RULES_C, RULES_CXX, RULES_RUST, RULES_OTHER };

/* The numbers are those of DWARF 5 and of the list that goes on at dwarfstd.org. */
static const struct language {
	unsigned number;
	enum rules rules;
	const char *name;
} languages[] = {
	{ 0x01, RULES_C, "C" },
	{ 0x02, RULES_C, "C" },
	{ 0x0c, RULES_C, "C" },
	{ 0x1d, RULES_C, "C" },
	{ 0x2c, RULES_C, "C" },
	{ 0x3e, RULES_C, "C" },
	{ 0x04, RULES_CXX, "C++" },
	{ 0x1a, RULES_CXX, "C++" },
	{ 0x21, RULES_CXX, "C++" },
	{ 0x2b, RULES_CXX, "C++" },
	{ 0x3a, RULES_CXX, "C++" },
	{ 0x10, RULES_CXX, "Objective-C" },
	{ 0x11, RULES_CXX, "Objective-C++" },
	{ 0x1c, RULES_RUST, "Rust" },
	{ 0x9000, RULES_RUST, "Rust" },
	{ 0x03, RULES_OTHER, "Ada" },
	{ 0x0d, RULES_OTHER, "Ada" },
	{ 0x2e, RULES_OTHER, "Ada" },
	{ 0x2f, RULES_OTHER, "Ada" },
	{ 0x05, RULES_OTHER, "Cobol" },
	{ 0x06, RULES_OTHER, "Cobol" },
	{ 0x07, RULES_OTHER, "Fortran" },
	{ 0x08, RULES_OTHER, "Fortran" },
	{ 0x0e, RULES_OTHER, "Fortran" },
	{ 0x22, RULES_OTHER, "Fortran" },
	{ 0x23, RULES_OTHER, "Fortran" },
	{ 0x2d, RULES_OTHER, "Fortran" },
	{ 0x09, RULES_OTHER, "Pascal" },
	{ 0x0a, RULES_OTHER, "Modula-2" },
	{ 0x0b, RULES_OTHER, "Java" },
	{ 0x0f, RULES_OTHER, "PL/I" },
	{ 0x13, RULES_OTHER, "D" },
	{ 0x14, RULES_OTHER, "Python" },
	{ 0x16, RULES_OTHER, "Go" },
	{ 0x17, RULES_OTHER, "Modula-3" },
	{ 0x18, RULES_OTHER, "Haskell" },
	{ 0x1b, RULES_OTHER, "OCaml" },
	{ 0x1e, RULES_OTHER, "Swift" },
	{ 0x1f, RULES_OTHER, "Julia" },
	{ 0x26, RULES_OTHER, "Kotlin" },
	{ 0x27, RULES_OTHER, "Zig" },
	{ 0x28, RULES_OTHER, "Crystal" },
	{ 0x12, RULES_C, "UPC" },
	{ 0x15, RULES_C, "OpenCL" },
};

static const struct language *find(unsigned number)
{
	for (size_t i = 0; i < sizeof(languages) / sizeof(*languages); i++)
		if (languages[i].number == number)
			return &languages[i];
	return NULL;
}

static bool has_rules(unsigned language, enum rules rules)
{
	const struct language *l = find(language);

	return l && l->rules == rules;
}

bool language_is_c(unsigned language)
{
	return has_rules(language, RULES_C);
}

bool language_is_cxx(unsigned language)
{
	return has_rules(language, RULES_CXX);
}

bool language_is_rust(unsigned language)
{
	return has_rules(language, RULES_RUST);
}

bool language_is_known(unsigned language)
{
	return language == 0 || (find(language) && !has_rules(language, RULES_OTHER));
}

const char *language_name(unsigned language)
{
	const struct language *l = find(language);

	return l ? l->name : "another language";
}
