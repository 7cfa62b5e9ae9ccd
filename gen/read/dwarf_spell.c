/* SPDX-License-Identifier: MIT */
#include "read/dwarf_spell.h"

#include "base/text.h"
#include "read/dwarf_constants.h"
#include "read/dwarf_names.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 50 };

static const struct {
	unsigned tag;
	const char *word;
} qualifiers[] = { { TAG_CONST, "const" },
		   { TAG_VOLATILE, "volatile" },
		   { TAG_RESTRICT, "restrict" },
		   { TAG_ATOMIC, "_Atomic" } };
enum { N_QUALIFIERS = sizeof(qualifiers) / sizeof(*qualifiers) };

/* ---- declarators ---- */

static char *around(struct types *t, const struct fact_die *die, const char *inner, int depth);

static const char *gap_before(const char *inner)
{
	return inner[0] && inner[0] != '[' && inner[0] != ')' ? " " : "";
}

static int qualifier_of(const struct fact_die *die)
{
	for (int i = 0; i < N_QUALIFIERS; i++)
		if (die->tag == qualifiers[i].tag)
			return i;
	return -1;
}

static char *around_qualified(struct types *t, const struct fact_die *die, const char *inner,
			      int depth)
{
	bool have[N_QUALIFIERS] = { false };
	struct words words = { NULL, 0 };
	struct text text;
	char *all, *rest, *result;

	for (; die && qualifier_of(die) >= 0 && depth < DEEPEST; depth++, die = die->type)
		have[qualifier_of(die)] = true;
	text_open(&text);
	for (int i = 0, n = 0; i < N_QUALIFIERS; i++)
		if (have[i])
			fprintf(text.file, "%s%s", n++ ? " " : "", qualifiers[i].word);
	all = text_close(&text);
	if (die && die_is_pointer(die)) { /* it takes them behind the star */
		rest = text_format("%s%s%s", all, gap_before(inner), inner);
		result = around(t, die, rest, depth);
	} else {
		rest = around(t, die, inner, depth);
		result = text_format("%s %s", all, rest);
	}
	words_free(&words);
	free(all);
	free(rest);
	return result;
}

static char *around_pointer(struct types *t, const struct fact_die *die, const char *inner,
			    int depth)
{
	const char *star = die->tag == TAG_POINTER ? "*" : die->tag == TAG_REFERENCE ? "&" : "&&";
	bool grouped =
		die->type && (die->type->tag == TAG_ARRAY || die->type->tag == TAG_SUBROUTINE);
	char *declarator = text_format(grouped ? "(%s%s)" : "%s%s", star, inner);
	char *result = around(t, die->type, declarator, depth);

	free(declarator);
	return result;
}

static char *around_array(struct types *t, const struct fact_die *die, const char *inner, int depth)
{
	struct dimensions d;
	struct text text;
	char *declarator, *result;

	types_dimensions(t, die, &d);
	text_open(&text);
	fputs(inner, text.file);
	for (size_t i = 0; i < d.n; i++) {
		if (d.v[i] < 0)
			fputs("[]", text.file);
		else
			fprintf(text.file, "[%lld]", (long long)d.v[i]);
	}
	declarator = text_close(&text);
	result = around(t, die->type, declarator, depth);
	free(declarator);
	return result;
}

static char *around_function(struct types *t, const struct fact_die *die, const char *inner,
			     int depth)
{
	struct text text;
	char *declarator, *result;
	int n = 0;

	text_open(&text);
	fprintf(text.file, "%s(", inner);
	for (size_t i = 0; i < die->n_children; i++) {
		const struct fact_die *child = die->children[i];
		char *word = NULL;

		if (child->tag == TAG_FORMAL_PARAMETER)
			word = around(t, child->type, "", depth);
		else if (child->tag != TAG_UNSPECIFIED_PARAMETERS)
			continue;
		fprintf(text.file, "%s%s", n++ ? ", " : "", word ? word : "...");
		free(word);
	}
	fprintf(text.file, "%s)", n == 0 && (die->flags & FACT_PROTOTYPED) ? "void" : "");
	declarator = text_close(&text);
	result = around(t, die->type, declarator, depth);
	free(declarator);
	return result;
}

