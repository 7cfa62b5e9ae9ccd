/* SPDX-License-Identifier: MIT */
#include "base/text.h"
#include "base/words.h"
#include "unit.h"
#include "write/header_templates.h"
#include "write/writer.h"

static char *node_tag[] = { "struct node", NULL };

/* struct conn { char c; int n; struct node *next; int b : 3; }, 24 bytes. */
static struct field fields[] = {
	{ .name = "c",
	  .type = "char",
	  .size = 1,
	  .align = 1,
	  .holder_type = "char",
	  .holder_suffix = "" },
	{ .name = "n", .type = "state_t", .offset = 4, .size = 4, .align = 4 },
	{ .name = "next",
	  .type = "struct node *",
	  .offset = 8,
	  .size = 8,
	  .align = 8,
	  .holder_tags = { node_tag, 1 },
	  .holder_type = "struct node *",
	  .holder_suffix = "" },
	{ .name = "b",
	  .type = "int",
	  .offset = 16,
	  .size = 4,
	  .align = 4,
	  .is_bit_field = true,
	  .bit_width = 3 },
	{ .name = "odd", .type = "int", .offset = 17, .size = 4, .align = 4 },
	{ .name = "n2", .type = "int", .offset = 4, .size = 4, .align = 4 },
	{ .name = "none", .type = "char[0]", .offset = 24, .size = 0, .align = 1 },
	{ .name = "ready",
	  .type = "_Bool",
	  .offset = 1,
	  .size = 1,
	  .align = 1,
	  .holder_type = "_Bool",
	  .holder_suffix = "" },
};

struct sample {
	struct layout layout;
	struct words offsets, exposed;
	struct header_type type;
	struct header_target target;
	struct header header;
};

static void make(struct sample *s, const char *offsets, const char *exposed)
{
	memset(s, 0, sizeof(*s));
	s->layout = (struct layout){ .name = "conn",
				     .declared = "struct conn",
				     .file = "/here/conn.h",
				     .line = 3,
				     .column = 8,
				     .size = 24,
				     .align = 8,
				     .align_low = 8,
				     .fields = fields,
				     .n_fields = sizeof(fields) / sizeof(*fields) };
	s->offsets = words_of(offsets);
	s->exposed = words_of(exposed);
	s->type = (struct header_type){
		.base = "conn", .source = "conn.h", .offsets = &s->offsets, .exposed = &s->exposed
	};
	s->target = (struct header_target){ .triple = "x86_64-linux-gnu",
					    .layouts = { &s->layout, 1 } };
	s->header = (struct header){ .types = &s->type,
				     .n_types = 1,
				     .targets = &s->target,
				     .n_targets = 1,
				     .command = "gen-opaque emit",
				     .file = "conn_opaque.h" };
}

static void release(struct sample *s)
{
	words_free(&s->offsets);
	words_free(&s->exposed);
}

static void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("'%s' is not in:\n%s", part, text);
}

static void assert_has_not(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("'%s' is in:\n%s", part, text);
}

static char *text_of(struct sample *s)
{
	struct diags d = { NULL, 0 };

	assert_true(header_check(&s->header, &d));
	assert_printed(&d, "");
	return header_text(&s->header);
}

static void says_size_and_alignment(void **state)
{
	struct sample s;
	char *text;

	(void)state;
	make(&s, "n", "");
	text = text_of(&s);
	assert_has(text, "#ifndef CONN_OPAQUE_H\n#define CONN_OPAQUE_H\n");
	assert_has(text, "#define CONN_SIZE 24\n#define CONN_ALIGN 8\n");
	assert_has(text, "#define CONN_OFFSETOF_N 4\n#define CONN_SIZEOF_N 4\n");
	assert_has(text, "struct conn;\nstruct conn_opaque;\n");
	assert_has(text, "struct conn_opaque {\n"
			 "\tCONN_OPAQUE_ALIGNAS unsigned char opaque[CONN_SIZE];\n"
			 "} CONN_OPAQUE_ATTRIBUTES;\n");
	assert_has(text, "unconfirmed by a compiler");
	free(text);
	release(&s);
}

