/* SPDX-License-Identifier: MIT */
#include "read/probe.h"

#include "base/text.h"
#include "model/targets.h"
#include "read/probe_questions.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- before the questions ---- */

static void print_input(FILE *out, const char *input)
{
	char *include = text_include(input);

	/* If it left a pack open, that must not reach what follows. */
	fprintf(out, "#define GEN_OPAQUE 1\n%s#pragma pack()\n", include);
	free(include);
}

/* "defined" alone can be a name, and cannot be a macro: ISO C 6.10.8. */
static void print_undef_name(FILE *out, const char *name, size_t len)
{
	if (len != strlen("defined") || memcmp(name, "defined", len) != 0)
		fprintf(out, "#undef %.*s\n", (int)len, name);
}

static void print_undef(FILE *out, const char *path)
{
	while (*path) {
		size_t len = strcspn(path, ".");

		print_undef_name(out, path, len);
		path += len + (path[len] == '.');
	}
}

/* What is a macro behind the source was a plain name where the type was defined. */
static void print_undefs(FILE *out, const struct layouts *all)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct layout *l = &all->v[i];

		print_undef_name(out, l->name, strlen(l->name));
		for (size_t j = 0; j < l->n_fields; j++)
			if (probe_can_ask(&l->fields[j]))
				print_undef(out, l->fields[j].name);
		for (size_t j = 0; j < l->n_flexible; j++)
			print_undef(out, l->flexible[j].path);
	}
}

/* Its triple, and its index. */
static void print_target(FILE *out)
{
	for (size_t i = 0; i < n_known_targets; i++)
		fprintf(out,
			"#%s %s\n#define GEN_OPAQUE_TARGET \"%s\"\n"
			"#define GEN_OPAQUE_TARGET_INDEX %zu\n",
			i ? "elif" : "if", known_targets[i].condition, known_targets[i].triple, i);
	fprintf(out,
		"#else\n#define GEN_OPAQUE_TARGET \"unknown\"\n"
		"#define GEN_OPAQUE_TARGET_INDEX %zu\n#endif\n",
		n_known_targets);
}

static void print_operators(FILE *out, bool describes)
{
	fputs("#if defined(__GNUC__)\n"
	      "#define gen_opaque_offsetof(type, field) __builtin_offsetof(type, field)\n"
	      "#else\n"
	      "#include <stddef.h>\n"
	      "#define gen_opaque_offsetof(type, field) offsetof(type, field)\n"
	      "#endif\n"
	      "/* an array of no length, or of length 0, is compatible with one of length 0 */\n"
	      "#if defined(__GNUC__) && !defined(__cplusplus)\n"
	      "#define gen_opaque_open(array) __extension__ __builtin_types_compatible_p( \\\n"
	      "\t__typeof__(array), __typeof__((array)[0])[0])\n"
	      "#else\n"
	      "#define gen_opaque_open(array) 1\n"
	      "#endif\n",
	      out);
	fprintf(out,
		"#define gen_opaque_alias(type, not_said) (not_said)\n"
		"#if defined(__has_builtin)\n"
		"#if __has_builtin(__builtin_has_attribute)\n"
		"#undef gen_opaque_alias\n"
		"#define gen_opaque_alias(type, not_said) \\\n"
		"\t(__builtin_has_attribute(type, may_alias) ? %u : %u)\n"
		"#define GEN_OPAQUE_KNOWS_ALIASES 1\n"
		"#endif\n"
		"#endif\n",
		PROBE_ALIAS, PROBE_NO_ALIAS);
	if (!describes)
		return;
	fputs("#if defined(__GNUC__)\n"
	      "/* -1 of a vector */\n"
	      "#define gen_opaque_kind(type) (__builtin_classify_type(*(type *)0) & 127)\n"
	      "#else\n"
	      "#define gen_opaque_kind(type) 0\n"
	      "#endif\n",
	      out);
}

/*
 * An alignment is how far a type stands from the start behind a char. -Wpedantic there tells of a
 * flexible array member at its end. For a build system that is an error, unless it asks for its
 * elements; where we run the compiler ourselves we look for the warning.
 */
static void print_places(FILE *out, const struct probe *p)
{
	fputs("#if defined(__GNUC__)\n#pragma GCC diagnostic push\n#endif\n", out);
	for (size_t i = 0; i < p->types->n; i++) {
		const struct layout *l = &p->types->v[i];
		char *type = layout_spelling(l);

		fprintf(out,
			"#if defined(__GNUC__)\n"
			"#pragma GCC diagnostic %s \"-Wpedantic\"\n"
			"#endif\n"
			"struct gen_opaque_place_%zu {\n"
			"\tchar gen_opaque_before;\n"
			"#line 1 \"" PROBE_PLACE "%s\"\n"
			"\t%s gen_opaque_placed;\n"
			"};\n",
			p->printer != PROBE_DATA ? "warning"
			: l->n_flexible > 0	 ? "ignored"
						 : "error",
			i, type, type);
		free(type);
	}
	fputs("#if defined(__GNUC__)\n#pragma GCC diagnostic pop\n#endif\n", out);
}