static const char *tag_word(const struct fact_die *die)
{
	switch (die->tag) {
	case TAG_STRUCT:
		return "struct";
	case TAG_CLASS:
		return "class";
	case TAG_UNION:
		return "union";
	case TAG_ENUMERATION:
		return "enum";
	default:
		return NULL;
	}
}

static char *around_tagged(const struct fact_die *die, const char *inner)
{
	const struct fact_die *named = die->definition ? die->definition : die;

	return text_format("%s %s%s%s", tag_word(die), named->name[0] ? named->name : "{...}",
			   gap_before(inner), inner);
}

/* A type in C's words, around the declarator inner. */
static char *around(struct types *t, const struct fact_die *die, const char *inner, int depth)
{
	char *declarator, *result;

	if (depth++ > DEEPEST) {
		types_wrong(t, "types of its DWARF nest too deeply, or in a circle");
		return text_copy("");
	}
	if (!die)
		return text_format("void%s%s", gap_before(inner), inner);
	if (qualifier_of(die) >= 0)
		return around_qualified(t, die, inner, depth);
	if (die_is_pointer(die))
		return around_pointer(t, die, inner, depth);
	if (die->tag == TAG_ARRAY)
		return around_array(t, die, inner, depth);
	if (die->tag == TAG_SUBROUTINE)
		return around_function(t, die, inner, depth);
	if (tag_word(die))
		return around_tagged(die, inner);
	if (die->tag == TAG_POINTER_TO_MEMBER) {
		declarator = text_format("::*%s", inner);
		result = around(t, die->type, declarator, depth);
		free(declarator);
		return result;
	}
	if (die->name[0] || !die_is_qualifier(die))
		return text_format("%s%s%s", die->name[0] ? die->name : "void", gap_before(inner),
				   inner);
	return around(t, die->type, inner, depth);
}

char *spell_type(struct types *t, const struct fact_die *die)
{
	return around(t, die, "", 0);
}

/* ---- what a holder can write ---- */

static bool is_identifier(const char *name)
{
	for (const char *at = name; *at; at++)
		if (!isalnum((unsigned char)*at) && !strchr("_$", *at) && !(*at & 0x80))
			return false;
	return name[0] && !isdigit((unsigned char)name[0]);
}

char *spell_tag(const struct fact_die *die)
{
	char *name, *tag = NULL;

	if (!die_is_record(die))
		return NULL;
	name = die_full_name(die);
	if (is_identifier(name))
		tag = text_format("%s %s", die->tag == TAG_UNION ? "union" : "struct", name);
	free(name);
	return tag;
}

static bool is_qualified(const struct fact_die *die, unsigned tag)
{
	for (int i = 0; die && i < DEEPEST && (die->tag == TAG_TYPEDEF || die_is_qualifier(die));
	     i++, die = die->type)
		if (die->tag == tag)
			return true;
	return false;
}

/* "long unsigned int" is gcc's word for "unsigned long". */
static char *base_words(const char *name)
{
	static const char *const known[] = {
		"char",
		"signed char",
		"unsigned char",
		"short",
		"unsigned short",
		"int",
		"unsigned int",
		"long",
		"unsigned long",
		"long long",
		"unsigned long long",
		"float",
		"double",
		"long double",
		"_Bool",
	};
	struct words have = { NULL, 0 }, its = { NULL, 0 };
	char *found = NULL;

	words_split(&have, strcmp(name, "bool") == 0 ? "_Bool" : name);
	for (size_t w = 0; w < have.n;) {
		if (strcmp(have.v[w], "int") == 0)
			words_remove(&have, w);
		else
			w++;
	}
	for (size_t i = 0; i < sizeof(known) / sizeof(*known) && !found; i++) {
		size_t n = 0;

		words_split(&its, known[i]);
		for (size_t w = 0; w < its.n; w++)
			n += strcmp(its.v[w], "int") != 0;
		for (size_t w = 0; w < have.n && n == have.n; w++)
			n += !words_have(&its, have.v[w]);
		if (n == have.n && (n < 2 || strcmp(have.v[0], have.v[n - 1]) != 0 ||
				    strcmp(its.v[0], its.v[n - 1]) == 0))
			found = text_copy(known[i]);
		words_free(&its);
	}
	words_free(&have);
	return found;
}