static void exposes_by_offset(void **state)
{
	struct sample s;
	char *text;

	(void)state;
	make(&s, "", "next n next");
	text = text_of(&s);
	assert_has(text, "struct node;\n");
	assert_has(text, "struct conn_opaque {\n"
			 "\tCONN_OPAQUE_ALIGNAS unsigned char opaque_0[4];\n"
			 "\tunsigned char n[4]; /* state_t */\n"
			 "\tstruct node *next;\n"
			 "\tunsigned char opaque_1[8];\n"
			 "} CONN_OPAQUE_ATTRIBUTES;\n");
	free(text);
	release(&s);
}

static void spells_bool_for_both_languages(void **state)
{
	struct sample s;
	char *text;

	(void)state;
	make(&s, "", "c ready");
	text = text_of(&s);
	assert_has(text, "#ifdef __cplusplus\n#define CONN_OPAQUE_BOOL bool\n#else\n"
			 "#define CONN_OPAQUE_BOOL _Bool\n#endif\n");
	assert_has(text, "\tCONN_OPAQUE_ALIGNAS char c;\n"
			 "\tCONN_OPAQUE_BOOL ready;\n"
			 "\tunsigned char opaque_0[22];\n");
	free(text);
	release(&s);
}

static void check_refused(const char *offsets, const char *exposed, const char *said)
{
	struct sample s;
	struct diags d = { NULL, 0 };

	make(&s, offsets, exposed);
	assert_false(header_check(&s.header, &d));
	assert_printed(&d, said);
	release(&s);
}

/* Whatever a reader says of it, nothing is divided by it. */
static void refuses_no_alignment(void **state)
{
	struct sample s;
	struct diags d = { NULL, 0 };

	(void)state;
	make(&s, "", "");
	s.layout.align = 0;
	layout_add_flexible(&s.layout, "data", 24, 1);
	s.type.flexible = "data";
	assert_false(header_check(&s.header, &d));
	assert_printed(&d, "conn.h:3:8: error: the size of 'conn' (24) is not a multiple of its "
			   "alignment (0)\n");
	layout_drop_flexible(&s.layout, s.layout.flexible);
	free(s.layout.flexible);
	release(&s);
}

static void refuses_what_cannot_be_written(void **state)
{
	(void)state;
	check_refused("b", "",
		      "conn.h:3:8: error: 'b' of struct conn is a bit-field: it has no offset "
		      "in bytes for --offset\n");
	check_refused("nowhere", "",
		      "conn.h:3:8: error: struct conn has no field 'nowhere' for --offset\n");
	check_refused("", "odd",
		      "conn.h:3:8: error: 'odd' is packed: no member of a shadow can stand "
		      "at its offset\n");
	check_refused("", "n n2",
		      "conn.h:3:8: error: 'n' and 'n2' overlap: only one of them can be "
		      "exposed\n");
	check_refused("", "none", "conn.h:3:8: error: 'none' has no size and cannot be exposed\n");
}

static void a_light_half_is_included(void **state)
{
	struct sample s;
	char *text, *light;

	(void)state;
	make(&s, "", "");
	s.header.forward_file = "conn_fwd.h";
	s.header.forward_include = "../conn_fwd.h";
	text = text_of(&s);
	light = header_forward_text(&s.header);
	assert_has(text, "#include \"../conn_fwd.h\"\n");
	assert_has_not(text, "to_conn");
	assert_has(light, "#ifndef CONN_FWD_H\n");
	assert_has(light, "static inline struct conn *to_conn(struct conn_opaque *shadow)\n");
	assert_has_not(light, "CONN_SIZE");
	free(text);
	free(light);
	release(&s);
}

static void a_type_without_tag_is_void(void **state)
{
	struct sample s;
	char *text;

	(void)state;
	make(&s, "", "");
	s.layout.kind = LAYOUT_TYPEDEF;
	s.layout.declared = NULL;
	text = text_of(&s);
	assert_has(text, "static inline void *to_conn(struct conn_opaque *shadow)\n");
	assert_has(text, "sizeof(conn) == CONN_SIZE");
	free(text);
	release(&s);
}

static void comments_do_not_end_early(void **state)
{
	struct sample s;
	char *text;

	(void)state;
	make(&s, "", "");
	s.header.command = "gen-opaque emit 'a*/b.c' -- '-I*/'";
	text = text_of(&s);
	assert_has(text, " *   gen-opaque emit 'a*''/b.c' -- '-I*''/'\n");
	free(text);
	release(&s);
}

