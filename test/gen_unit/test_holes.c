/* SPDX-License-Identifier: MIT */
#include "base/text.h"
#include "model/holes.h"
#include "unit.h"
#include "write/declaration.h"

#include <inttypes.h>

/* A layout to add fields to. */
static struct layout record(uint64_t size, bool is_union)
{
	return (struct layout){
		.size = size, .align = 1, .align_low = 1, .is_record = true, .is_union = is_union
	};
}

static struct field *add(struct layout *l, unsigned depth, const char *name, uint64_t offset,
			 uint64_t size)
{
	struct field *f = layout_add_field(l);

	f->name = text_copy(name);
	f->type = text_copy("t");
	f->depth = depth;
	f->offset = offset;
	f->size = size;
	return f;
}

static void add_bits(struct layout *l, const char *name, uint64_t offset, unsigned from,
		     unsigned width)
{
	struct field *f = add(l, 0, name, offset, 4);

	f->is_bit_field = true;
	f->bit_offset = from;
	f->bit_width = width;
}

/* "a 0-8, hole 8-32": the pieces of a record. */
static void assert_pieces(const struct layout *l, size_t of, const char *expected)
{
	struct pieces p = pieces_of(l, of);
	struct text t;
	char *actual;

	text_open(&t);
	for (size_t i = 0; i < p.n; i++)
		fprintf(t.file, "%s%s %" PRIu64 "-%" PRIu64, i ? ", " : "",
			p.v[i].kind == PIECE_HOLE      ? "hole"
			: p.v[i].kind == PIECE_PADDING ? "padding"
						       : l->fields[p.v[i].field].name,
			p.v[i].start, p.v[i].end);
	actual = text_close(&t);
	assert_string_equal(actual, expected);
	free(actual);
	pieces_free(&p);
}

static void finds_holes_and_padding(void **state)
{
	struct layout l = record(12, false);

	(void)state;
	add(&l, 0, "state", 0, 1);
	add(&l, 0, "fd", 4, 4);
	add(&l, 0, "name", 8, 3);
	assert_pieces(&l, WHOLE_TYPE, "state 0-8, hole 8-32, fd 32-64, name 64-88, padding 88-96");
	layout_release(&l);
}

static void finds_holes_of_bits(void **state)
{
	struct layout l = record(8, false);

	(void)state;
	add_bits(&l, "a", 0, 0, 3);
	add_bits(&l, "b", 0, 5, 13);
	add_bits(&l, "c", 4, 0, 1);
	assert_pieces(&l, WHOLE_TYPE,
		      "a 0-3, hole 3-5, b 5-18, hole 18-32, c 32-33, padding 33-64");
	layout_release(&l);
}

/* As in Rust, and in C++ with [[no_unique_address]]. */
static void members_need_not_be_in_order(void **state)
{
	struct layout l = record(12, false);

	(void)state;
	add(&l, 0, "flag", 8, 1);
	add(&l, 0, "empty", 1, 1);
	add(&l, 0, "fd", 4, 4);
	add(&l, 0, "name", 0, 3);
	assert_pieces(&l, WHOLE_TYPE,
		      "name 0-24, empty 24-24, hole 24-32, fd 32-64, flag 64-72, padding 72-96");
	layout_release(&l);
}

static void members_of_unions_share(void **state)
{
	struct layout l = record(8, true);

	(void)state;
	add(&l, 0, "i", 0, 4);
	add(&l, 0, "c", 0, 6);
	add(&l, 0, "s", 0, 2);
	assert_pieces(&l, WHOLE_TYPE, "i 0-32, c 0-48, s 0-16, padding 48-64");
	layout_release(&l);
}

static void looks_into_members(void **state)
{
	struct layout l = record(40, false);
	struct field *list;

	(void)state;
	add(&l, 0, "a", 0, 8);
	list = add(&l, 0, "list", 8, 32);
	list->dimensions = 1;
	list->count = 2;
	add(&l, 1, "x", 8, 1);
	add(&l, 1, "y", 16, 8);
	assert_true(field_has_members(&l, 1));
	assert_false(field_has_members(&l, 0));
	assert_false(field_has_members(&l, 3));
	assert_int_equal(field_after(&l, 1), 4);
	assert_pieces(&l, WHOLE_TYPE, "a 0-64, list 64-320");
	assert_pieces(&l, 1, "x 64-72, hole 72-128, y 128-192"); /* of its first element */
	layout_release(&l);
}

/* What a file of layouts may say although no compiler does. */
static void cuts_what_overlaps_or_sticks_out(void **state)
{
	struct layout l = record(8, false);

	(void)state;
	add(&l, 0, "a", 0, 4);
	add(&l, 0, "b", 2, 4);
	add(&l, 0, "c", 1, 1);
	add(&l, 0, "d", 6, 8);
	add(&l, 0, "e", 8, 8);
	assert_pieces(&l, WHOLE_TYPE, "a 0-32, c 32-32, b 32-48, d 48-64, e 64-64");
	layout_release(&l);
}

static void what_is_no_record_has_no_pieces(void **state)
{
	struct layout l = { .size = 4, .align = 4 };

	(void)state;
	assert_pieces(&l, WHOLE_TYPE, "");
}

static void counts(void **state)
{
	struct layout l = record(32, false);
	struct totals t;

	(void)state;
	add(&l, 0, "a", 0, 1);
	add(&l, 0, "", 4, 8);
	add(&l, 1, "x", 4, 1);
	add(&l, 1, "y", 8, 2);
	add_bits(&l, "b", 12, 2, 3);
	add(&l, 0, "c", 16, 8);
	t = totals_of(&l);
	assert_int_equal(t.members, 4);
	assert_int_equal(t.holes, 1);
	assert_int_equal(t.hole_bits, 24);
	assert_int_equal(t.bit_holes, 2);
	assert_int_equal(t.bit_hole_bits, 2 + 27);
	assert_int_equal(t.padding_bits, 64);
	assert_int_equal(t.inner_gaps, 2);
	assert_int_equal(t.inner_bits, 24 + 16);
	assert_int_equal(t.member_bits, 8 + 64 + 3 + 64);
	layout_release(&l);
}

static void assert_declared(const char *type, const char *left, const char *right)
{
	char *l, *r;

	declaration_split(type, "x", &l, &r);
	assert_string_equal(l, left);
	assert_string_equal(r, right);
	free(l);
	free(r);
}

static void declares_as_c_does(void **state)
{
	(void)state;
	assert_declared("int", "int", "x");
	assert_declared("struct node *", "struct node *", "x");
	assert_declared("char[16]", "char", "x[16]");
	assert_declared("char *[2][3]", "char *", "x[2][3]");
	assert_declared("int (*)(void)", "int", "(*x)(void)");
	assert_declared("int (*const)(char (*)[2])", "int", "(*const x)(char (*)[2])");
	assert_declared("int (*[4])(void)", "int", "(*x[4])(void)");
	assert_declared("void (*(*)(int))(char)", "void", "(*(*x)(int))(char)");
	assert_declared("array<int[2]>[3]", "array<int[2]>", "x[3]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_holes_and_padding),
		cmocka_unit_test(finds_holes_of_bits),
		cmocka_unit_test(members_need_not_be_in_order),
		cmocka_unit_test(members_of_unions_share),
		cmocka_unit_test(looks_into_members),
		cmocka_unit_test(cuts_what_overlaps_or_sticks_out),
		cmocka_unit_test(what_is_no_record_has_no_pieces),
		cmocka_unit_test(counts),
		cmocka_unit_test(declares_as_c_does),
	};

	return RUN(tests);
}