static void print_line(FILE *out, const struct question *q, size_t line)
{
	fprintf(out, "#line %zu \"" PROBE_PLACE "%s\"\n", line, q->place);
}

/* The simplest place of a type, which needs no comment. */
static void print_plain_places(FILE *out, const struct layouts *types)
{
	for (size_t i = 0; i < types->n; i++) {
		char *type = layout_spelling(&types->v[i]);

		fprintf(out,
			"struct gen_opaque_place_%zu { char gen_opaque_before; %s "
			"gen_opaque_placed; };\n",
			i, type);
		free(type);
	}
}

/* ---- numbers in assembly ---- */

static void print_statement(void *out, const struct question *q, size_t index)
{
	(void)index;
	print_line(out, q, 1);
	fprintf(out, "\tgen_opaque_say(\"%s\", %s);\n", q->what, q->value);
}

/* Not %c0, "a constant without punctuation": s390x has a signed char of it, riscv64 an error. */
static void print_function(FILE *out, const struct probe *p)
{
	fprintf(out,
		"#define gen_opaque_say(what, value) \\\n"
		"\t__asm__ volatile(\"\\n.ascii \\\"" PROBE_MARK "\" what \"=%%0 %%1;\\\"\" \\\n"
		"\t\t: : \"i\"(value), \"i\"((value) %% %d))\n"
		"__attribute__((used)) void gen_opaque_probe(void);\n"
		"void gen_opaque_probe(void)\n"
		"{\n"
		"\tgen_opaque_say(\"probe(\" GEN_OPAQUE_TARGET \")\", %zu);\n",
		PROBE_CHECK, probe_ask(p, NULL, NULL));
	probe_ask(p, print_statement, out);
	fputs("}\n", out);
}

/* ---- numbers in data ---- */

/* A number is asked for once only, so that what is wrong with it is said once only. */
static void print_number(void *out, const struct question *q, size_t index)
{
	print_line(out, q, 1);
	fprintf(out, "extern char gen_opaque_number_%zu[(%s) + 1];\n", index, q->value);
}

static void print_member(void *out, const struct question *q, size_t index)
{
	fprintf(out,
		"\tchar what_%zu[sizeof(\"" PROBE_MARK "%s=\")], value_%zu[GEN_OPAQUE_DIGITS];\n",
		index, q->what, index);
}

static void print_initialiser(void *out, const struct question *q, size_t index)
{
	fprintf(out,
		"\t\"" PROBE_MARK
		"%s=\", { gen_opaque_digits(sizeof(gen_opaque_number_%zu) - 1) },\n",
		q->what, index);
}

/*
 * One object, so that nothing gets between the records. Divisors are such that a long holds them
 * everywhere.
 */
static void print_data(FILE *out, const struct probe *p)
{
	enum { DIGITS = 20, BILLION = 9 };

	fputs("#define gen_opaque_digit(value) (char)('0' + (int)((value) % 10))\n"
	      "#define gen_opaque_digits(value) \\\n",
	      out);
	for (int i = DIGITS - 1; i >= 0; i--) {
		fputs("\tgen_opaque_digit((value)", out);
		for (int nines = i / BILLION; nines > 0; nines--)
			fputs(" / 1000000000", out);
		fprintf(out, " / 1%.*s), \\\n", i % BILLION, "00000000");
	}
	fprintf(out,
		"\t' ', gen_opaque_digit((value) %% %d / 10), gen_opaque_digit((value) %% %d), ';'\n"
		"#define GEN_OPAQUE_DIGITS %d\n",
		PROBE_CHECK, PROBE_CHECK, DIGITS + 4);
	probe_ask(p, print_number, out);
	fputs("struct gen_opaque_probe {\n"
	      "\tchar what[sizeof(\"" PROBE_MARK "probe(\" GEN_OPAQUE_TARGET \")=\")],\n"
	      "\t\tvalue[GEN_OPAQUE_DIGITS];\n",
	      out);
	probe_ask(p, print_member, out);
	fprintf(out,
		"};\n"
		"#if defined(__cplusplus)\n"
		"extern \"C\" {\n"
		"#endif\n"
		"extern const struct gen_opaque_probe gen_opaque_probe;\n"
		"const struct gen_opaque_probe gen_opaque_probe = {\n"
		"\t\"" PROBE_MARK
		"probe(\" GEN_OPAQUE_TARGET \")=\", { gen_opaque_digits(%zu) },\n",
		probe_ask(p, NULL, NULL));
	probe_ask(p, print_initialiser, out);
	fputs("};\n"
	      "#if defined(__cplusplus)\n"
	      "}\n"
	      "#endif\n",
	      out);
}

/* ---- numbers in warnings ---- */

