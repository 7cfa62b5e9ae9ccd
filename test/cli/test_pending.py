# SPDX-License-Identifier: MIT
"""Sources that include headers which gen-opaque has still to make."""
import pytest

import support
from numbers_of import said_numbers

READERS = pytest.mark.parametrize("reader", [[], ["--no-confirm"], ["--from", "cc"]], ids=["confirmed", "unconfirmed", "compiler"])
BOX = """\
#include {include}
struct BOX_PRIVATE box {{ long room; char lid; }};
BOX_OPAQUE_CHECK();
static struct box_opaque other;
struct box *get_box(void) {{ return to_box(&other); }}
"""
PUBLIC = '#include "ping_opaque.h"\n#include "pong_opaque.h"\nstruct both { struct ping_opaque ping; struct pong_opaque pong; };\n'
PING = """\
#include "public.h"
struct PING_PRIVATE ping { int hits; struct pong *other; };
PING_OPAQUE_CHECK();
int used(struct both *both) { return to_pong(&both->pong) != 0 && sizeof(*both) >= PING_SIZE + PONG_SIZE; }
"""
PONG = """\
#include "public.h"
struct PONG_PRIVATE pong { char misses[3]; };
PONG_OPAQUE_CHECK();
static struct ping_opaque one;
struct ping *get_ping(void) { return to_ping(&one); }
"""
NOT_THERE = "which is not there yet: it has to be made first"


def gen(place, command, *arguments, status=0, err=""):
    done = support.gen(command, *arguments, cwd=place)
    assert (done.status, done.err) == (status, err), done
    return done.out


@READERS
@pytest.mark.parametrize("include", ['"box_opaque.h"', "<box_opaque.h>", '"made/box_opaque.h"', '"../box_opaque.h"'])
def test_the_first_command_of_a_new_user(tmp_path, include, reader):
    (tmp_path / "box.c").write_text(BOX.format(include=include))
    assert said_numbers(gen(tmp_path, "emit", "-t", "struct box", *reader, "box.c"), "BOX") == (16, 8)
    gen(tmp_path, "emit", "-t", "struct box", "-o", "another.h", *reader, "box.c")
    assert said_numbers((tmp_path / "another.h").read_text(), "BOX") == (16, 8)


def test_layout_list_and_diff(tmp_path):
    support.write(tmp_path, {"box.c": BOX.format(include='"box_opaque.h"'),
                             "new.c": BOX.format(include='"box_opaque.h"').replace("char lid", "int lid, hinge")})
    assert "/* size: 16, alignment: 8," in gen(tmp_path, "layout", "-t", "struct box", "box.c")
    assert gen(tmp_path, "list", "box.c").splitlines()[1:] == ["struct box\t16\t8\tbox.c:2"]
    done = support.gen("diff", "-t", "struct box", "box.c", "new.c", cwd=tmp_path)
    assert done.status == 1 and done.err == "" and "hinge" in done.out, done


@READERS
@pytest.mark.parametrize("names", [("ping", "pong"), ("pong", "ping")], ids=["one order", "the other"])
def test_two_sources_that_include_each_others_headers(tmp_path, names, reader):
    support.write(tmp_path, {"public.h": PUBLIC, "ping.c": PING, "pong.c": PONG})
    for _ in range(2):  # the second time both are there
        for name in names:
            gen(tmp_path, "emit", "-t", f"struct {name}", "-o", f"{name}_opaque.h", "--depfile", f"{name}.d", *reader, f"{name}.c")
            _, needed = support.depfile(tmp_path / f"{name}.d")
            assert not [path for path in needed if path.endswith("_opaque.h")], "the two would wait for each other"
            assert str(tmp_path / "public.h") in needed
    assert said_numbers((tmp_path / "ping_opaque.h").read_text(), "PING") == (16, 8)
    assert said_numbers((tmp_path / "pong_opaque.h").read_text(), "PONG") == (3, 1)
    for name in names:
        support.must("gcc", "-Wall", "-Wextra", "-Werror", "-c", "-o", f"{name}.o", f"{name}.c", cwd=tmp_path)


@READERS
def test_shadows_of_one_source_in_two_headers(tmp_path, reader):
    """The outer type holds the shadow of the inner one, which this source has, too."""
    (tmp_path / "pool.c").write_text("""\
#include "pool_opaque.h"
#include "conn_opaque.h"
struct CONN_PRIVATE conn { long a, b; char c; };
struct POOL_PRIVATE pool { char n; struct conn_opaque conns[3]; };
CONN_OPAQUE_CHECK();
POOL_OPAQUE_CHECK();
""")
    if reader == ["--from", "cc"]:  # a compiler does not say which types there are
        gen(tmp_path, "emit", "-t", "struct conn", "-o", "conn_opaque.h", *reader, "pool.c")
    gen(tmp_path, "emit", "-t", "struct pool", "-o", "pool_opaque.h", *reader, "pool.c")
    assert said_numbers((tmp_path / "pool_opaque.h").read_text(), "POOL") == (80, 8)


