/* SPDX-License-Identifier: MIT */
#include "base/text.h"
#include "base/words.h"
#include "model/layout_json.h"
#include "unit.h"

static void check_name(const char *text, bool good, enum layout_kind kind, const char *name)
{
	struct type_name t;

	assert_int_equal(type_name_parse(&t, text, strlen(text)), good);
	if (!good)
		return;
	assert_int_equal(t.kind, kind);
	assert_string_equal(t.name, name);
	free(t.name);
}

static void parses_names_of_types(void **state)
{
	(void)state;
	check_name("struct conn", true, LAYOUT_STRUCT, "conn");
	check_name("  union \t u ", true, LAYOUT_UNION, "u");
	check_name("conn_t", true, LAYOUT_TYPEDEF, "conn_t");
	check_name("structure", true, LAYOUT_TYPEDEF, "structure");
	check_name("struct", true, LAYOUT_TYPEDEF, "struct");
	check_name("struct a b", false, 0, NULL);
	check_name("struct a *", false, 0, NULL);
	check_name("", false, 0, NULL);
}

static struct layout sample(void)
{
	struct layout l = {
		.kind = LAYOUT_STRUCT, .size = 24, .align = 8, .align_low = 4, .line = 3
	};
	struct field *f;

	l.name = text_copy("conn");
	l.declared = text_copy("struct conn");
	l.file = text_copy("/src/conn.h");
	l.size_exact = l.is_record = l.has_may_alias = true;
	l.target = text_copy("x86_64-unknown-linux-gnu");
	l.reader = READER_CLANG;
	f = layout_add_field(&l);
	f->name = text_copy("next");
	f->type = text_copy("struct node *[2]");
	f->size = 16;
	f->align = 8;
	f->holder_type = text_copy("struct node *");
	f->holder_suffix = text_copy("[2]");
	words_add(&f->holder_tags, "struct node");
	f = layout_add_field(&l);
	f->name = text_copy("b");
	f->type = text_copy("unsigned int");
	f->depth = 1;
	f->offset = 16;
	f->size = f->align = 4;
	f->is_bit_field = true;
	f->bit_offset = 5;
	f->bit_width = 3;
	layout_add_flexible(&l, "data", 20, 2);
	return l;
}

static void comes_back_from_json(void **state)
{
	struct layout l = sample(), back;
	json_t *json = layout_to_json(&l), *again;

	(void)state;
	assert_true(layout_from_json(json, &back));
	assert_true(layout_same(&l, &back));
	again = layout_to_json(&back);
	assert_true(json_equal(json, again));
	assert_int_equal(back.align_low, 4);
	assert_string_equal(back.fields[0].holder_suffix, "[2]");
	assert_null(back.fields[1].holder_type);
	json_decref(json);
	json_decref(again);
	layout_release(&l);
	layout_release(&back);
}

static void a_copy_has_all_of_its_own(void **state)
{
	struct layouts one = { NULL, 0 }, two;
	json_t *before, *after;

	(void)state;
	*layouts_add(&one) = sample();
	before = layouts_to_json(&one);
	layouts_copy(&two, &one);
	layouts_free(&one);
	after = layouts_to_json(&two);
	assert_true(json_equal(before, after));
	json_decref(before);
	json_decref(after);
	layouts_free(&two);
	layouts_copy(&two, &one);
	assert_int_equal(two.n, 0);
	layouts_free(&two);
}

static void an_alignment_alone_is_exact(void **state)
{
	json_t *json = json_loads("{\"kind\":\"struct\",\"name\":\"x\",\"size\":8,"
				  "\"align\":8,\"fields\":[]}",
				  0, NULL);
	struct layout l;

	(void)state;
	assert_true(layout_from_json(json, &l));
	assert_int_equal(l.align_low, 8);
	json_decref(json);
	layout_release(&l);
}

