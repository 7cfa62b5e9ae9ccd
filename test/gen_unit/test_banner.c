/* SPDX-License-Identifier: MIT */
#include "base/words.h"
#include "generate/banner.h"
#include "unit.h"

/* A request as if made in /proj, for a source and outputs that need not exist. */
static struct request request(struct type_request *w, const char *flags)
{
	struct request r = { .types = { .v = w, .n = 1 } };

	r.root = "/proj";
	r.here = "/proj";
	r.input = "/proj/src/conn.c";
	r.output.given = "include/conn_opaque.h";
	r.output.real = "/proj/include/conn_opaque.h";
	r.flags = words_of(flags);
	return r;
}

static void check(struct request *r, const char *expected)
{
	char *command = banner_command(r);

	assert_string_equal(command, expected);
	free(command);
	words_free(&r->flags);
}

static struct type_request conn(void)
{
	return (struct type_request){ .type = { LAYOUT_STRUCT, "conn" }, .base = "conn" };
}

static void paths_are_relative_to_the_root(void **state)
{
	struct type_request w = conn();
	struct request r = request(&w, "-I/proj/include -isystem /proj/sys -DX='a b'");

	(void)state;
	check(&r,
	      "gen-opaque emit -t 'struct conn' -o include/conn_opaque.h src/conn.c -- -Iinclude "
	      "-isystem sys '-DX=a b'");
}

static void nothing_is_said_of_places_elsewhere(void **state)
{
	struct type_request w = conn();
	struct request r = request(&w, "-I/opt/include -I /opt/include");

	(void)state;
	r.output.real = "/tmp/out/conn_opaque.h";
	r.input = "/elsewhere/conn.c";
	check(&r, "gen-opaque emit -t 'struct conn' -o conn_opaque.h conn.c");
}

static void nothing_is_said_of_the_build_directory(void **state)
{
	struct type_request w = conn();
	struct request r = request(&w, "");

	(void)state;
	r.database = "/proj/build";
	r.output.real = "/proj/build/include/conn_opaque.h";
	r.header.forward.real = "/proj/build/include/conn_fwd.h";
	check(&r, "gen-opaque emit -t 'struct conn' --fwd conn_fwd.h -o conn_opaque.h -p BUILDDIR "
		  "src/conn.c");
}

static void what_is_shown_otherwise_is_so(void **state)
{
	struct type_request w = conn();
	struct request r = request(&w, "");

	(void)state;
	r.output.real = "/usr/include/conn_opaque.h";
	r.header.shown = words_of("/usr/include/conn_opaque.h include/conn_opaque.h");
	check(&r, "gen-opaque emit -t 'struct conn' -o include/conn_opaque.h src/conn.c");
	words_free(&r.header.shown);
}

static void flags_are_relative_to_where_they_are_meant(void **state)
{
	struct type_request w = conn();
	struct request r = request(&w, "-Iinclude -isystem ../sys -I../../out");

	(void)state;
	r.here = "/proj/src";
	check(&r, "gen-opaque emit -t 'struct conn' -o include/conn_opaque.h src/conn.c -- "
		  "-Isrc/include -isystem sys");
}

static void options_of_types_stand_behind_them(void **state)
{
	struct type_request w[2] = { conn(),
				     { .type = { LAYOUT_TYPEDEF, "box_t" }, .base = "box" } };
	struct request r = request(w, "");

	(void)state;
	r.types.n = 2;
	w[0].offsets = words_of("a b");
	w[1].exposed = words_of("c");
	r.targets = words_of("avr");
	r.no_confirm = true;
	check(&r,
	      "gen-opaque emit -t 'struct conn' --offset a --offset b -t box_t=box --expose c -o "
	      "include/conn_opaque.h --target avr --no-confirm src/conn.c");
	words_free(&r.targets);
	words_free(&w[0].offsets);
	words_free(&w[1].exposed);
}

static void standard_output_has_no_name(void **state)
{
	struct type_request w = conn();
	struct request r = request(&w, "");

	(void)state;
	r.output.given = "-";
	r.output.real = NULL;
	r.input = "/proj/it's.c";
	check(&r, "gen-opaque emit -t 'struct conn' 'it'\\''s.c'");
}

static void check_target(const char *triple, const char *expected)
{
	char *target = banner_target(triple);

	assert_string_equal(target, expected);
	free(target);
}

static void targets_have_no_vendor(void **state)
{
	(void)state;
	check_target("x86_64-pc-linux-gnu", "x86_64-linux-gnu");
	check_target("aarch64-unknown-linux-gnu", "aarch64-linux-gnu");
	check_target("wasm32-unknown-unknown", "wasm32-unknown");
	check_target("avr", "avr");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_are_relative_to_the_root),
		cmocka_unit_test(nothing_is_said_of_places_elsewhere),
		cmocka_unit_test(nothing_is_said_of_the_build_directory),
		cmocka_unit_test(what_is_shown_otherwise_is_so),
		cmocka_unit_test(flags_are_relative_to_where_they_are_meant),
		cmocka_unit_test(options_of_types_stand_behind_them),
		cmocka_unit_test(standard_output_has_no_name),
		cmocka_unit_test(targets_have_no_vendor),
	};

	return RUN(tests);
}
