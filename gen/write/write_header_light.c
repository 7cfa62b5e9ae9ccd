/* SPDX-License-Identifier: MIT */
/* The light half of a header: names, and how to get from a shadow to what it stands in for. */
#include "write/header_parts.h"

#include <string.h>

static void print_forward(const struct pen *p)
{
	if (p->layout->declared)
		fprintf(p->out, "%s;\n", p->layout->declared);
	fprintf(p->out, "struct %s_opaque;\n\n", p->base);
}

static void print_private(const struct pen *p)
{
	char *tag = p->layout->declared ? strchr(p->layout->declared, ' ') : NULL;

	fprintf(p->out,
		"/*\n"
		" * For the definition of the private type, so that copies of a struct %s_opaque, and of\n"
		" * what holds one, are right under strict aliasing. It reaches the pointer types made\n"
		" * after the definition; -fno-strict-aliasing for the owner's files reaches all.\n",
		p->base);
	if (tag)
		fprintf(p->out, " * %.*s %s_PRIVATE%s { ... };\n", (int)(tag - p->layout->declared),
			p->layout->declared, p->upper, tag);
	else if (strstr(p->layout->name, "::"))
		fprintf(p->out, " * %s %s_PRIVATE %s { ... };\n",
			p->layout->is_union ? "union" : "struct", p->upper,
			strrchr(p->layout->name, ':') + 1);
	else
		fprintf(p->out, " * typedef %s %s_PRIVATE { ... } %s;\n",
			p->layout->is_union ? "union" : "struct", p->upper, p->layout->name);
	fprintf(p->out,
		" */\n"
		"#if defined(__GNUC__)\n"
		"#define %s_PRIVATE __attribute__((may_alias))\n"
		"#else\n"
		"#define %s_PRIVATE\n"
		"#endif\n\n",
		p->upper, p->upper);
}

static void print_cast(const struct pen *p, const char *suffix, const char *qualifier)
{
	fprintf(p->out, "static inline %s%s *to_%s%s(%sstruct %s_opaque *shadow)\n{\n\treturn ",
		qualifier, p->pointee, p->base, suffix, qualifier, p->base);
	/* By way of void *, which no warning about alignment looks behind. */
	if (p->layout->declared)
		fprintf(p->out, "(%s%s *)(%svoid *)", qualifier, p->pointee, qualifier);
	fputs("shadow;\n}\n\n", p->out);
}

/*
 * gcc looks for may_alias when it builds a pointer type. The one that a cast function returns was
 * built before the private type was defined; a cast where the function is called is built after.
 */
static void print_fresh_casts(const struct pen *p)
{
	if (!p->layout->declared)
		return;
	fprintf(p->out,
		"#elif defined(__GNUC__)\n"
		"/*\n"
		" * With a pointer type made where it is used: one made before %s is defined lacks\n"
		" * what its definition says of aliasing.\n"
		" */\n"
		"#define to_%s(...) ((%s *)to_%s(__VA_ARGS__))\n"
		"#define to_%s_const(...) ((const %s *)to_%s_const(__VA_ARGS__))\n",
		p->spelling, p->base, p->pointee, p->base, p->base, p->pointee, p->base);
}

static void print_casts(const struct pen *p)
{
	if (p->layout->declared)
		fprintf(p->out, "/* The %s that a shadow stands in for. */\n", p->spelling);
	else
		fprintf(p->out,
			"/*\n"
			" * The %s that a shadow stands in for. It has no tag that could be declared here,\n"
			" * hence the void *, which converts to %s * where that is known.\n"
			" */\n",
			p->spelling, p->spelling);
	print_cast(p, "", "");
	fputs("/* The same of one that is not to be changed. */\n", p->out);
	print_cast(p, "_const", "const ");
	fputs("#ifdef __cplusplus\n"
	      "extern \"C++\" {\n"
	      "/* The same under the plain name. */\n",
	      p->out);
	print_cast(p, "", "const ");
	fputs("} /* extern \"C++\" */\n", p->out);
	print_fresh_casts(p);
	fputs("#endif\n\n", p->out);
}

void print_light(const struct pen *p)
{
	print_forward(p);
	print_private(p);
	print_casts(p);
}
