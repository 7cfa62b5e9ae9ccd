/* SPDX-License-Identifier: MIT */
#include "base/text.h"
#include "base/words.h"
#include "model/explain.h"
#include "unit.h"
#include "write/writer.h"

#include <stdio.h>

/*
 * A layout from a line: "name offset size" for each field, with ":bit:width" behind the name of a
 * bit-field and a '-' before it for each level of depth; "_" is an anonymous one.
 */
static struct layout layout_of(const char *line)
{
	struct words w = words_of(line);
	struct layout l = { 0 };

	for (size_t i = 0; i < w.n; i += 3) {
		struct field *f = layout_add_field(&l);
		const char *name = w.v[i] + strspn(w.v[i], "-");
		size_t len = strcspn(name, ":");

		f->depth = (unsigned)(name - w.v[i]);
		f->is_bit_field = sscanf(name + len, ":%u:%u", &f->bit_offset, &f->bit_width) == 2;
		f->name = strcmp(name, "_") == 0 ? text_copy("") : text_copy_n(name, len);
		f->offset = strtoul(w.v[i + 1], NULL, 10);
		f->size = strtoul(w.v[i + 2], NULL, 10);
		f->align = f->size >= 8 ? 8 : f->size;
		f->type = text_copy(f->size >= 8 ? "long" : "int");
	}
	words_free(&w);
	return l;
}

/* The changes from one line's layout to the other's are said so, a line each. */
static void check(const char *before, const char *now, const char *expected)
{
	struct layout old = layout_of(before), new = layout_of(now);
	struct changes changes;
	struct words sentences = { NULL, 0 };
	struct text t;
	char *actual;

	explain(&old, &new, &changes);
	changes_say(&changes, &sentences);
	text_open(&t);
	for (size_t i = 0; i < sentences.n; i++)
		fprintf(t.file, "%s\n", sentences.v[i]);
	actual = text_close(&t);
	assert_string_equal(actual, expected);
	free(actual);
	words_free(&sentences);
	changes_free(&changes);
	layout_release(&old);
	layout_release(&new);
}

static void nothing_changed(void **state)
{
	(void)state;
	check("", "", "");
	check("a 0 4 _ 4 4 -b 4 4 -c 4 4", "a 0 4 _ 4 4 -b 4 4 -c 4 4", "");
}

static void fields_come_and_go(void **state)
{
	(void)state;
	check("a 0 4", "a 0 4 b 8 8", "field 'b' added: offset 8, 8 bytes, long\n");
	check("a 0 4 b 8 8", "b 8 8", "field 'a' removed: offset 0, 4 bytes, int\n");
	check("a 0 4 b 4 4", "a 0 4 c 4 8",
	      "field 'b' removed: offset 4, 4 bytes, int\nfield 'c' added: offset 4, 8 bytes, long\n");
}

static void fields_move_and_grow(void **state)
{
	(void)state;
	check("a 0 4 b 4 4", "b 0 4 a 4 4",
	      "field 'b' moved from offset 4 to offset 0\n"
	      "field 'a' moved from offset 0 to offset 4\n");
	check("a 0 4 b 4 4", "a 0 4 b 8 8",
	      "field 'b' moved from offset 4 to offset 8, grew from 4 bytes to 8 bytes, is long, was "
	      "int, has alignment 8, had 4\n");
	check("a 0 24", "a 0 16", "field 'a' shrank from 24 bytes to 16 bytes\n");
}

static void fields_are_renamed(void **state)
{
	(void)state;
	check("a 0 4 b 4 4", "a 0 4 c 4 4", "field 'b' is now 'c'\n");
	check("a 0 4 b 4 4", "in 0 8 -a 0 4 -b 4 4",
	      "field 'in' added: offset 0, 8 bytes, long\nfield 'a' is now 'in.a'\n"
	      "field 'b' is now 'in.b'\n");
}

static void bit_fields_have_places(void **state)
{
	(void)state;
	check("a:0:3 0 4 b:3:1 0 4", "a:0:4 0 4 b:4:1 0 4",
	      "field 'a' grew from 3 bits to 4 bits\n"
	      "field 'b' moved from offset 0, bit 3 to offset 0, bit 4\n");
	check("a:0:32 0 4", "a 0 4", "field 'a' is int, was int as a bit-field\n");
	check("a:0:3 0 4", "a:0:3 0 8",
	      "field 'a' is long as a bit-field, was int as a bit-field, has alignment 8, had 4\n");
}

static void a_row_that_moved_is_one_sentence(void **state)
{
	(void)state;
	check("a 0 4 b 4 4 c 8 4", "n 0 16 a 16 4 b 20 4 c 24 4",
	      "field 'n' added: offset 0, 16 bytes, long\n3 fields, 'a' to 'c', moved up by 16 bytes\n");
	check("n 0 8 a 8 4 b 12 4 c 16 4", "a 0 4 b 4 4 c 8 4",
	      "field 'n' removed: offset 0, 8 bytes, long\n3 fields, 'a' to 'c', moved down by 8 bytes\n");
	check("n:0:1 0 4 a:1:1 0 4 b:2:1 0 4 c:3:1 0 4", "a:0:1 0 4 b:1:1 0 4 c:2:1 0 4",
	      "field 'n' removed: offset 0, bit 0, 1 bit, int\n"
	      "3 fields, 'a' to 'c', moved down by 1 bit\n");
	/* As many, but not as far. */
	check("a 0 4 b 4 4 c 8 4", "a 4 4 b 8 4 c 16 4",
	      "field 'a' moved from offset 0 to offset 4\nfield 'b' moved from offset 4 to offset 8\n"
	      "field 'c' moved from offset 8 to offset 16\n");
}

static void anonymous_members_are_known_by_what_is_in_them(void **state)
{
	(void)state;
	check("_ 0 4 -a 0 4 _ 4 4 -b 4 4", "_ 0 4 -b 0 4",
	      "the anonymous member with 'a' removed: offset 0, 4 bytes, int\n"
	      "field 'a' removed: offset 0, 4 bytes, int\n"
	      "the anonymous member with 'b' moved from offset 4 to offset 0\n"
	      "field 'b' moved from offset 4 to offset 0\n");
	check("a 0 4", "_ 0 4 -a 0 4",
	      "the anonymous member with 'a' added: offset 0, 4 bytes, int\n");
	check("a 0 4", "a 0 4 _ 4 4", "an anonymous member added: offset 4, 4 bytes, int\n");
}

static void names_may_come_twice(void **state)
{
	(void)state;
	check("in 0 8 -a 0 4 other 8 8 -a 8 4", "in 0 8 -a 0 4 other 8 8 -a 12 4",
	      "field 'other.a' moved from offset 8 to offset 12\n");
	check("a 0 4 a 4 4", "a 0 4", "field 'a' removed: offset 4, 4 bytes, int\n");
	/* No reader says such depths, but JSON may. */
	check("----a 0 4", "a 0 4", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_changed),
		cmocka_unit_test(fields_come_and_go),
		cmocka_unit_test(fields_move_and_grow),
		cmocka_unit_test(fields_are_renamed),
		cmocka_unit_test(bit_fields_have_places),
		cmocka_unit_test(a_row_that_moved_is_one_sentence),
		cmocka_unit_test(anonymous_members_are_known_by_what_is_in_them),
		cmocka_unit_test(names_may_come_twice),
	};

	return RUN(tests);
}
