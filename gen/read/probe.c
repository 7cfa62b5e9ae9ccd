/* SPDX-License-Identifier: MIT */
#include "read/probe.h"

#include "base/text.h"
#include "model/targets.h"

#include <stdlib.h>
#include <string.h>

/* One number to be asked for, and where the compiler's complaints about it are to point. */
struct question {
	char *what;  /* "offset(struct conn, fd)" */
	char *value; /* an expression */
	char *place; /* "struct conn, fd" */
};

typedef void question_function(FILE *out, const struct question *q, size_t index);

/* ---- what is asked ---- */

bool probe_can_ask(const struct field *f)
{
	return f->name[0] && !f->is_bit_field;
}

/* Not an array without a length, nor a reference, whose sizeof is of what is there. */
bool probe_can_measure(const struct field *f)
{
	return (!f->dimensions || f->count > 0) && !strchr(f->type, '&');
}

/* Once through all questions, in order. */
struct round {
	FILE *out;
	question_function *ask;
	size_t n;
};

static void ask(struct round *r, char *what, char *value, char *place)
{
	const struct question q = { what, value, place };

	if (r->ask)
		r->ask(r->out, &q, r->n);
	r->n++;
	free(what);
	free(value);
	free(place);
}

static void ask_of_field(struct round *r, const char *type, const struct layout *l, size_t index)
{
	char *path = layout_field_path(l, index);

	ask(r, text_format("offset(%s, %s)", type, path),
	    text_format("gen_opaque_offsetof(%s, %s)", type, path),
	    text_format("%s, %s", type, path));
	if (probe_can_measure(&l->fields[index]))
		ask(r, text_format("width(%s, %s)", type, path),
		    text_format("sizeof(((%s *)0)->%s)", type, path),
		    text_format("%s, %s", type, path));
	free(path);
}

static void ask_of_flexible(struct round *r, const char *type, const char *path)
{
	ask(r, text_format("start(%s, %s)", type, path),
	    text_format("gen_opaque_offsetof(%s, %s)", type, path),
	    text_format("%s, %s", type, path));
	ask(r, text_format("element(%s, %s)", type, path),
	    text_format("sizeof(((%s *)0)->%s[0])", type, path), text_format("%s, %s", type, path));
	ask(r, text_format("open(%s, %s)", type, path),
	    text_format("gen_opaque_open(((%s *)0)->%s)", type, path),
	    text_format("%s, %s", type, path));
}

static void ask_of_type(struct round *r, const struct probe *p, size_t index)
{
	const struct layout *l = &p->types->v[index];
	char *type = layout_spelling(l);

	ask(r, text_format("size(%s)", type), text_format("sizeof(%s)", type), text_copy(type));
	ask(r, text_format("align(%s)", type),
	    text_format("gen_opaque_offsetof(struct gen_opaque_place_%zu, gen_opaque_placed)",
			index),
	    text_copy(type));
	if (p->describes) {
		ask(r, text_format("kind(%s)", type), text_format("gen_opaque_kind(%s)", type),
		    text_copy(type));
		ask(r, text_format("alias(%s)", type), text_format("gen_opaque_alias(%s)", type),
		    text_copy(type));
	}
	for (size_t i = 0; i < l->n_fields; i++)
		if (probe_can_ask(&l->fields[i]))
			ask_of_field(r, type, l, i);
	for (size_t i = 0; i < l->n_flexible; i++)
		ask_of_flexible(r, type, l->flexible[i].path);
	free(type);
}

/* Returns how many there are; without a function they are only counted. */
static size_t ask_all(const struct probe *p, FILE *out, question_function *function)
{
	struct round r = { out, function, 0 };

	for (size_t i = 0; i < p->types->n; i++)
		ask_of_type(&r, p, i);
	return r.n;
}

/* ---- before the questions ---- */

static void print_input(FILE *out, const char *input)
{
	char *include = text_include(input);

	/* Should it have left a pack open, that is none of ours. */
	fprintf(out, "#define GEN_OPAQUE 1\n%s#pragma pack()\n", include);
	free(include);
}

static void print_undef(FILE *out, const char *path)
{
	while (*path) {
		size_t len = strcspn(path, ".");

		fprintf(out, "#undef %.*s\n", (int)len, path);
		path += len + (path[len] == '.');
	}
}

