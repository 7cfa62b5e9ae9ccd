/* SPDX-License-Identifier: MIT */
/* The light half of a header: names, and how to get from a shadow to what it stands in for. */
#include "write/header_parts.h"

#include <string.h>

static void print_forward(const struct pen *p)
{
	if (p->layout->declared)
		fprintf(p->out, "%s;\n", p->layout->declared);
	fprintf(p->out, "%s;\n\n", p->shadow);
}

static void print_private(const struct pen *p)
{
	char *tag = p->layout->declared ? strchr(p->layout->declared, ' ') : NULL;

	pen_print(p, TEMPLATE_PRIVATE_COMMENT, NULL);
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
	fputs(" */\n", p->out);
	pen_print(p, TEMPLATE_PRIVATE, NULL);
}

static void print_cast(const struct pen *p, const char *suffix, const char *qualifier)
{
	pen_print(p, TEMPLATE_CAST, VALUES({ "CONST", qualifier }, { "SUFFIX", suffix }));
}

/*
 * gcc looks for may_alias when it builds a pointer type. The one that a cast function returns was
 * built before the private type was defined; a cast where the function is called is built after.
 */
static void print_fresh_casts(const struct pen *p)
{
	if (p->layout->declared)
		pen_print(p, TEMPLATE_FRESH_CASTS, NULL);
}

static void print_casts(const struct pen *p)
{
	pen_print(p, p->layout->declared ? TEMPLATE_CAST_OF_TAG : TEMPLATE_CAST_OF_TYPEDEF, NULL);
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