static char *pointer_words(struct types *t, const struct fact_die *target, struct words *tags,
			   int depth);

/* A scalar type in words that a holder can write; NULL where there are none. */
static char *scalar_words(struct types *t, const struct fact_die *die, struct words *tags,
			  int depth)
{
	struct fact_die *found = types_bare(t, die);

	if (!found || depth > 20)
		return NULL;
	if (found->tag == TAG_POINTER)
		return pointer_words(t, found->type, tags, depth + 1);
	if (found->tag == TAG_ENUMERATION) {
		if (types_bare(t, found->type))
			return scalar_words(t, found->type, tags, depth + 1);
		switch (types_size(t, found)) {
		case 1:
			return text_copy("unsigned char");
		case 2:
			return text_copy("unsigned short");
		case 4:
			return text_copy("unsigned int");
		default:
			return NULL;
		}
	}
	if (found->tag == TAG_BASE &&
	    !((found->has & HAS_ENCODING) && found->encoding == ENCODING_COMPLEX))
		return base_words(found->name);
	return NULL;
}

static char *pointer_words(struct types *t, const struct fact_die *target, struct words *tags,
			   int depth)
{
	const struct fact_die *found = types_bare(t, target);
	char *words = found ? spell_tag(found) : text_copy("void"), *result;
	const char *is_const = is_qualified(target, TAG_CONST) ? "const" : "";
	const char *is_volatile = is_qualified(target, TAG_VOLATILE) ? "volatile" : "";
	const char *between = is_const[0] && is_volatile[0] ? " " : "";
	const char *gap = is_const[0] || is_volatile[0] ? " " : "";

	if (found && words)
		words_add(tags, words);
	else if (found)
		words = scalar_words(t, found, tags, depth);
	if (!words)
		return NULL;
	if (text_ends(words, "*")) /* a qualified pointer takes its words behind the star */
		result = text_format("%s%s%s%s%s*", words, is_const, between, is_volatile, gap);
	else
		result = text_format("%s%s%s%s%s *", is_const, between, is_volatile, gap, words);
	free(words);
	return result;
}

void spell_for_holder(struct types *t, struct fact_die *die, struct field *field)
{
	bool is_volatile = is_qualified(die, TAG_VOLATILE);
	struct fact_die *found = types_bare(t, die);
	struct text suffix;
	bool known = true;

	text_open(&suffix);
	for (int i = 0; found && found->tag == TAG_ARRAY && !(found->flags & FACT_VECTOR) &&
			known && i < DEEPEST;
	     i++) {
		struct dimensions d;

		types_dimensions(t, found, &d);
		for (size_t k = 0; k < d.n; k++) {
			known = known && d.v[k] >= 0;
			fprintf(suffix.file, "[%lld]", (long long)d.v[k]);
		}
		is_volatile = is_volatile || is_qualified(found->type, TAG_VOLATILE);
		found = types_bare(t, found->type);
	}
	field->holder_suffix = text_close(&suffix);
	field->holder_type = known ? scalar_words(t, found, &field->holder_tags, 0) : NULL;
	/* A holder's words say nothing of a typedef that lowers the alignment. */
	if (field->holder_type &&
	    types_bounds(t, die).hi >= (found ? types_bounds(t, found).hi : 1)) {
		if (is_volatile && !text_ends(field->holder_type, "*")) {
			char *words = text_format("volatile %s", field->holder_type);

			free(field->holder_type);
			field->holder_type = words;
		}
		return;
	}
	free(field->holder_type);
	free(field->holder_suffix);
	words_free(&field->holder_tags);
	field->holder_type = field->holder_suffix = NULL;
}