/* What is a macro behind the source was a plain name where the type was defined. */
static void print_undefs(FILE *out, const struct layouts *all)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct layout *l = &all->v[i];

		fprintf(out, "#undef %s\n", l->name);
		for (size_t j = 0; j < l->n_fields; j++)
			if (probe_can_ask(&l->fields[j]))
				print_undef(out, l->fields[j].name);
		for (size_t j = 0; j < l->n_flexible; j++)
			print_undef(out, l->flexible[j].path);
	}
}

static void print_target(FILE *out)
{
	for (size_t i = 0; i < n_known_targets; i++)
		fprintf(out, "#%s %s\n#define GEN_OPAQUE_TARGET \"%s\"\n", i ? "elif" : "if",
			known_targets[i].condition, known_targets[i].triple);
	fputs("#else\n#define GEN_OPAQUE_TARGET \"unknown\"\n#endif\n", out);
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
	if (!describes)
		return;
	fputs("#if defined(__GNUC__)\n"
	      "/* -1 of a vector */\n"
	      "#define gen_opaque_kind(type) (__builtin_classify_type(*(type *)0) & 127)\n"
	      "#else\n"
	      "#define gen_opaque_kind(type) 0\n"
	      "#endif\n"
	      "/* may_alias: 2, none: 1, not said: 0 */\n"
	      "#define gen_opaque_alias(type) 0\n"
	      "#if defined(__has_builtin)\n"
	      "#if __has_builtin(__builtin_has_attribute)\n"
	      "#undef gen_opaque_alias\n"
	      "#define gen_opaque_alias(type) (1 + __builtin_has_attribute(type, may_alias))\n"
	      "#endif\n"
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

static void print_line(FILE *out, const struct question *q)
{
	fprintf(out, "#line 1 \"" PROBE_PLACE "%s\"\n", q->place);
}

/* ---- numbers in assembly ---- */

static void print_statement(FILE *out, const struct question *q, size_t index)
{
	(void)index;
	print_line(out, q);
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
		PROBE_CHECK, ask_all(p, NULL, NULL));
	ask_all(p, out, print_statement);
	fputs("}\n", out);
}

/* ---- numbers in data ---- */

/* A number is asked for once only, so that what is wrong with it is said once only. */
static void print_number(FILE *out, const struct question *q, size_t index)
{
	print_line(out, q);
	fprintf(out, "extern char gen_opaque_number_%zu[(%s) + 1];\n", index, q->value);
}

static void print_member(FILE *out, const struct question *q, size_t index)
{
	fprintf(out,
		"\tchar what_%zu[sizeof(\"" PROBE_MARK "%s=\")], value_%zu[GEN_OPAQUE_DIGITS];\n",
		index, q->what, index);
}

static void print_initialiser(FILE *out, const struct question *q, size_t index)
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
	ask_all(p, out, print_number);
	fputs("struct gen_opaque_probe {\n"
	      "\tchar what[sizeof(\"" PROBE_MARK "probe(\" GEN_OPAQUE_TARGET \")=\")],\n"
	      "\t\tvalue[GEN_OPAQUE_DIGITS];\n",
	      out);
	ask_all(p, out, print_member);
	fprintf(out,
		"};\n"
		"#if defined(__cplusplus)\n"
		"extern \"C\" {\n"
		"#endif\n"
		"extern const struct gen_opaque_probe gen_opaque_probe;\n"
		"const struct gen_opaque_probe gen_opaque_probe = {\n"
		"\t\"" PROBE_MARK
		"probe(\" GEN_OPAQUE_TARGET \")=\", { gen_opaque_digits(%zu) },\n",
		ask_all(p, NULL, NULL));
	ask_all(p, out, print_initialiser);
	fputs("};\n"
	      "#if defined(__cplusplus)\n"
	      "}\n"
	      "#endif\n",
	      out);
}

char *probe_text(const struct probe *p)
{
	struct text t;

	text_open(&t);
	print_input(t.file, p->input);
	print_target(t.file);
	print_operators(t.file, p->describes);
	print_undefs(t.file, p->types);
	print_places(t.file, p);
	if (p->printer == PROBE_ASSEMBLY)
		print_function(t.file, p);
	else
		print_data(t.file, p);
	return text_close(&t);
}