static void a_neutral_check_checks_nothing(void **state)
{
	struct sample s;
	char *text;

	(void)state;
	make(&s, "n", "next");
	s.header.neutral = true;
	text = text_of(&s);
	assert_has(text, "#define CONN_OPAQUE_CHECK() extern char conn_opaque_unchecked[1]\n");
	free(text);
	release(&s);
}

static void keeps_a_reserve(void **state)
{
	struct sample s;
	char *text;

	(void)state;
	make(&s, "", "next");
	s.type.reserve = 40;
	text = text_of(&s);
	assert_has(text, "#define CONN_SIZE 40\n");
	assert_has(text, "\tstruct node *next;\n\tunsigned char opaque_1[24];\n");
	assert_has(text, "sizeof(struct conn) <= CONN_SIZE, ");
	assert_has(text, "- sizeof(struct conn) <= CONN_ALIGN, ");
	free(text);
	release(&s);
}

static char *guard_of(struct sample *s)
{
	char *text = text_of(s), *line = strstr(text, "#define CONN_OPAQUE_GUARD "), *guard;

	assert_non_null(line);
	guard = text_copy_n(line, strcspn(line, "\n"));
	free(text);
	return guard;
}

/* Does the guard see when field i is elsewhere? */
static bool sees(struct sample *s, size_t i)
{
	char *before, *after;
	bool seen;

	s->header.guard = true;
	before = guard_of(s);
	fields[i].offset++;
	after = guard_of(s);
	fields[i].offset--;
	seen = strcmp(before, after) != 0;
	free(before);
	free(after);
	return seen;
}

static void a_guard_sees_what_holders_rely_on(void **state)
{
	struct sample s;
	char *text;

	(void)state;
	make(&s, "n", "");
	assert_true(sees(&s, 0) && sees(&s, 1) && sees(&s, 3));
	s.type.reserve = 40; /* what they do not know of may change then */
	assert_true(!sees(&s, 0) && sees(&s, 1) && !sees(&s, 3));
	text = text_of(&s);
	assert_has(text, "#define CONN_OPAQUE_GUARD conn_opaque_layout_40_8_");
	assert_has(text, "= &CONN_OPAQUE_GUARD;\n");
	assert_has(text, "; \\\n\tconst char CONN_OPAQUE_GUARD CONN_OPAQUE_KEPT = 1\n\n#endif");
	free(text);
	release(&s);
}

/* The sample on two targets more, the last of them with 8 bytes more. */
static char *ladder_of(struct sample *s)
{
	static const char *const names[] = { "x86_64", "riscv64", "m68k" };
	struct layout larger = s->layout;
	struct header_target all[3];
	char *text;

	larger.size = 32;
	larger.align_low = larger.align;
	for (size_t i = 0; i < 3; i++) {
		all[i] = s->target;
		all[i].known = target_find(names[i]);
	}
	all[2].layouts = (struct layouts){ &larger, 1 };
	all[2].confirmed = true;
	s->header.targets = all;
	s->header.n_targets = 3;
	text = text_of(s);
	s->header.targets = &s->target;
	s->header.n_targets = 1;
	return text;
}

static void targets_of_one_layout_share_a_rung(void **state)
{
	struct sample s;
	char *text;

	(void)state;
	make(&s, "", "");
	text = ladder_of(&s);
	assert_has(text, " * on\n"
			 " *   x86_64, unconfirmed by a compiler\n"
			 " *   riscv64, unconfirmed by a compiler\n"
			 " *   m68k, confirmed by the compiler\n");
	assert_has(text, "/* x86_64, riscv64 */\n#if (defined(__ELF__) && defined(__x86_64__) && ");
	assert_has(text, ") || \\\n\t(defined(__ELF__) && defined(__riscv)");
	assert_has(text, ")\n#define CONN_SIZE 24\n#define CONN_ALIGN 8\n"
			 "/* m68k */\n#elif defined(__ELF__) && defined(__m68k__)");
	assert_has(
		text,
		"#define CONN_SIZE 32\n#define CONN_ALIGN 8\n"
		"#else\n"
		"#error \"conn_opaque.h does not know this target, only x86_64, riscv64, m68k\"\n"
		"#endif\n");
	free(text);
	release(&s);
}