/* An unsigned char cannot hold it, so the compiler says what it was. */
static void print_number_warning(FILE *out, const struct question *q, size_t index)
{
	size_t line = index + PROBE_FIRST_LINE;

	print_line(out, q, line);
	fprintf(out, "unsigned char gen_opaque_number_%zu = %lluULL | (%s);\n", line,
		PROBE_MARK_BIT, q->value);
}

static void print_warning(void *out, const struct question *q, size_t index)
{
	if (!q->is_alias)
		print_number_warning(out, q, index);
}

/* No macros: the warning would be about their place. */
static void print_alias(FILE *out, size_t line, const char *place, const char *knowing,
			const char *other)
{
	fprintf(out,
		"#if defined(GEN_OPAQUE_KNOWS_ALIASES)\n"
		"#line %zu \"" PROBE_PLACE "%s\"\n"
		"void *gen_opaque_number_%zu(int) __attribute__((__alloc_size__(%s)));\n"
		"#else\n"
		"#line %zu \"" PROBE_PLACE "%s\"\n"
		"unsigned char gen_opaque_number_%zu = %lluULL | (%s);\n"
		"#endif\n",
		line, place, line, knowing, line, place, line, PROBE_MARK_BIT, other);
}

static void print_alias_warning(void *out, const struct question *q, size_t index)
{
	char *knowing;

	if (!q->is_alias)
		return;
	knowing = text_format("__builtin_has_attribute(%s, may_alias) ? %u : %u", q->place,
			      PROBE_ALIAS, PROBE_NO_ALIAS);
	print_alias(out, index + PROBE_FIRST_LINE, q->place, knowing, q->value);
	free(knowing);
}

/*
 * Where gcc 12 has come to a __builtin_has_attribute, it warns of no lost bits any more. It still
 * does of an attribute's argument that is 2, where there is one parameter.
 */
static void print_alias_warnings(FILE *out, const struct probe *p, size_t n)
{
	fputs("#if defined(GEN_OPAQUE_KNOWS_ALIASES)\n"
	      "#pragma GCC diagnostic warning \"-Wattributes\"\n"
	      "#endif\n",
	      out);
	probe_ask(p, print_alias_warning, out);
	print_alias(out, n + 1 + PROBE_FIRST_LINE, "", "2", "2");
}

static void print_target_warning(FILE *out, size_t n)
{
	const struct question target = { .value = "GEN_OPAQUE_TARGET_INDEX", .place = "" };

	fputs("#if defined(__clang__)\n"
	      "#pragma clang diagnostic warning \"-Wconstant-conversion\"\n"
	      "#else\n"
	      "#pragma GCC diagnostic warning \"-Woverflow\"\n"
	      "#endif\n",
	      out);
	print_number_warning(out, &target, n);
}

static void print_warnings(FILE *out, const struct probe *p)
{
	size_t n = probe_ask(p, NULL, NULL);

	print_target_warning(out, n);
	probe_ask(p, print_warning, out);
	print_alias_warnings(out, p, n);
}

/* ---- numbers that are known ---- */

/* Several at once: a declaration costs the compiler more than a comparison. */
enum { NUMBERS_AT_ONCE = 16 };

static void print_comparison(void *out, const struct question *q, size_t index)
{
	if (index % NUMBERS_AT_ONCE)
		fputs(" &&", out);
	else if (index)
		fputs(" ? 1 : -1];\n", out);
	if (index % NUMBERS_AT_ONCE == 0)
		fprintf(out, "typedef char gen_opaque_fits_%zu[", index);
	fprintf(out, "\n\t(%s) == %" PRIu64, q->value, q->known);
}

static void print_assertions(FILE *out, const struct probe *p)
{
	print_target_warning(out, probe_ask(p, NULL, NULL));
	probe_ask(p, print_comparison, out);
	fputs(" ? 1 : -1];\n", out);
}

/* Others may take what we print, and say nothing of it. */
static void print_demand(FILE *out)
{
	fputs("#if !defined(__GNUC__) || defined(__TINYC__)\n"
	      "#error \"this is for gcc and clang\"\n"
	      "#endif\n",
	      out);
}

char *probe_text(const struct probe *p)
{
	struct text t;

	text_open(&t);
	print_input(t.file, p->input);
	if (p->printer == PROBE_WARNINGS || p->printer == PROBE_ASSERTIONS)
		print_demand(t.file);
	print_target(t.file);
	print_operators(t.file, p->describes);
	print_undefs(t.file, p->types);
	if (p->printer == PROBE_ASSERTIONS)
		print_plain_places(t.file, p->types);
	else
		print_places(t.file, p);
	switch (p->printer) {
	case PROBE_ASSEMBLY:
		print_function(t.file, p);
		break;
	case PROBE_DATA:
		print_data(t.file, p);
		break;
	case PROBE_WARNINGS:
		print_warnings(t.file, p);
		break;
	case PROBE_ASSERTIONS:
		print_assertions(t.file, p);
		break;
	}
	return text_close(&t);
}
