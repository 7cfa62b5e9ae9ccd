/* SPDX-License-Identifier: MIT */
/* What is the owner's: the check, and the guard that it defines. */
#include "base/text.h"
#include "write/header_parts.h"

#include <stdlib.h>

/* One assertion of the check macro; the strings are freed. gcc would show quotes in them as \'. */
static void assertion(const struct pen *p, bool last, char *name, char *condition, char *message)
{
	fprintf(p->out,
		"\t%s_OPAQUE_ASSERT(%s, \\\n\t\t%s, \\\n\t\t\"%s: %s %s; generate it again\")%s",
		p->upper, name, condition, p->spelling, message, p->header->file,
		last ? "" : "; \\\n");
	free(name);
	free(condition);
	free(message);
}

static void print_offset_assertions(const struct pen *p, const char *path, bool last)
{
	char *name = text_undotted(path), *upper = text_macro(path);
	bool has_size = header_has_size(p->layout, path);

	assertion(p, last && !has_size, text_format("offsetof_%s", name),
		  text_format("%s_OPAQUE_OFFSETOF(%s, %s) == %s_OFFSETOF_%s", p->upper, p->spelling,
			      path, p->upper, upper),
		  text_format("the offset of %s is not the %s_OFFSETOF_%s of", path, p->upper,
			      upper));
	if (has_size)
		assertion(p, last, text_format("sizeof_%s", name),
			  text_format("sizeof(((%s *)0)->%s) == %s_SIZEOF_%s", p->spelling, path,
				      p->upper, upper),
			  text_format("the size of %s is not the %s_SIZEOF_%s of", path, p->upper,
				      upper));
	free(name);
	free(upper);
}

static void print_exposed_assertions(const struct pen *p, const char *name, bool last)
{
	assertion(p, false, text_format("place_of_%s", name),
		  text_format("%s_OPAQUE_OFFSETOF(%s, %s) == \\\n"
			      "\t\t\t%s_OPAQUE_OFFSETOF(struct %s_opaque, %s)",
			      p->upper, p->spelling, name, p->upper, p->base, name),
		  text_format("field %s is not where struct %s_opaque has it in", name, p->base));
	assertion(p, last, text_format("room_of_%s", name),
		  text_format("sizeof(((%s *)0)->%s) == sizeof(((struct %s_opaque *)0)->%s)",
			      p->spelling, name, p->base, name),
		  text_format("field %s has not the size that struct %s_opaque gives it in", name,
			      p->base));
}

/*
 * The alignment of a type is how far it is from the start when a char comes before it. As sizes are
 * multiples of alignments, a difference of sizes tells, where C++ might not allow offsetof.
 */
static void print_places(const struct pen *p)
{
	fprintf(p->out,
		"#define %s_OPAQUE_CHECK() \\\n"
		"\t%sstruct %s_opaque_place { \\\n"
		"\t\tchar before; \\\n"
		"\t\t%s placed; \\\n"
		"\t}; \\\n"
		"\tstruct %s_opaque_shadow_place { \\\n"
		"\t\tchar before; \\\n"
		"\t\tstruct %s_opaque placed; \\\n"
		"\t}; \\\n",
		p->upper, p->type->flexible ? "__extension__ " : "", p->base, p->spelling, p->base,
		p->base);
}

static void print_align_assertions(const struct pen *p)
{
	const char *u = p->upper;
	bool ladder = header_has_ladder(p->header), open = p->type->reserve > 0;
	char *align =
		text_format("sizeof(struct %s_opaque_place) - sizeof(%s)", p->base, p->spelling);

	for (size_t t = 0; t < p->header->n_targets; t++)
		open = open || layout_is_open(header_layout(p->header, t, p->index));
	assertion(p, false, text_copy("align"),
		  text_format("%s %s %s_ALIGN", align, open ? "<=" : "==", u),
		  text_format("its alignment is %s the %s_ALIGN of", open ? "above" : "not", u));
	if (ladder && open && !p->type->reserve) /* what is a bound here is none elsewhere */
		assertion(p, false, text_copy("align_least"),
			  text_format("%s >= %s_OPAQUE_ALIGN_LEAST", align, u),
			  text_format("its alignment is below the %s_ALIGN of", u));
	free(align);
}

/* Elements have to fit; and they are all that the shadow is larger for, up to its alignment. */
static void print_flexible_assertions(const struct pen *p)
{
	const char *u = p->upper, *s = p->spelling;
	const char *path = header_flexible(p->type, p->layout)->path;
	char *end = text_format("%s_OPAQUE_OFFSETOF(%s, %s) + \\\n"
				"\t\t\t%s_FLEX * sizeof(((%s *)0)->%s[0])",
				u, s, path, u, s, path);

	assertion(p, false, text_copy("elements"), text_format("%s <= %s_SIZE", end, u),
		  text_format("%s_FLEX elements of %s do not fit in the %s_SIZE of", u, path, u));
	if (!p->type->reserve)
		assertion(p, false, text_copy("no_more"),
			  text_format("%s_SIZE < %s_ALIGN + sizeof(%s) || \\\n"
				      "\t\t%s_SIZE < %s_ALIGN + %s",
				      u, u, s, u, u, end),
			  text_format("it takes less than the %s_SIZE of", u));
	free(end);
}

static void print_size_assertions(const struct pen *p)
{
	bool least = p->type->reserve || p->type->flexible;

	assertion(p, false, text_copy("size"),
		  text_format("sizeof(%s) %s %s_SIZE", p->spelling, least ? "<=" : "==", p->upper),
		  text_format("its size is %s the %s_SIZE of", least ? "above" : "not", p->upper));
	if (p->type->flexible)
		print_flexible_assertions(p);
}

