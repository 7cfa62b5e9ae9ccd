# SPDX-License-Identifier: MIT
"""--offset of a member's member: 'list.next' from every reader, and what such a path cannot go through."""
import re
import shlex

import pytest

import project
import support

SOURCE = """\
struct peer { int fd; };
struct list { struct list *next, *prev; };
typedef struct list list_t;
struct __attribute__((may_alias)) conn {
	int list_next;
	list_t list;
	union { struct { char c; int port; } in; long whole; };
	struct { unsigned bit : 3; struct { char pad; short deep; } more; } odd;
	struct list many[3];
	int Fd, fd;
	struct peer *peer;
};
typedef struct __attribute__((may_alias)) { int before; struct { long x; } list; } pair_t;
"""
FIELDS = ("list", "list.prev", "in.port", "odd.more.deep", "odd.more")


@pytest.fixture
def place(tmp_path):
    support.write(tmp_path, {"conn.c": SOURCE, "object.c": SOURCE + "struct conn conn;\npair_t pair;\n"})
    return tmp_path


def emit(place, *arguments):
    done = support.gen("emit", *arguments, cwd=place)
    assert done.status == 0 and done.err == "", done
    return done.out


def macros(text, base="CONN"):
    return {name: int(value) for name, value in re.findall(rf"^#define {base}_((?:OFFSETOF|SIZEOF)_\w+) (\d+)$", text, re.M)}


def truth(place, compiler="gcc"):
    """What the compiler itself says of the fields."""
    lines = "".join(f'\tprintf("%zu %zu\\n", __builtin_offsetof(struct conn, {field}), sizeof(((struct conn *)0)->{field}));\n' for field in FIELDS)
    (place / "ask.c").write_text(f'#include <stdio.h>\n#include "conn.c"\nint main(void)\n{{\n{lines}}}\n')
    support.must(compiler, "-o", "ask", "ask.c", cwd=place)
    said = {}
    for field, line in zip(FIELDS, support.must("./ask", cwd=place).out.splitlines()):
        name = field.replace(".", "_").upper()
        said[f"OFFSETOF_{name}"], said[f"SIZEOF_{name}"] = map(int, line.split())
    return said


ASKED = ["-t", "struct conn", *(word for field in FIELDS for word in ("--offset", field))]


def by_object(place):
    support.must("gcc", "-g", "-c", "object.c", cwd=place)
    return emit(place, *ASKED, "object.o")


def by_probe(place):
    done = support.gen("probe", *ASKED, "-o", "probe.c", "conn.c", cwd=place)
    assert (done.status, done.err) == (0, ""), done
    support.must("gcc", "-c", "probe.c", cwd=place)
    return emit(place, *ASKED, "probe.o")


READERS = {
    "libclang": lambda place: emit(place, *ASKED, "--no-confirm", "conn.c"),
    "confirmed": lambda place: emit(place, *ASKED, "--cc", "gcc", "conn.c"),
    "gcc alone": lambda place: emit(place, *ASKED, "--from", "cc", "--cc", "gcc", "conn.c"),
    "clang alone": lambda place: emit(place, *ASKED, "--from", "cc", "--cc", support.need("clang-14"), "conn.c"),
    "object": by_object,
    "probe": by_probe,
}


@pytest.mark.parametrize("who", READERS)
def test_all_readers_agree(who, place):
    assert macros(READERS[who](place)) == truth(place)


@pytest.mark.parametrize("standard", ["c99", "c11", "c2x"])
@pytest.mark.parametrize("compiler", support.C_COMPILERS)
def test_the_owner_checks_them(compiler, standard, place):
    support.need(compiler)
    emit(place, *ASKED, "-o", "o.h", "conn.c")
    (place / "owner.c").write_text('#include "o.h"\n#include "conn.c"\nCONN_OPAQUE_CHECK();\n')
    flags = [f"-std={standard}", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "owner.c"]
    support.must(compiler, *flags, cwd=place)
    project.edit(place, "conn.c", "*next, *prev", "*prev, *next")
    done = support.run(compiler, *flags, cwd=place)
    assert done.status != 0 and "struct conn: the offset of list.prev is not the CONN_OFFSETOF_LIST_PREV of o.h; generate it again" in done.err, done


def test_a_macro_of_the_same_name_is_in_no_ones_way(place):
    (place / "conn.c").write_text((place / "conn.c").read_text() + "#define prev next\n")
    for reader in ([], ["--from", "cc"]):
        assert macros(emit(place, "-t", "struct conn", "--offset", "list.prev", *reader, "conn.c"))["OFFSETOF_LIST_PREV"] == 16


def test_inner_names_are_not_the_types_own(place):
    """'next' is a member of list, not of conn; and that list is looked into changes no guard."""
    done = support.gen("emit", "-t", "struct conn", "--offset", "list.next", "--offset", "next", "conn.c", cwd=place)
    assert done.status == 2 and done.err.startswith("conn.c:4:35: error: struct conn has no field 'next' for --offset\n"), done
    guards = {re.search(r"#define CONN_OPAQUE_GUARD (\w+)", emit(place, "-t", "struct conn", "--guard", *more, "conn.c")).group(1)
              for more in ([], ["--offset", "list.next"])}
    assert len(guards) == 1