static void refuses_other_json(void **state)
{
	static const char *const texts[] = {
		"{}",
		"[]",
		"{\"kind\":\"struct\",\"name\":\"x\",\"size\":-1,\"align\":1,\"fields\":[]}",
		"{\"kind\":\"class\",\"name\":\"x\",\"size\":1,\"align\":1,\"fields\":[]}",
		"{\"kind\":\"struct\",\"name\":\"x\",\"size\":1,\"align\":1,\"fields\":[{}]}",
		("{\"kind\":\"struct\",\"name\":\"x\",\"size\":1,\"align\":1,\"fields\":[],"
		 "\"flexible_arrays\":[{\"path\":\"a\",\"offset\":1}]}"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		json_t *json = json_loads(texts[i], 0, NULL);
		struct layout l;

		assert_non_null(json);
		assert_false(layout_from_json(json, &l));
		json_decref(json);
	}
}

static void differs_by_any_number(void **state)
{
	struct layout a = sample(), b = sample();

	(void)state;
	assert_true(layout_same(&a, &b));
	b.fields[1].bit_width = 4;
	assert_false(layout_same(&a, &b));
	b.fields[1].bit_width = 3;
	b.align = 16;
	assert_false(layout_same(&a, &b));
	b.align = 8;
	b.flexible[0].element = 4;
	assert_false(layout_same(&a, &b));
	b.flexible[0].element = 2;
	layout_add_flexible(&b, "more", 20, 2);
	assert_false(layout_same(&a, &b));
	layout_drop_flexible(&b, &b.flexible[1]);
	assert_true(layout_same(&a, &b));
	b.align_low = 8;
	assert_false(layout_same(&a, &b));
	layout_release(&a);
	layout_release(&b);
}

static void diagnostics_come_back_with_notes(void **state)
{
	const struct place at = { "/here/a.c", 4, 2 };
	struct diags d = { NULL, 0 }, back = { NULL, 0 };
	json_t *json;

	(void)state;
	diag_add(&d, SEVERITY_ERROR, &at, "bad");
	diag_note(&d, "why");
	diag_warning(&d, "odd");
	json = diags_to_json(&d);
	diags_from_json(json, &back);
	json_decref(json);
	diag_free(&d);
	assert_printed(&back,
		       "a.c:4:2: error: bad\ngen-opaque: note: why\ngen-opaque: warning: odd\n");
}

static void finds_fields(void **state)
{
	struct layout l = sample();

	(void)state;
	assert_ptr_equal(layout_find_field(&l, "next"), &l.fields[0]);
	assert_ptr_equal(layout_find_field(&l, "next.b"), &l.fields[1]);
	assert_null(layout_find_field(&l, "b"));
	assert_null(layout_find_field(&l, "c"));
	assert_null(layout_find_field(&l, ""));
	assert_false(layout_field_is_inner(&l, 0));
	assert_true(layout_field_is_inner(&l, 1));
	l.fields[0].name[0] = '\0'; /* anonymous now */
	assert_ptr_equal(layout_find_field(&l, "b"), &l.fields[1]);
	assert_false(layout_field_is_inner(&l, 1));
	layout_release(&l);
}

static void knows_flexible_arrays(void **state)
{
	struct layout l = sample();

	(void)state;
	assert_true(l.has_flexible);
	assert_int_equal(layout_find_flexible(&l, "data")->offset, 20);
	assert_null(layout_find_flexible(&l, "dat"));
	layout_add_flexible(&l, "more", 16, 4);
	layout_drop_flexible(&l, layout_find_flexible(&l, "data"));
	assert_true(l.has_flexible);
	assert_int_equal(l.n_flexible, 1);
	assert_int_equal(layout_find_flexible(&l, "more")->element, 4);
	layout_drop_flexible(&l, layout_find_flexible(&l, "more"));
	assert_false(l.has_flexible);
	layout_release(&l);
}

static struct layout *add_named(struct layouts *all, enum layout_kind kind, const char *name,
				const char *target)
{
	struct layout *l = layouts_add(all);

	l->kind = kind;
	l->name = text_copy(name);
	l->target = text_copy(target);
	return l;
}

static void finds_layouts_by_kind_name_and_target(void **state)
{
	struct layouts all = { NULL, 0 };

	(void)state;
	add_named(&all, LAYOUT_STRUCT, "conn", "x86_64-linux-gnu");
	add_named(&all, LAYOUT_UNION, "conn", "x86_64-linux-gnu");
	add_named(&all, LAYOUT_STRUCT, "conn", "riscv64-linux-gnu");
	assert_ptr_equal(layouts_find(&all, LAYOUT_STRUCT, "conn", NULL), &all.v[2]);
	assert_ptr_equal(layouts_find(&all, LAYOUT_UNION, "conn", NULL), &all.v[1]);
	assert_ptr_equal(layouts_find(&all, LAYOUT_STRUCT, "conn", "x86_64-pc-linux-gnu"),
			 &all.v[0]);
	assert_null(layouts_find(&all, LAYOUT_STRUCT, "conn", "s390x-linux-gnu"));
	assert_null(layouts_find(&all, LAYOUT_TYPEDEF, "conn", NULL));
	assert_null(layouts_find(&all, LAYOUT_STRUCT, "con", NULL));
	layouts_free(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_names_of_types),
		cmocka_unit_test(comes_back_from_json),
		cmocka_unit_test(a_copy_has_all_of_its_own),
		cmocka_unit_test(an_alignment_alone_is_exact),
		cmocka_unit_test(refuses_other_json),
		cmocka_unit_test(differs_by_any_number),
		cmocka_unit_test(diagnostics_come_back_with_notes),
		cmocka_unit_test(finds_fields),
		cmocka_unit_test(finds_layouts_by_kind_name_and_target),
		cmocka_unit_test(knows_flexible_arrays),
	};

	return RUN(tests);
}