static void a_rung_has_members_of_its_own(void **state)
{
	struct sample s;
	char *text;

	(void)state;
	make(&s, "n", "next");
	s.layout.align_low = 2;
	text = ladder_of(&s);
	assert_has(text, "#define CONN_SIZE 24\n#define CONN_ALIGN 8\n"
			 "#define CONN_OPAQUE_ALIGN_LEAST 1\n"
			 "#define CONN_OFFSETOF_N 4\n#define CONN_SIZEOF_N 4\n"
			 "#define CONN_OPAQUE_MEMBERS \\\n"
			 "\tCONN_OPAQUE_ALIGNAS unsigned char opaque_0[8]; \\\n"
			 "\tstruct node *next; \\\n"
			 "\tunsigned char opaque_1[8];\n"
			 "/* m68k */\n");
	assert_has(text, "#define CONN_OPAQUE_ALIGN_LEAST CONN_ALIGN\n");
	assert_has(text, "\tunsigned char opaque_1[16];\n#else\n");
	assert_has(text,
		   "struct conn_opaque {\n\tCONN_OPAQUE_MEMBERS\n} CONN_OPAQUE_ATTRIBUTES;\n");
	assert_has(text, ">= CONN_OPAQUE_ALIGN_LEAST, ");
	free(text);
	release(&s);
}

/* Are the words of a template, between its places, all in the text, in their order? */
static bool is_printed(const char *template, const char *text)
{
	while (*template) {
		size_t len = strcspn(template, "@");
		char *words = text_copy_n(template, len);

		text = strstr(text, words);
		free(words);
		if (!text)
			return false;
		text += len;
		template += len;
		if (*template)
			template = strchr(template + 1, '@') + 1;
	}
	return true;
}

/* The options that a template is there for, one header each; they follow each other. */
static char *one_text_of_all(void)
{
	struct sample s;
	char *texts[7], *all;

	make(&s, "n", "ready");
	s.header.guard = true;
	texts[0] = text_of(&s);
	s.layout.align_low = 2;
	texts[1] = ladder_of(&s);
	s.header.neutral = true;
	texts[2] = text_of(&s);
	s.type.public_base = "room";
	s.type.align = 64;
	s.header.neutral = false;
	s.header.private_file = "conn_private.h";
	s.header.public_include = "conn_opaque.h";
	texts[4] = header_public_text(&s.header);
	texts[5] = header_private_text(&s.header);
	release(&s);
	make(&s, "", "");
	layout_add_flexible(&s.layout, "data", 20, 4);
	s.layout.has_flexible = true;
	s.layout.kind = LAYOUT_TYPEDEF;
	s.layout.declared = NULL;
	s.type.flexible = "data";
	s.type.elements = 5;
	texts[3] = text_of(&s);
	layout_drop_flexible(&s.layout, s.layout.flexible);
	free(s.layout.flexible);
	release(&s);
	make(&s, "", "");
	s.layout.no_copy = true;
	texts[6] = text_of(&s);
	release(&s);
	all = text_format("%s%s%s%s%s%s%s", texts[0], texts[1], texts[2], texts[3], texts[4],
			  texts[5], texts[6]);
	for (size_t i = 0; i < 7; i++)
		free(texts[i]);
	return all;
}

/* A place that the caller forgets would end this test, wherever it is. */
static void every_template_is_in_some_header(void **state)
{
	char *text = one_text_of_all();

	(void)state;
	for (int i = 0; i < N_TEMPLATES; i++)
		if (!is_printed(header_templates[i], text))
			fail_msg("no header has template %d: %s", i, header_templates[i]);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_size_and_alignment),
		cmocka_unit_test(exposes_by_offset),
		cmocka_unit_test(spells_bool_for_both_languages),
		cmocka_unit_test(refuses_no_alignment),
		cmocka_unit_test(refuses_what_cannot_be_written),
		cmocka_unit_test(a_light_half_is_included),
		cmocka_unit_test(a_type_without_tag_is_void),
		cmocka_unit_test(comments_do_not_end_early),
		cmocka_unit_test(a_neutral_check_checks_nothing),
		cmocka_unit_test(keeps_a_reserve),
		cmocka_unit_test(a_guard_sees_what_holders_rely_on),
		cmocka_unit_test(targets_of_one_layout_share_a_rung),
		cmocka_unit_test(a_rung_has_members_of_its_own),
		cmocka_unit_test(every_template_is_in_some_header),
	};

	return RUN(tests);
}