OUTER = """\
#include "inner_opaque.h"
#include "outer_opaque.h"
#include "unused_opaque.h"
struct OUTER_PRIVATE outer { struct inner_opaque inner; int n; };
OUTER_OPAQUE_CHECK();
"""
SIZED = OUTER.replace("struct inner_opaque inner", "char bytes[INNER_SIZE]")


@pytest.mark.parametrize("text", [OUTER, SIZED], ids=["a member", "a number"])
def test_what_has_to_be_made_first(tmp_path, text):
    support.write(tmp_path, {"outer.c": text, "inner.c": "struct __attribute__((may_alias)) inner { short s[3]; };\n"})
    emit = ("emit", "-t", "struct outer", "-o", "outer_opaque.h", "--depfile", "outer.d", "outer.c")
    gen(tmp_path, *emit, status=2, err=f"outer.c:4:22: error: the layout depends on 'inner_opaque.h', {NOT_THERE}\n"
        "gen-opaque: note: Meson: 'depends:' with the custom_target of inner_opaque.h; CMake: 'DEPENDS inner_opaque.h' in "
        "gen_opaque_header(); make: 'outer_opaque.h: inner_opaque.h'\n")
    gen(tmp_path, *emit[:-1], "--from", "cc", "outer.c", status=2,
        err=f"gen-opaque: error: the layout depends on 'inner_opaque.h', {NOT_THERE}\n"
        "gen-opaque: note: Meson: 'depends:' with the custom_target of inner_opaque.h; CMake: 'DEPENDS inner_opaque.h' in "
        "gen_opaque_header(); make: 'outer_opaque.h: inner_opaque.h'\n")
    gen(tmp_path, "layout", "-t", "struct outer", "outer.c", status=2,
        err=f"outer.c:4:22: error: the layout depends on 'inner_opaque.h', {NOT_THERE}\n"
        "gen-opaque: note: 'gen-opaque emit -o inner_opaque.h' makes it\n")
    assert not (tmp_path / "outer_opaque.h").exists()
    gen(tmp_path, "emit", "-t", "struct inner", "-o", "inner_opaque.h", "inner.c")
    gen(tmp_path, *emit)
    assert said_numbers((tmp_path / "outer_opaque.h").read_text(), "OUTER") == (12, 4)
    assert str(tmp_path / "inner_opaque.h") in support.depfile(tmp_path / "outer.d")[1]


def test_list_leaves_out_what_it_cannot_know(tmp_path):
    (tmp_path / "outer.c").write_text(OUTER + "struct other { int n; };\n")
    out = gen(tmp_path, "list", "outer.c", err="outer.c:4:22: warning: 'outer' is left out: it depends on headers that are not there yet\n")
    assert [line.split("\t")[0] for line in out.splitlines()[1:]] == ["struct other"]


def test_header_with_more_than_a_plain_one_has(tmp_path):
    (tmp_path / "user.c").write_text('#include "inner_opaque.h"\nstruct user { char c[INNER_OFFSETOF_N]; };\n')
    gen(tmp_path, "layout", "-t", "struct user", "user.c", status=2,
        err="user.c:2:8: error: 'struct user' is not understood; its layout is unknown\n"
        "gen-opaque: note: 'inner_opaque.h' is not there yet: without it a plain shadow of 'inner' was assumed\n"
        "user.c:2:22: error: use of undeclared identifier 'INNER_OFFSETOF_N'\n")


@pytest.mark.parametrize("condition", ["INNER_SIZE > 10", "INNER_ALIGN == 4"])
def test_preprocessor_that_asks_for_numbers(tmp_path, condition):
    """Whatever is made up takes one of the branches: so nothing may be made up."""
    (tmp_path / "user.c").write_text(f'#include "inner_opaque.h"\nstruct user {{\n#if {condition}\n\tlong l;\n#else\n\tchar c;\n#endif\n}};\n')
    for reader in ([], ["--from", "cc"]):
        done = support.gen("emit", "-t", "struct user", *reader, "user.c", cwd=tmp_path)
        assert done.status == 2 and "user.c:3:" in done.err and "inner_opaque.h' is not there yet" in done.err, done


def test_other_missing_headers_are_errors_as_ever(tmp_path):
    (tmp_path / "user.c").write_text('#include "gone.h"\nstruct user { int n; };\n')
    gen(tmp_path, "emit", "-t", "struct user", "-o", "o.h", "user.c", status=2, err="user.c:1:10: error: 'gone.h' file not found\n")
    (tmp_path / "user.c").write_text('#include "x_opaque.h"\n#include "gone.h"\nstruct user { int n; };\n')
    gen(tmp_path, "emit", "-t", "struct user", "-o", "o.h", "user.c", status=2, err="user.c:2:10: error: 'gone.h' file not found\n"
        "gen-opaque: note: 'x_opaque.h' is not there yet: without it a plain shadow of 'x' was assumed\n")
    assert not (tmp_path / "o.h").exists()