static void print_assertions(const struct pen *p)
{
	const struct words *offsets = p->type->offsets, *exposed = p->type->exposed;
	const char *u = p->upper, *b = p->base;

	print_places(p);
	print_size_assertions(p);
	print_align_assertions(p);
	assertion(p, false, text_copy("shadow_size"),
		  text_format("sizeof(struct %s_opaque) == %s_SIZE", b, u),
		  text_format("the size of struct %s_opaque is not the %s_SIZE of", b, u));
	assertion(p, offsets->n + exposed->n == 0, text_copy("shadow_align"),
		  text_format("sizeof(struct %s_opaque_shadow_place) - \\\n"
			      "\t\t\tsizeof(struct %s_opaque) == %s_ALIGN",
			      b, b, u),
		  text_format("the alignment of struct %s_opaque is not the %s_ALIGN of", b, u));
	for (size_t i = 0; i < offsets->n; i++)
		print_offset_assertions(p, offsets->v[i], i + 1 == offsets->n + exposed->n);
	for (size_t i = 0; i < exposed->n; i++)
		print_exposed_assertions(p, exposed->v[i], i + 1 == exposed->n);
	if (p->header->guard)
		fprintf(p->out, "; \\\n\tconst char %s_OPAQUE_GUARD %s_OPAQUE_KEPT = 1", u, u);
	fputs("\n\n", p->out);
}

static void print_assert_macro(const struct pen *p)
{
	const char *u = p->upper, *b = p->base;

	fprintf(p->out,
		"#if defined(__cplusplus)\n"
		"#define %s_OPAQUE_ASSERT(name, condition, message) static_assert(condition, message)\n"
		"#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L\n"
		"#define %s_OPAQUE_ASSERT(name, condition, message) _Static_assert(condition, message)\n"
		"#elif defined(__GNUC__) && !defined(_Static_assert) /* as C libraries do for C99 */\n"
		"#define %s_OPAQUE_ASSERT(name, condition, message) \\\n"
		"\textern char %s_opaque_check_##name[(condition) ? 1 : -1]; \\\n"
		"\t__extension__ _Static_assert(condition, message)\n"
		"#else\n"
		"#define %s_OPAQUE_ASSERT(name, condition, message) \\\n"
		"\textern char %s_opaque_check_##name[(condition) ? 1 : -1]\n"
		"#endif\n",
		u, u, u, b, u, b);
}

static void print_offsetof_macro(const struct pen *p)
{
	if (p->type->offsets->n + p->type->exposed->n > 0 || p->type->flexible)
		fprintf(p->out,
			"#if defined(__GNUC__)\n"
			"#define %s_OPAQUE_OFFSETOF(type, field) __builtin_offsetof(type, field)\n"
			"#else\n"
			"#define %s_OPAQUE_OFFSETOF(type, field) offsetof(type, field)\n"
			"#endif\n",
			p->upper, p->upper);
}

void print_check(const struct pen *p)
{
	if (p->header->neutral) {
		fprintf(p->out, "#define %s_OPAQUE_CHECK() extern char %s_opaque_unchecked[1]\n\n",
			p->upper, p->base);
		return;
	}
	fprintf(p->out,
		"/*\n"
		" * For the owner, once, at file scope, where %s is defined:\n"
		" *   %s_OPAQUE_CHECK();\n"
		" * It does not compile when this file does not fit the type any more.%s\n"
		" */\n",
		p->spelling, p->upper, p->header->guard ? " It defines the guard." : "");
	print_assert_macro(p);
	print_offsetof_macro(p);
	print_assertions(p);
}

/*
 * The reference has to stay whatever the linker thinks of its use; with retain --gc-sections leaves
 * it alone. It is no constant, so that programs without PIC need no copy of the symbol.
 */
void print_guard(const struct pen *p)
{
	const char *u = p->upper;

	if (!p->header->guard)
		return;
	fprintf(p->out,
		"/*\n"
		" * A guard against drift: whoever includes this file refers to a symbol that only an owner\n"
		" * of this very layout has, from %s_OPAQUE_CHECK(). With another owner the link fails, or\n"
		" * the program does not start, and the symbol is named. Nothing runs for it.\n"
		" */\n"
		"#if defined(__GNUC__) && defined(__ELF__)\n"
		"#define %s_OPAQUE_VISIBLE __attribute__((visibility(\"default\")))\n"
		"#if defined(__has_attribute)\n"
		"#if __has_attribute(retain)\n"
		"#define %s_OPAQUE_KEPT __attribute__((used, retain))\n"
		"#endif\n"
		"#endif\n"
		"#else\n"
		"#define %s_OPAQUE_VISIBLE\n"
		"#endif\n"
		"#if defined(__GNUC__) && !defined(%s_OPAQUE_KEPT)\n"
		"#define %s_OPAQUE_KEPT __attribute__((used))\n"
		"#elif !defined(__GNUC__)\n"
		"#define %s_OPAQUE_KEPT\n"
		"#endif\n"
		"#ifdef __cplusplus\n"
		"extern \"C\" {\n"
		"#endif\n"
		"extern const char %s_OPAQUE_GUARD %s_OPAQUE_VISIBLE;\n"
		"#if defined(__GNUC__)\n"
		"static const char *%s_opaque_guard %s_OPAQUE_KEPT = &%s_OPAQUE_GUARD;\n"
		"#endif\n"
		"#ifdef __cplusplus\n"
		"}\n"
		"#endif\n\n",
		u, u, u, u, u, u, u, u, u, p->base, u, u);
}