def test_a_type_comes_before_a_member(place):
    """What stands before the first dot is a type that was asked for, if there is one of that name."""
    text = emit(place, "-t", "pair_t=list", "--offset", "list.x", "-t", "struct conn", "--offset", "struct conn.list.prev",
                "--offset", "pair_t.before", "conn.c")
    assert macros(text, "LIST") == {"OFFSETOF_LIST_X": 8, "SIZEOF_LIST_X": 8, "OFFSETOF_BEFORE": 0, "SIZEOF_BEFORE": 4}
    assert macros(text) == {"OFFSETOF_LIST_PREV": 16, "SIZEOF_LIST_PREV": 8}
    assert " -t pair_t=list --offset list.x --offset before -t 'struct conn' --offset list.prev conn.c\n" in text


def test_the_banner_means_what_was_meant(place):
    """A member called as a type is: the banner's words have to be taken as before."""
    (place / "conn.c").write_text(SOURCE + "typedef struct __attribute__((may_alias)) { int prev; } list;\n")
    arguments = ["-t", "list=other", "-t", "struct conn", "--offset", "struct conn.list.prev"]
    text = emit(place, *arguments, "-o", "-", "conn.c")
    line = re.search(r"^ \*   gen-opaque emit (.*)$", text, re.M).group(1)
    assert line == "-t list=other -t 'struct conn' --offset 'struct conn.list.prev' conn.c"
    assert emit(place, *shlex.split(line)) == text


def test_check_names_the_path(tmp_path):
    project.make(tmp_path, "--offset", "in.port", source=project.SOURCE.replace("long bytes;", "struct { char c; short port; } in;"))
    project.check(tmp_path, 0, "")
    project.edit(tmp_path, "src/conn.c", "char c; short port;", "short port; char c;")
    at = project.line_of(tmp_path, project.HEADER, "#define CONN_OFFSETOF_IN_PORT")
    project.check(tmp_path, 1, f"{project.HEADER}:{at}:1: error: struct conn: offset of 'in.port' 4, header says 6\n"
                  "src/conn.c:3:21: note: this is the type now\n")


AT = "conn.c:4:35: error: "
ELEMENTS = "gen-opaque: note: --offset names whole arrays, not what is in their elements\n"
REFUSALS = {
    "last part": ("list.nxt", AT + "struct conn has no field 'list.nxt' for --offset\ngen-opaque: note: the nearest names there are: 'list.next'\n"),
    "first part": ("lst.prev", AT + "struct conn has no field 'lst.prev' for --offset\ngen-opaque: note: the nearest names there are: 'list.prev'\n"),
    "nothing near": ("zebra.stripes", AT + "struct conn has no field 'zebra.stripes' for --offset\n"),
    "an array": ("many.next", AT + "'many' of struct conn is an array: --offset names whole arrays, not what is in their elements\n"),
    "an element": ("many[0].next", "gen-opaque: error: 'many[0].next' is not the name of a field\n" + ELEMENTS),
    "through a pointer": ("peer.fd", AT + "'peer' of struct conn has no members for --offset: it is of type 'struct peer *'\n"),
    "through a number": ("list.next.x.y", AT + "'list.next' of struct conn has no members for --offset: it is of type 'struct list *'\n"),
    "a bit-field": ("odd.bit", AT + "'odd.bit' of struct conn is a bit-field: it has no offset in bytes for --offset\n"),
    "no part": ("list..next", "gen-opaque: error: 'list..next' is not the name of a field\n"),
    "an end": ("list.", "gen-opaque: error: 'list.' is not the name of a field\n"),
    "a type that was not asked for": ("struct list.next", "gen-opaque: error: 'struct list.next' names a field of a type that no -t before it asks for\n"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refusals(case, place):
    field, expected = REFUSALS[case]
    done = support.gen("emit", "-t", "struct conn", "--offset", field, "conn.c", cwd=place)
    assert (done.status, done.out, done.err) == (2, "", expected), done


def test_refusals_of_an_object(place):
    support.must("gcc", "-g", "-c", "object.c", cwd=place)
    for case in ("last part", "an array", "through a pointer", "a bit-field"):
        field, expected = REFUSALS[case]
        done = support.gen("emit", "-t", "struct conn", "--offset", field, "object.o", cwd=place)
        assert (done.status, done.out, done.err) == (2, "", expected.replace("conn.c:4:35", "object.c:4")), done


@pytest.mark.parametrize("field, said", [("peer.fd", "is a pointer"), ("many.next", ""), ("list.nxt", "no member named 'nxt'")])
def test_refusals_of_a_compiler(field, said, place):
    done = support.gen("emit", "-t", "struct conn", "--offset", field, "--from", "cc", "--cc", "gcc", "conn.c", cwd=place)
    assert done.status == 2 and done.err.startswith(f"gen-opaque: error: the compiler has no offset for '{field}' of struct conn\n"), done
    assert said in done.err


@pytest.mark.parametrize("pair", [("list.next", "list_next"), ("list_next", "list.next"), ("fd", "Fd")])
def test_two_fields_cannot_have_one_macro(pair, place):
    done = support.gen("emit", "-t", "struct conn", "--offset", pair[0], "--offset", pair[1], "conn.c", cwd=place)
    macro = pair[0].replace(".", "_").upper()
    assert (done.status, done.out, done.err) == (
        2, "", f"gen-opaque: error: '{pair[0]}' and '{pair[1]}' would both be OFFSETOF_{macro} in the header: only one of them can be asked for\n")


def test_inner_members_cannot_be_exposed(place):
    done = support.gen("emit", "-t", "struct conn", "--expose", "list.next", "conn.c", cwd=place)
    assert (done.status, done.out, done.err) == (
        2, "", "gen-opaque: error: 'list.next' cannot be exposed: a shadow has only members of the type's own\n"
        "gen-opaque: note: expose 'list', or use --offset\n")
